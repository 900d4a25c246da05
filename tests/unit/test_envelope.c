/* message/envelope: the reverse-path and HELO, hostile ones above all. */
#include "message/envelope.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char label_63[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void reverse_paths(void **state)
{
	/* domain "" with why_not: unusable. "A1 n" is a row of the project's attack catalogue. */
	static const struct {
		const char *arg, *local, *domain, *why_not;
	} rows[] = {
		{"<taro@example.com>", "taro", "example.com", ""},
		{"taro@example.com", "taro", "example.com", ""},
		{"<Taro.Y+x@EXAMPLE.Com>", "Taro.Y+x", "example.com", ""},
		{"<a..b.@docomo.example>", "a..b.", "docomo.example", ""}, /* not RFC 5321, but real */
		{"<\"quoted \\\" @\"@example.com>", "\"quoted \\\" @\"", "example.com", ""},
		{"<\xe5\xa4\xaa\xe9\x83\x8e@example.com>", "\xe5\xa4\xaa\xe9\x83\x8e", "example.com",
			""},                                                                    /* RFC 6531 */
		{"<taro@\xe4\xbe\x8b\xe3\x81\x88.example>", "taro", "xn--r8jz45g.example", ""}, /* RFC 5891 */
		/* A1 2: an opening comment is no local part */
		{"<(any@victim.example>", "", "", "invalid character in the local part"},
		/* A1 3, CVE-2020-12272 */
		{"<any@victim.example(a.attacker.test>", "any", "", "invalid character"},
		/* A1 4: the last @ outside quotes */
		{"<any@victim.example'@any.attacker.test>", "any@victim.example'", "any.attacker.test", ""},
		{"<\"any@victim.example\"@attacker.test>", "\"any@victim.example\"", "attacker.test", ""},
		{"<victim.example\"@attacker.test>", "", "", "misplaced quotation mark"},
		{"<\"a\"b@attacker.test>", "", "", "misplaced quotation mark"},
		{"<\"a@attacker.test>", "", "", "misplaced quotation mark"},
		/* A1 5: source routes are dropped (RFC 5321 section 4.1.1.3) */
		{"<@victim.example,@any.test:'any@attacker.test>", "'any", "attacker.test", ""},
		{"<@attacker.test:any@victim.example>", "any", "victim.example", ""},
		{"<@victim.example:>", "", "", "no domain"},
		/* A1 6 */
		{"<a@b@victim.example>", "a@b", "victim.example", ""},
		{"<@victim.example>", "", "victim.example", ""}, /* RFC 7208 section 4.3 */
		{"<victim.example>", "", "", "no domain"},
		{"<postmaster>", "", "", "no domain"},
		{"<a@victim..example>", "a", "", "empty label"},
		{"<a@victim.example.>", "a", "victim.example", ""},
		{"<a@victim.example..>", "a", "", "empty label"},
		{"<a@[192.0.2.1]>", "a", "", "address literal"},
		{"<a@192.0.2.1>", "a", "", "IP address"},
		{"<a@localhost>", "a", "", "only one label"},
		{"<a@>", "a", "", "empty"},
		{"<a@xn--\xff.example>", "a", "", "not a valid internationalised name"},
		{"<a@b c.example>", "a", "", "invalid character"},
		{"<a@victim.example", "", "", "angle bracket without its partner"},
		{"a@victim.example>", "", "", "angle bracket without its partner"},
		{"<", "", "", "angle bracket without its partner"},
		{"<<a@victim.example>>", "", "", "invalid character in the local part"},
		{"< >", "", "", "no domain"},
		/* A2 13: what would like to be in our header */
		{"<\"x; dmarc=pass header.from=victim.example; a=\"@attacker.test>",
			"\"x; dmarc=pass header.from=victim.example; a=\"", "attacker.test", ""},
		{"<x;dmarc=pass@attacker.test>", "", "", "invalid character in the local part"},
		{"<x\r\nX: y@attacker.test>", "", "", "invalid character in the local part"},
		{"<x@attacker.test;dmarc=pass>", "x", "", "invalid character"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reverse_path path = reverse_path_of(rows[i].arg, arena);

		assert_string_equal(path.why_not, rows[i].why_not);
		assert_string_equal(path.local, rows[i].local);
		assert_string_equal(path.domain.name, rows[i].domain);
		assert_false(path.null);
	}
	arena_free(&arena);
}

static void null_senders(void **state)
{
	static const char *const rows[] = {"<>", "", " <> "}; /* RFC 5321 section 4.5.5 */
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reverse_path path = reverse_path_of(rows[i], arena);

		assert_true(path.null);
		assert_string_equal(path.raw, "");
		assert_string_equal(path.why_not, "");
		assert_string_equal(path.domain.name, "");
	}
	arena_free(&arena);
}

/* A1 6: a 9,000-octet local part, a 64-octet label, a 366-octet domain. */
static void long_paths(void **state)
{
	struct arena *arena = arena_new();
	char *local = arena_alloc(arena, 9001);
	struct reverse_path path;

	(void)state;
	memset(local, 'x', 9000);
	path = reverse_path_of(arena_printf(arena, "<%s@example.com>", local), arena);
	assert_string_equal(path.domain.name, "example.com");
	assert_int_equal(strlen(path.local), 9000);
	path = reverse_path_of(arena_printf(arena, "<a@%s.example>", label_63), arena);
	assert_string_equal(path.why_not, "");
	path = reverse_path_of(arena_printf(arena, "<a@a%s.example>", label_63), arena);
	assert_string_equal(path.why_not, "label longer than 63 octets");
	path = reverse_path_of(arena_printf(arena, "<a@%s.%s.%s.%s.%s.example>", label_63, label_63, label_63,
				       label_63, label_63),
		arena);
	assert_string_equal(path.why_not, "longer than 253 octets");
	arena_free(&arena);
}

static void helo_names(void **state)
{
	static const struct {
		const char *helo, *domain;
	} rows[] = {
		{"mail.Example.com", "mail.example.com"},
		{"mail.example.com.", "mail.example.com"},
		/* A1 7: no name to check (RFC 7208 section 2.3) */
		{"[192.0.2.66]", ""},
		{"[IPv6:2001:db8::1]", ""},
		{"192.0.2.66", ""},
		{"localhost", ""},
		{"", ""},
		/* A2 11, 12: Postfix lets these through */
		{"victim.example; dmarc=pass header.from=victim.example", ""},
		{"x) ; dmarc=pass (", ""},
		{"a.example\r\nAuthentication-Results: mx; dmarc=pass", ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct domain domain = helo_domain_of(rows[i].helo, arena);

		assert_string_equal(domain.name, rows[i].domain);
		assert_string_equal(domain.raw, rows[i].helo);
		assert_int_equal(domain.why_not[0] == '\0', domain.name[0] != '\0');
	}
	arena_free(&arena);
}

static void empty_envelope(void **state)
{
	struct envelope envelope = envelope_empty();

	(void)state;
	assert_int_equal(envelope.client.family, NETADDR_NONE); /* A1 8: never an address by accident */
	assert_string_equal(envelope.helo, "");
	assert_string_equal(envelope.helo_domain.name, "");
	assert_string_equal(envelope.sender.raw, "");
	assert_string_equal(envelope.queue_id, "");
	assert_string_equal(envelope.auth_user, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reverse_paths),
		cmocka_unit_test(null_senders),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(helo_names),
		cmocka_unit_test(empty_envelope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
