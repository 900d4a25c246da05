/* records/spf_record: the grammar of RFC 7208, a row per rule; each fault with its place. */
#include "base/arena.h"
#include "records/spf_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void claims(void **state)
{
	static const struct {
		const char *text;
		bool claims;
	} rows[] = {
		{"v=spf1", true}, /* 4.5: the version section is terminated by SP or the end */
		{"v=spf1 -all", true},
		{"V=sPf1 -all", true}, /* 12: ABNF strings ignore case */
		{"v=spf10", false},
		{"v=spf1-all", false},
		{"v=spf1\t-all", false},
		{" v=spf1 -all", false},
		{"\xef\xbb\xbfv=spf1 -all", false},
		{"v=spf", false},
		{"spf2.0/pra -all", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(spf_record_claims(rows[i].text, strlen(rows[i].text)), rows[i].claims);
	assert_false(spf_record_claims("v=spf1\0 -all", 12));
}

static void good_terms(void **state)
{
	static const struct {
		const char *term;
		enum spf_term_kind kind;
		char qualifier;
		const char *domain;
		unsigned ip4, ip6; /* a, mx: the two prefixes; ip4, ip6: the prefix in ip4 */
	} rows[] = {
		{"all", SPFTERM_ALL, '+', "", 0, 0}, /* 4.6.2: "+" is the default */
		{"-ALL", SPFTERM_ALL, '-', "", 0, 0},
		{"~all", SPFTERM_ALL, '~', "", 0, 0},
		{"?all", SPFTERM_ALL, '?', "", 0, 0},
		{"a", SPFTERM_A, '+', "", 32, 128}, /* 5.3 */
		{"a/0", SPFTERM_A, '+', "", 0, 128},
		{"a//0", SPFTERM_A, '+', "", 32, 0},
		{"a/24//64", SPFTERM_A, '+', "", 24, 64},
		{"a:x.example", SPFTERM_A, '+', "x.example", 32, 128},
		{"a:x.example.", SPFTERM_A, '+', "x.example.", 32, 128}, /* 7.1: domain-end [ "." ] */
		{"a:x.example/32//128", SPFTERM_A, '+', "x.example", 32, 128},
		{"a:foo:bar/baz.example", SPFTERM_A, '+', "foo:bar/baz.example", 32, 128},
		{"a:x.xn--zckzah", SPFTERM_A, '+', "x.xn--zckzah", 32, 128}, /* 7.1: toplabel */
		{"a:x.1-a", SPFTERM_A, '+', "x.1-a", 32, 128},
		{"a:_x..example", SPFTERM_A, '+', "_x..example", 32, 128},
		{"a:%{d}/24", SPFTERM_A, '+', "%{d}", 24, 128}, /* 7.1: domain-end is a macro */
		{"a:x%%", SPFTERM_A, '+', "x%%", 32, 128},
		{"?mx:%{d2r-+,/_=}.x.example//64", SPFTERM_MX, '?', "%{d2r-+,/_=}.x.example", 32, 64},
		{"ptr", SPFTERM_PTR, '+', "", 0, 0}, /* 5.5 */
		{"ptr:x.example", SPFTERM_PTR, '+', "x.example", 0, 0},
		{"ip4:192.0.2.0/24", SPFTERM_IP4, '+', "", 24, 0}, /* 5.6 */
		{"ip4:192.0.2.1", SPFTERM_IP4, '+', "", 32, 0},
		{"IP4:0.0.0.0/0", SPFTERM_IP4, '+', "", 0, 0},
		{"-ip6:2001:db8::/32", SPFTERM_IP6, '-', "", 32, 0},
		{"ip6:::1.1.1.1/0", SPFTERM_IP6, '+', "", 0, 0},
		{"ip6:::ffff:1.2.3.4", SPFTERM_IP6, '+', "", 128, 0},
		{"exists:%{ir}.x.example", SPFTERM_EXISTS, '+', "%{ir}.x.example", 0, 0},            /* 5.7 */
		{"include:_spf.x.example", SPFTERM_INCLUDE, '+', "_spf.x.example", 0, 0},            /* 5.2 */
		{"redirect=_spf.x.example", SPFTERM_REDIRECT, '+', "_spf.x.example", 0, 0},          /* 6.1 */
		{"EXP=x.example", SPFTERM_EXP, '+', "x.example", 0, 0},                              /* 6.2 */
		{"moo.cow-far_out=man:dog/cat", SPFTERM_UNKNOWN_MODIFIER, '+', "man:dog/cat", 0, 0}, /* 6 */
		{"include=x", SPFTERM_UNKNOWN_MODIFIER, '+', "x", 0, 0},
		{"default=", SPFTERM_UNKNOWN_MODIFIER, '+', "", 0, 0},
		{"v=spf1", SPFTERM_UNKNOWN_MODIFIER, '+', "spf1", 0, 0},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = arena_printf(arena, "v=spf1  %s ", rows[i].term);
		struct spf_record record = spf_record_parse(arena, text, strlen(text));
		const struct spf_record_term *term = record.terms;
		bool network = rows[i].kind == SPFTERM_IP4 || rows[i].kind == SPFTERM_IP6;

		assert_string_equal(record.fault_text, "");
		assert_int_equal(record.fault, SPFAULT_NONE);
		assert_int_equal(record.term_count, 1);
		assert_string_equal(term->text, rows[i].term);
		assert_int_equal(term->position, 8);
		assert_int_equal(term->kind, rows[i].kind);
		assert_int_equal(term->qualifier, rows[i].qualifier);
		assert_string_equal(span_text(arena, term->domain), rows[i].domain);
		assert_int_equal(network ? term->network.prefix : term->ip4_prefix, rows[i].ip4);
		assert_int_equal(term->ip6_prefix, rows[i].ip6);
		assert_int_equal(record.has_all, rows[i].kind == SPFTERM_ALL);
		assert_ptr_equal(record.redirect, rows[i].kind == SPFTERM_REDIRECT ? term : NULL);
		assert_ptr_equal(record.exp, rows[i].kind == SPFTERM_EXP ? term : NULL);
	}
	arena_free(&arena);
}

static const struct {
	const char *record;
	enum spf_fault fault;
	size_t position;
	const char *text;
} fault_rows[] = {
	/* 3.1, 12: only SP and visible US-ASCII; anywhere in the record they come first */
	{"v=spf1 ip4\xef\xbc\x9a"
	 "1.2.3.4 -all",
		SPFAULT_NON_ASCII, 10, "\xef\xbc\x9a"},
	{"v=spf1 foo \x80"
	 "a -all",
		SPFAULT_NON_ASCII, 11, "\x80"},
	{"v=spf1 ip4:192.0.2.25\t~all", SPFAULT_CONTROL_CHARACTER, 21, "\t"},
	{"v=spf1 a\r\nmx", SPFAULT_CONTROL_CHARACTER, 8, "\r"},
	{"v=spf1 a\x7f", SPFAULT_CONTROL_CHARACTER, 8, "\x7f"},
	/* 4.6.1: an unknown mechanism is a syntax error, wherever it stands */
	{"v=spf1 ip4:1.2.3.4 -all moo", SPFAULT_UNKNOWN_MECHANISM, 24, "moo"},
	{"v=spf1 ipv4:192.0.2.25 ~all", SPFAULT_UNKNOWN_MECHANISM, 7, "ipv4:192.0.2.25"},
	{"v=spf1 192.0.2.25 ~all", SPFAULT_UNKNOWN_MECHANISM, 7, "192.0.2.25"},
	{"v=spf1 redirect:x.example", SPFAULT_UNKNOWN_MECHANISM, 7, "redirect:x.example"},
	{"v=spf1 -all.", SPFAULT_UNKNOWN_MECHANISM, 7, "-all."},
	{"v=spf1 mx, -all", SPFAULT_UNKNOWN_MECHANISM, 7, "mx,"},
	{"v=spf1 a \" \"mx", SPFAULT_UNKNOWN_MECHANISM, 9, "\""},
	{"v=spf1 - all", SPFAULT_UNKNOWN_MECHANISM, 7, "-"},
	{"v=spf1 --all", SPFAULT_UNKNOWN_MECHANISM, 7, "--all"},
	{"v=spf1 moo.cow/far_out=man", SPFAULT_UNKNOWN_MECHANISM, 7, "moo.cow/far_out=man"},
	{"v=spf1 moo.cow:far_out=man", SPFAULT_UNKNOWN_MECHANISM, 7, "moo.cow:far_out=man"},
	/* 5.1, 5.2, 5.5, 5.7: arguments */
	{"v=spf1 a all:x.example", SPFAULT_MISPLACED_ARGUMENT, 9, "all:x.example"},
	{"v=spf1 -all/8", SPFAULT_MISPLACED_ARGUMENT, 7, "-all/8"},
	{"v=spf1 include", SPFAULT_MISPLACED_ARGUMENT, 7, "include"},
	{"v=spf1 include: x.example", SPFAULT_MISPLACED_ARGUMENT, 7, "include:"},
	{"v=spf1 include/24", SPFAULT_MISPLACED_ARGUMENT, 7, "include/24"},
	{"v=spf1 exists", SPFAULT_MISPLACED_ARGUMENT, 7, "exists"},
	{"v=spf1 a:", SPFAULT_MISPLACED_ARGUMENT, 7, "a:"},
	{"v=spf1 a:/24", SPFAULT_MISPLACED_ARGUMENT, 7, "a:/24"},
	{"v=spf1 ptr:", SPFAULT_MISPLACED_ARGUMENT, 7, "ptr:"},
	{"v=spf1 ptr/0", SPFAULT_MISPLACED_ARGUMENT, 7, "ptr/0"},
	{"v=spf1 ip4", SPFAULT_MISPLACED_ARGUMENT, 7, "ip4"},
	{"v=spf1 ip6:", SPFAULT_MISPLACED_ARGUMENT, 7, "ip6:"},
	{"v=spf1 ip4/24", SPFAULT_MISPLACED_ARGUMENT, 7, "ip4/24"},
	{"v=spf1 redirect=", SPFAULT_MISPLACED_ARGUMENT, 7, "redirect="},
	{"v=spf1 exp= -all", SPFAULT_MISPLACED_ARGUMENT, 7, "exp="},
	/* 5.6: addresses are strict */
	{"v=spf1 ip4:192.0.2.444 -all", SPFAULT_BAD_ADDRESS, 7, "ip4:192.0.2.444"},
	{"v=spf1 ip4:1.2.3", SPFAULT_BAD_ADDRESS, 7, "ip4:1.2.3"},
	{"v=spf1 ip4:01.2.3.4", SPFAULT_BAD_ADDRESS, 7, "ip4:01.2.3.4"},
	{"v=spf1 ip4:1.2.3.4:8080", SPFAULT_BAD_ADDRESS, 7, "ip4:1.2.3.4:8080"},
	{"v=spf1 ip4:2001:db8::1", SPFAULT_BAD_ADDRESS, 7, "ip4:2001:db8::1"},
	{"v=spf1 ip4:mail.x.example", SPFAULT_BAD_ADDRESS, 7, "ip4:mail.x.example"},
	{"v=spf1 ip6:1.2.3.4", SPFAULT_BAD_ADDRESS, 7, "ip6:1.2.3.4"},
	{"v=spf1 ip6::CAFE::BABE", SPFAULT_BAD_ADDRESS, 7, "ip6::CAFE::BABE"},
	{"v=spf1 ip6:fe80::1%lo", SPFAULT_BAD_ADDRESS, 7, "ip6:fe80::1%lo"},
	/* 5.6, 12: prefix lengths */
	{"v=spf1 ip4:192.0.2.0/33 -all", SPFAULT_BAD_PREFIX, 7, "ip4:192.0.2.0/33"},
	{"v=spf1 ip4:192.0.2.0/032", SPFAULT_BAD_PREFIX, 7, "ip4:192.0.2.0/032"},
	{"v=spf1 ip4:192.0.2.0/", SPFAULT_BAD_PREFIX, 7, "ip4:192.0.2.0/"},
	{"v=spf1 ip4:1.2.3.4//32", SPFAULT_BAD_PREFIX, 7, "ip4:1.2.3.4//32"},
	{"v=spf1 ip4:1.2.3.4/255.255.255.0", SPFAULT_BAD_PREFIX, 7, "ip4:1.2.3.4/255.255.255.0"},
	{"v=spf1 ip6:::1/129", SPFAULT_BAD_PREFIX, 7, "ip6:::1/129"},
	{"v=spf1 ip6:::1//33", SPFAULT_BAD_PREFIX, 7, "ip6:::1//33"},
	{"v=spf1 a/33", SPFAULT_BAD_PREFIX, 7, "a/33"},
	{"v=spf1 a//129", SPFAULT_BAD_PREFIX, 7, "a//129"},
	{"v=spf1 a/24/64", SPFAULT_BAD_PREFIX, 7, "a/24/64"},
	{"v=spf1 mx/", SPFAULT_BAD_PREFIX, 7, "mx/"},
	{"v=spf1 a/4294967320", SPFAULT_BAD_PREFIX, 7, "a/4294967320"},
	{"v=spf1 a:x.example/24/64", SPFAULT_BAD_PREFIX, 7, "a:x.example/24/64"},
	{"v=spf1 mx:x.example/255.255.255.0", SPFAULT_BAD_PREFIX, 7, "mx:x.example/255.255.255.0"},
	/* 7.1: the end of a domain-spec */
	{"v=spf1 a:foo-bar -all", SPFAULT_BAD_DOMAIN_SPEC, 7, "a:foo-bar"},
	{"v=spf1 a:museum.", SPFAULT_BAD_DOMAIN_SPEC, 7, "a:museum."},
	{"v=spf1 a:192.0.2.25", SPFAULT_BAD_DOMAIN_SPEC, 7, "a:192.0.2.25"},
	{"v=spf1 a:x.123", SPFAULT_BAD_DOMAIN_SPEC, 7, "a:x.123"},
	{"v=spf1 a:x.-com", SPFAULT_BAD_DOMAIN_SPEC, 7, "a:x.-com"},
	{"v=spf1 mx:x.com-", SPFAULT_BAD_DOMAIN_SPEC, 7, "mx:x.com-"},
	{"v=spf1 a:x.example:8080", SPFAULT_BAD_DOMAIN_SPEC, 7, "a:x.example:8080"},
	{"v=spf1 exists:x.example/24", SPFAULT_BAD_DOMAIN_SPEC, 7, "exists:x.example/24"},
	{"v=spf1 include:x.example,", SPFAULT_BAD_DOMAIN_SPEC, 7, "include:x.example,"},
	{"v=spf1 a:%{d}x", SPFAULT_BAD_DOMAIN_SPEC, 7, "a:%{d}x"},
	{"v=spf1 redirect=-all ?all", SPFAULT_BAD_DOMAIN_SPEC, 7, "redirect=-all"},
	{"v=spf1 exp=-all", SPFAULT_BAD_DOMAIN_SPEC, 7, "exp=-all"},
	/* 7.1, 7.2: macros */
	{"v=spf1 -exists:%(ir).x.example", SPFAULT_BAD_MACRO, 15, "%("},
	{"v=spf1 exists:foo%.x.example", SPFAULT_BAD_MACRO, 17, "%."},
	{"v=spf1 exists:x.%", SPFAULT_BAD_MACRO, 16, "%"},
	{"v=spf1 a:%{a}.x.example", SPFAULT_BAD_MACRO, 9, "%{a}"},
	{"v=spf1 a:%{d0}.x.example", SPFAULT_BAD_MACRO, 9, "%{d0}"},
	{"v=spf1 a:%{d|}.x.example", SPFAULT_BAD_MACRO, 9, "%{d|}"},
	{"v=spf1 a:x.%{d", SPFAULT_BAD_MACRO, 11, "%{d"},
	{"v=spf1 -all exp=%{r}.x.example", SPFAULT_BAD_MACRO, 16, "%{r}"},
	{"v=spf1 -all foo=%abc", SPFAULT_BAD_MACRO, 16, "%a"},
	/* 6: modifiers */
	{"v=spf1 1up=foo", SPFAULT_BAD_MODIFIER, 7, "1up=foo"},
	{"v=spf1 =all", SPFAULT_BAD_MODIFIER, 7, "=all"},
	{"v=spf1 m\"x=1", SPFAULT_BAD_MODIFIER, 7, "m\"x=1"},
	{"v=spf1 -redirect=x.example", SPFAULT_BAD_MODIFIER, 7, "-redirect=x.example"},
	{"v=spf1 redirect=a.x redirect=b.x", SPFAULT_DUPLICATE_MODIFIER, 20, "redirect=b.x"},
	{"v=spf1 exp=a.x -all exp=a.x", SPFAULT_DUPLICATE_MODIFIER, 20, "exp=a.x"},
	/* the first of several */
	{"v=spf1 ip4:1 foo bar", SPFAULT_BAD_ADDRESS, 7, "ip4:1"},
};

static void faults(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(fault_rows); i++) {
		struct spf_record record =
			spf_record_parse(arena, fault_rows[i].record, strlen(fault_rows[i].record));

		if (record.fault != fault_rows[i].fault)
			print_error("row %zu: %s\n", i, fault_rows[i].record);
		assert_int_equal(record.fault, fault_rows[i].fault);
		assert_string_equal(record.fault_text, fault_rows[i].text);
		assert_int_equal(record.fault_position, fault_rows[i].position);
	}
	arena_free(&arena);
}

/* The diagnosis reads on behind a fault. */
static void terms_behind_a_fault(void **state)
{
	static const char text[] = "v=spf1 foo ip4:192.0.2.1 -all";
	struct arena *arena = arena_new();
	struct spf_record record = spf_record_parse(arena, text, strlen(text));

	(void)state;
	assert_int_equal(record.term_count, 3);
	assert_int_equal(record.terms[0].kind, SPFTERM_BROKEN);
	assert_int_equal(record.terms[1].kind, SPFTERM_IP4);
	assert_int_equal(record.terms[1].position, 11);
	assert_int_equal(record.terms[2].kind, SPFTERM_ALL);
	arena_free(&arena);
}

static void nul_octets(void **state)
{
	struct arena *arena = arena_new();
	struct spf_record record = spf_record_parse(arena, "v=spf1 a:x.example\0", 19);

	(void)state;
	assert_int_equal(record.fault, SPFAULT_CONTROL_CHARACTER);
	assert_int_equal(record.fault_position, 18);
	arena_free(&arena);
}

static void sizes(void **state)
{
	struct arena *arena = arena_new();
	char *text = arena_alloc(arena, SPFRECORD_OCTETS_MAX + 1);
	struct spf_record record;

	(void)state;
	memset(text, ' ', SPFRECORD_OCTETS_MAX + 1);
	memcpy(text, "v=spf1", 6);
	record = spf_record_parse(arena, text, SPFRECORD_OCTETS_MAX);
	assert_int_equal(record.fault, SPFAULT_NONE);
	record = spf_record_parse(arena, text, SPFRECORD_OCTETS_MAX + 1);
	assert_int_equal(record.fault, SPFAULT_TOO_LARGE);
	assert_int_equal(record.term_count, 0);
	for (size_t i = 0; i < SPFRECORD_TERMS_MAX; i++)
		memcpy(text + 7 + 3 * i, "x= ", 3);
	record = spf_record_parse(arena, text, SPFRECORD_OCTETS_MAX);
	assert_int_equal(record.fault, SPFAULT_NONE);
	assert_int_equal(record.term_count, SPFRECORD_TERMS_MAX);
	text[SPFRECORD_OCTETS_MAX - 1] = 'x';
	record = spf_record_parse(arena, text, SPFRECORD_OCTETS_MAX);
	assert_int_equal(record.fault, SPFAULT_TOO_LARGE);
	arena_free(&arena);
}

static void covering(void **state)
{
	static const struct {
		const char *term, *client;
		bool covers;
	} rows[] = {
		{"ip4:192.0.2.0/24", "192.0.2.255", true},
		{"ip4:192.0.2.0/24", "192.0.3.0", false},
		{"ip4:192.0.2.77/24", "192.0.2.1", true},
		{"ip4:0.0.0.0/0", "2001:db8::1", false},
		{"ip6:::/0", "192.0.2.1", false},
		{"ip6:2001:db8::/33", "2001:db8:8000::", false},
		{"ip6:::ffff:192.0.2.1", "::ffff:192.0.2.1", false}, /* 5: a mapped client is IPv4 */
		{"ip4:192.0.2.1", "::ffff:192.0.2.1", true},
		{"-all", "192.0.2.1", true},
		{"a", "192.0.2.1", false},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = arena_printf(arena, "v=spf1 %s", rows[i].term);
		struct spf_record record = spf_record_parse(arena, text, strlen(text));
		struct netaddr client;

		assert_true(netaddr_parse(rows[i].client, &client));
		assert_int_equal(spf_term_covers(record.terms, &client), rows[i].covers);
		assert_int_equal(spf_term_looks_up(record.terms), rows[i].term[0] == 'a');
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims),
		cmocka_unit_test(good_terms),
		cmocka_unit_test(faults),
		cmocka_unit_test(terms_behind_a_fault),
		cmocka_unit_test(nul_octets),
		cmocka_unit_test(sizes),
		cmocka_unit_test(covering),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
