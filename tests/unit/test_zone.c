/* dns/zone: reading lines and files, and what they answer. */
#include "base/arena.h"
#include "dns/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const records[] = {
	"hoge.example. TXT \"v=spf1 -all\"",
	"hoge.example. TXT \"two \" \"strings\"",
	"hoge.example. MX 20 mx2.hoge.example.",
	"hoge.example. MX 10 MX1.Hoge.Example.",
	"hoge.example. 60 IN A 192.0.2.1",
	"hoge.example. 30 A 192.0.2.2",
	"hoge.example. AAAA 2001:DB8:0::1",
	"null.example. MX 0 .",
	"a.b.c.deep.example. A 192.0.2.3",
	"25.2.0.192.in-addr.arpa. PTR Mail.Hoge.example.",
	"escapes.example. TXT \"q\\\" b\\\\ o\\000\\255 ;\"",
	"empty.example. TXT \"\"",
	"odd\\032name\\255.example. A 192.0.2.4",
	"old.example. SPF \"v=spf1 ~all\"",
	/* chains */
	"one.example. CNAME two.example.",
	"two.example. CNAME hoge.example.",
	"dangling.example. CNAME gone.example.",
	"circle.example. CNAME circle2.example.",
	"circle2.example. CNAME circle.example.",
	"tofault.example. CNAME slow.example.",
	"self.example. CNAME self.example.",
	/* RFC 4592 section 2.2.1's zone */
	"*.wild.example. TXT \"this is a wildcard\"",
	"*.wild.example. MX 10 host1.wild.example.",
	"sub.*.wild.example. TXT \"this is not a wildcard\"",
	"host1.wild.example. A 192.0.2.5",
	"_ssh._tcp.host1.wild.example. A 192.0.2.6",
	"*.alias.example. CNAME hoge.example.",
	/* behind faults */
	"slow.example. TXT \"never seen\"",
	"forged.example. TXT \"seen unchecked\"",
	"big.example. TXT \"over TCP only\"",
	"ns.example. TXT \"public\"",
	"ns.example. NS ns1.new.example.",
};

static const char *const faults[] = {
	"slow.example. TXT timeout",
	"broken.example. * servfail",
	"forged.example. TXT bogus",
	"big.example. TXT tcp-blocked",
	"* PTR servfail",
};

static const char *const authorities[] = {
	"[ns1.old.example.] ns.example. TXT \"old\"",
	"ns.example. TXT \"every\"",
	"[ns2.new.example.] ns.example. TXT -",
	"[parent] ns.example. NS ns1.old.example.",
	"[ns1.old.example.] slow.example. TXT \"seen here\"",
};

static struct zone *example(struct arena *arena)
{
	struct zone *zone = zone_new(arena);
	struct fault fault = {.text = ""};

	for (size_t i = 0; i < COUNT(records); i++)
		if (!zone_add_record(zone, records[i], &fault))
			fail_msg("%s: %s", records[i], fault.text);
	for (size_t i = 0; i < COUNT(faults); i++)
		if (!zone_add_fault(zone, faults[i], &fault))
			fail_msg("%s: %s", faults[i], fault.text);
	for (size_t i = 0; i < COUNT(authorities); i++)
		if (!zone_add_authority(zone, authorities[i], &fault))
			fail_msg("%s: %s", authorities[i], fault.text);
	return zone;
}

static const struct {
	const char *name;
	enum rr_type type;
	enum answer_kind kind;
	enum answer_trouble trouble;
	const char *values; /* joined by '|' */
	const char *final_name;
	uint32_t ttl;
} answer_rows[] = {
	{"hoge.example", RR_TXT, ANSWER_RECORDS, 0, "v=spf1 -all|two strings", "hoge.example", 3600},
	{"hoge.example", RR_MX, ANSWER_RECORDS, 0, "20 mx2.hoge.example|10 mx1.hoge.example", "hoge.example",
		3600},
	{"hoge.example", RR_A, ANSWER_RECORDS, 0, "192.0.2.1|192.0.2.2", "hoge.example", 30},
	{"hoge.example", RR_AAAA, ANSWER_RECORDS, 0, "2001:db8::1", "hoge.example", 3600},
	{"hoge.example", RR_SPF, ANSWER_NO_RECORD, 0, "", "hoge.example", 3600},
	{"old.example", RR_SPF, ANSWER_RECORDS, 0, "v=spf1 ~all", "old.example", 3600},
	{"null.example", RR_MX, ANSWER_RECORDS, 0, "0 .", "null.example", 3600}, /* RFC 7505 */
	{"odd name\xff.example", RR_A, ANSWER_RECORDS, 0, "192.0.2.4", "odd name\xff.example", 3600},
	{"empty.example", RR_TXT, ANSWER_RECORDS, 0, "", "empty.example", 3600},
	{"www.hoge.example", RR_A, ANSWER_NO_NAME, 0, "", "www.hoge.example", 3600},
	/* empty non-terminals: RFC 4592 section 2.2.2 */
	{"deep.example", RR_A, ANSWER_NO_RECORD, 0, "", "deep.example", 3600},
	{"c.deep.example", RR_A, ANSWER_NO_RECORD, 0, "", "c.deep.example", 3600},
	{"example", RR_A, ANSWER_NO_RECORD, 0, "", "example", 3600},
	{"d.deep.example", RR_A, ANSWER_NO_NAME, 0, "", "d.deep.example", 3600},
	{"org", RR_A, ANSWER_NO_NAME, 0, "", "org", 3600},
	/* chains: RFC 1034 section 3.6.2 */
	{"one.example", RR_TXT, ANSWER_RECORDS, 0, "v=spf1 -all|two strings", "hoge.example", 3600},
	{"one.example", RR_CNAME, ANSWER_RECORDS, 0, "two.example", "one.example", 3600},
	{"one.example", RR_SPF, ANSWER_NO_RECORD, 0, "", "hoge.example", 3600},
	{"hoge.example", RR_CNAME, ANSWER_NO_RECORD, 0, "", "hoge.example", 3600},
	{"dangling.example", RR_TXT, ANSWER_NO_NAME, 0, "", "gone.example", 3600},
	{"circle.example", RR_TXT, ANSWER_NO_REPLY, TROUBLE_LOOP, "", "circle.example", 0},
	{"self.example", RR_TXT, ANSWER_NO_REPLY, TROUBLE_LOOP, "", "self.example", 0},
	{"tofault.example", RR_TXT, ANSWER_NO_REPLY, TROUBLE_TIMEOUT, "", "slow.example", 0},
	{"x.alias.example", RR_MX, ANSWER_RECORDS, 0, "20 mx2.hoge.example|10 mx1.hoge.example",
		"hoge.example", 3600},
	/* RFC 4592 section 2.2.1's table */
	{"host3.wild.example", RR_MX, ANSWER_RECORDS, 0, "10 host1.wild.example", "host3.wild.example", 3600},
	{"host3.wild.example", RR_A, ANSWER_NO_RECORD, 0, "", "host3.wild.example", 3600},
	{"foo.bar.wild.example", RR_TXT, ANSWER_RECORDS, 0, "this is a wildcard", "foo.bar.wild.example",
		3600},
	{"host1.wild.example", RR_MX, ANSWER_NO_RECORD, 0, "", "host1.wild.example", 3600},
	{"sub.*.wild.example", RR_MX, ANSWER_NO_RECORD, 0, "", "sub.*.wild.example", 3600},
	{"_telnet._tcp.host1.wild.example", RR_A, ANSWER_NO_NAME, 0, "", "_telnet._tcp.host1.wild.example",
		3600},
	{"ghost.*.wild.example", RR_MX, ANSWER_NO_NAME, 0, "", "ghost.*.wild.example", 3600},
	{"wild.example", RR_TXT, ANSWER_NO_RECORD, 0, "", "wild.example", 3600},
	/* faults */
	{"slow.example", RR_TXT, ANSWER_NO_REPLY, TROUBLE_TIMEOUT, "", "slow.example", 0},
	{"slow.example", RR_A, ANSWER_NO_RECORD, 0, "", "slow.example", 3600},
	{"broken.example", RR_MX, ANSWER_NO_REPLY, TROUBLE_SERVFAIL, "", "broken.example", 0},
	{"25.2.0.192.in-addr.arpa", RR_PTR, ANSWER_NO_REPLY, TROUBLE_SERVFAIL, "", "25.2.0.192.in-addr.arpa",
		0},
	{"forged.example", RR_TXT, ANSWER_BOGUS, 0, "", "forged.example", 0},
	{"big.example", RR_TXT, ANSWER_NO_REPLY, TROUBLE_TCP, "", "big.example", 0},
};

static void answers(void **state)
{
	struct arena *arena = arena_new();
	struct zone *zone = example(arena);

	(void)state;
	for (size_t i = 0; i < COUNT(answer_rows); i++) {
		struct question question = {
			.name = answer_rows[i].name, .type = answer_rows[i].type, .server = ""};
		const struct answer *answer = zone_answer(zone, &question, arena);
		const char *values = "";

		for (size_t at = 0; at < answer->count; at++)
			values = arena_printf(
				arena, "%s%s%s", values, at > 0 ? "|" : "", answer->values[at].text);
		print_message("%s %s\n", rr_type_name(answer_rows[i].type), answer_rows[i].name);
		assert_int_equal(answer->kind, answer_rows[i].kind);
		assert_int_equal(answer->trouble, answer_rows[i].trouble);
		assert_string_equal(values, answer_rows[i].values);
		assert_string_equal(answer->final_name, answer_rows[i].final_name);
		assert_string_equal(answer->asked.name, answer_rows[i].name);
		assert_int_equal(answer->ttl, answer_rows[i].ttl);
		assert_int_equal(answer->trouble_text[0] != '\0', answer_is_trouble(answer));
	}
	arena_free(&arena);
}

static void modes(void **state)
{
	static const struct {
		const char *name;
		enum rr_type type;
		enum ask_mode mode;
		const char *server;
		enum answer_kind kind;
		const char *value;
	} rows[] = {
		{"forged.example", RR_TXT, ASK_UNCHECKED, "", ANSWER_RECORDS, "seen unchecked"},
		{"broken.example", RR_TXT, ASK_UNCHECKED, "", ANSWER_NO_REPLY, NULL},
		{"big.example", RR_TXT, ASK_UNCHECKED, "", ANSWER_NO_REPLY, NULL},
		{"ns.example", RR_TXT, ASK_NORMAL, "", ANSWER_RECORDS, "public"},
		{"ns.example", RR_TXT, ASK_AUTHORITY, "ns1.old.example", ANSWER_RECORDS, "old"},
		{"ns.example", RR_TXT, ASK_AUTHORITY, "ns1.new.example", ANSWER_RECORDS, "every"},
		{"ns.example", RR_TXT, ASK_AUTHORITY, "ns2.new.example", ANSWER_NO_RECORD, NULL},
		{"ns.example", RR_NS, ASK_AUTHORITY, "[parent]", ANSWER_RECORDS, "ns1.old.example"},
		{"ns.example", RR_NS, ASK_AUTHORITY, "ns1.new.example", ANSWER_RECORDS, "ns1.new.example"},
		{"ns.example", RR_TXT, ASK_AUTHORITY, "[parent]", ANSWER_RECORDS, "public"},
		{"hoge.example", RR_AAAA, ASK_AUTHORITY, "ns1.old.example", ANSWER_RECORDS, "2001:db8::1"},
		{"slow.example", RR_TXT, ASK_AUTHORITY, "ns1.old.example", ANSWER_RECORDS, "seen here"},
		{"slow.example", RR_TXT, ASK_AUTHORITY, "ns1.new.example", ANSWER_NO_REPLY, NULL},
		{"forged.example", RR_TXT, ASK_AUTHORITY, "ns1.x.example", ANSWER_RECORDS, "seen unchecked"},
	};
	struct arena *arena = arena_new();
	struct zone *zone = example(arena);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct question question = {rows[i].name, rows[i].type, rows[i].mode, rows[i].server};
		const struct answer *answer = zone_answer(zone, &question, arena);

		assert_int_equal(answer->kind, rows[i].kind);
		assert_int_equal(answer->count, rows[i].value == NULL ? 0 : 1);
		if (rows[i].value != NULL)
			assert_string_equal(answer->values[0].text, rows[i].value);
	}
	arena_free(&arena);
}

static void strings_keep_their_limits(void **state)
{
	struct arena *arena = arena_new();
	struct zone *zone = example(arena);
	struct question question = {.name = "hoge.example", .type = RR_TXT, .server = ""};
	const struct answer *answer = zone_answer(zone, &question, arena);

	(void)state;
	assert_int_equal(answer->values[1].string_count, 2);
	assert_int_equal(answer->values[1].strings[0], 4);
	assert_int_equal(answer->values[1].strings[1], 7);
	question.name = "escapes.example";
	answer = zone_answer(zone, &question, arena);
	assert_int_equal(answer->values[0].len, 11);
	assert_memory_equal(answer->values[0].text, "q\" b\\ o\0\xff ;", 11);
	question.name = "empty.example";
	answer = zone_answer(zone, &question, arena);
	assert_int_equal(answer->values[0].string_count, 1);
	assert_int_equal(answer->values[0].len, 0);
	arena_free(&arena);
}

static void chains_have_an_end(void **state)
{
	struct arena *arena = arena_new();
	struct zone *zone = zone_new(arena);
	struct question question = {.name = "n10.example", .type = RR_A, .server = ""};

	(void)state;
	assert_true(zone_add_record(zone, "n0.example. A 192.0.2.1", NULL));
	for (int i = 1; i <= 11; i++)
		assert_true(zone_add_record(
			zone, arena_printf(arena, "n%d.example. CNAME n%d.example.", i, i - 1), NULL));
	assert_int_equal(zone_answer(zone, &question, arena)->kind, ANSWER_RECORDS);
	question.name = "n11.example";
	assert_int_equal(zone_answer(zone, &question, arena)->trouble, TROUBLE_LOOP);
	arena_free(&arena);
}

static void bad_lines(void **state)
{
	static const struct {
		bool (*add)(struct zone *zone, const char *line, struct fault *fault);
		const char *line, *fault;
	} rows[] = {
		{zone_add_record, "", "a name is missing"},
		{zone_add_record, "hoge A 192.0.2.1", "the name \"hoge\" has no final dot"},
		{zone_add_record, "hoge. ", "the type is missing"},
		{zone_add_record, "hoge. SOA x", "unknown type \"SOA\""},
		{zone_add_record, "hoge. A 192.0.2", "\"192.0.2\" is not an address for A"},
		{zone_add_record, "hoge. A 192.0.2.1 x", "\"192.0.2.1 x\" is not an address"},
		{zone_add_record, "hoge. AAAA 192.0.2.1", "is not an address for AAAA"},
		{zone_add_record, "hoge. MX mx.hoge.", "MX needs a preference"},
		{zone_add_record, "hoge. MX 65536 mx.hoge.", "MX needs a preference"},
		{zone_add_record, "hoge. MX 10 mx", "the name \"mx\" has no final dot"},
		{zone_add_record, "hoge. MX 10", "a name is missing"},
		{zone_add_record, "hoge. PTR a. b.", "blank in the name"},
		{zone_add_record, "hoge. TXT", "the string is missing"},
		{zone_add_record, "hoge. TXT bare", "a string must be in double quotes"},
		{zone_add_record, "hoge. TXT \"open", "a string has no closing quote"},
		{zone_add_record, "hoge. TXT \"open\\\"", "a string has no closing quote"},
		{zone_add_record, "hoge. TXT \"\\256\"", "bad escape in a string"},
		{zone_add_record, "hoge. TXT \"a\"\"b\"", "blanks are missing between two strings"},
		{zone_add_record, "a..b. A 192.0.2.1", "is not a name that DNS can carry"},
		{zone_add_record, "a\\046b. A 192.0.2.1", "bad escape in the name"},
		{zone_add_record, "a\\000b. A 192.0.2.1", "bad escape in the name"},
		{zone_add_record, "a\\. A 192.0.2.1", "bad escape in the name"},
		{zone_add_record,
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa. A 192.0.2.1",
			"is not a name that DNS can carry"},
		{zone_add_fault, "hoge. TXT", "\"\" is none of servfail"},
		{zone_add_fault, "hoge. TXT refused", "\"refused\" is none of"},
		{zone_add_fault, "hoge TXT timeout", "has no final dot"},
		{zone_add_authority, "[ns1] hoge. TXT \"x\"", "has no final dot"},
		{zone_add_authority, "[ns1. hoge. TXT \"x\"", "is not a server in brackets"},
		{zone_add_authority, "hoge. TXT x", "double quotes"},
	};
	struct arena *arena = arena_new();
	struct zone *zone = zone_new(arena);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {.text = ""};

		assert_false(rows[i].add(zone, rows[i].line, &fault));
		if (strstr(fault.text, rows[i].fault) == NULL)
			fail_msg("%s: \"%s\", not \"%s\"", rows[i].line, fault.text, rows[i].fault);
	}
	arena_free(&arena);
}

static void files(void **state)
{
	char path[] = "test_zone.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	struct arena *arena = arena_new();
	struct zone *zone = zone_new(arena);
	struct question question = {.name = "n19999.example", .type = RR_A, .server = ""};
	struct fault fault = {.text = ""};

	(void)state;
	assert_non_null(file);
	(void)fputs("; a zone\r\n# another comment\n\n  \t\n", file);
	for (int i = 0; i < 20000; i++)
		(void)fprintf(file, "n%d.example.\t300\tIN\tA\t192.0.2.%d\r\n", i, i % 250);
	(void)fflush(file);
	assert_true(zone_read_file(zone, path, &fault));
	assert_string_equal(zone_answer(zone, &question, arena)->values[0].text, "192.0.2.249");
	assert_int_equal(zone_answer(zone, &question, arena)->ttl, 300);
	(void)fputs("relative A 192.0.2.1\n", file);
	(void)fclose(file);
	assert_false(zone_read_file(zone, path, &fault));
	assert_non_null(strstr(fault.text, ":20005: the name \"relative\" has no final dot"));
	(void)unlink(path);
	assert_false(zone_read_file(zone, path, &fault));
	assert_non_null(strstr(fault.text, "No such file"));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(modes),
		cmocka_unit_test(strings_keep_their_limits),
		cmocka_unit_test(chains_have_an_end),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
