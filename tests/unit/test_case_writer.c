/* replay/case_writer: what was recorded reads back, and DNS answers as it did. */
#include "base/arena.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "message/envelope.h"
#include "replay/case_file.h"
#include "replay/case_writer.h"
#include "settings/print.h"
#include "settings/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { DEADLINE_MS = 1000, QUESTIONS_MAX = 100 };

static const char *const records[] = {
	"a.example. TXT \"v=spf1 \" \"\\\"q\\\\ \\009\\255 -all\"",
	"a.example. TXT \"second\"",
	"a.example. MX 10 mail.a.example.",
	"null.example. MX 0 .",
	"mail.a.example. A 192.0.2.1",
	"mail.a.example. AAAA 2001:db8::1",
	"1.2.0.192.in-addr.arpa. PTR mail.a.example.",
	"a.example. NS ns.a.example.",
	"s._domainkey.a.example. CNAME s.keys.example.",
	"s.keys.example. CNAME t.keys.example.",
	"t.keys.example. TXT \"v=DKIM1; p=\"",
	"gone.a.example. CNAME nowhere.example.",
	"bare.a.example. CNAME only-a.example.",
	"only-a.example. A 192.0.2.2",
	"loop.example. CNAME loop.example.",
	"*.wild.example. TXT \"any\"",
	"forged.example. TXT \"as it is\"",
	"odd\\032name.example. TXT \"odd\"",
	"other.example. SPF \"v=spf1 -all\"",
};

static const char *const faults[] = {
	"slow.example. TXT timeout",
	"broken.example. * servfail",
	"forged.example. TXT bogus",
	"large.example. TXT tcp-blocked",
};

static const char *const authorities[] = {
	"[parent] a.example. NS ns.old.example.",
	"[ns.old.example.] a.example. TXT \"old\"",
	"[ns.new.example.] a.example. TXT -",
};

static const struct question questions[] = {
	{"a.example", RR_TXT, ASK_NORMAL, ""},
	{"a.example", RR_MX, ASK_NORMAL, ""},
	{"a.example", RR_A, ASK_NORMAL, ""},
	{"a.example", RR_NS, ASK_NORMAL, ""},
	{"null.example", RR_MX, ASK_NORMAL, ""},
	{"null.example", RR_TXT, ASK_NORMAL, ""},
	{"mail.a.example", RR_A, ASK_NORMAL, ""},
	{"mail.a.example", RR_AAAA, ASK_NORMAL, ""},
	{"1.2.0.192.in-addr.arpa", RR_PTR, ASK_NORMAL, ""},
	{"s._domainkey.a.example", RR_TXT, ASK_NORMAL, ""},
	{"s.keys.example", RR_TXT, ASK_NORMAL, ""},
	{"_domainkey.a.example", RR_TXT, ASK_NORMAL, ""},
	{"gone.a.example", RR_TXT, ASK_NORMAL, ""},
	{"nowhere.example", RR_A, ASK_NORMAL, ""},
	{"bare.a.example", RR_TXT, ASK_NORMAL, ""},
	{"bare.a.example", RR_AAAA, ASK_NORMAL, ""},
	{"only-a.example", RR_AAAA, ASK_NORMAL, ""},
	{"loop.example", RR_TXT, ASK_NORMAL, ""},
	{"x.wild.example", RR_TXT, ASK_NORMAL, ""},
	{"y.wild.example", RR_A, ASK_NORMAL, ""},
	{"_dmarc.a.example", RR_TXT, ASK_NORMAL, ""},
	{"slow.example", RR_TXT, ASK_NORMAL, ""},
	{"broken.example", RR_TXT, ASK_NORMAL, ""},
	{"broken.example", RR_A, ASK_NORMAL, ""},
	{"forged.example", RR_TXT, ASK_NORMAL, ""},
	{"forged.example", RR_TXT, ASK_UNCHECKED, ""},
	{"large.example", RR_TXT, ASK_NORMAL, ""},
	{"odd name.example", RR_TXT, ASK_NORMAL, ""},
	{"other.example", RR_SPF, ASK_NORMAL, ""},
	{"a..b", RR_TXT, ASK_NORMAL, ""},
	{"a.example", RR_NS, ASK_AUTHORITY, "[parent]"},
	{"a.example", RR_TXT, ASK_AUTHORITY, "ns.old.example"},
	{"a.example", RR_TXT, ASK_AUTHORITY, "ns.new.example"},
};

static struct zone *first_zone(struct arena *arena)
{
	struct zone *zone = zone_new(arena);

	for (size_t i = 0; i < COUNT(records); i++)
		assert_true(zone_add_record(zone, records[i], NULL));
	for (size_t i = 0; i < COUNT(faults); i++)
		assert_true(zone_add_fault(zone, faults[i], NULL));
	for (size_t i = 0; i < COUNT(authorities); i++)
		assert_true(zone_add_authority(zone, authorities[i], NULL));
	return zone;
}

static struct evidence evidence_from(const struct zone *zone, struct arena *arena)
{
	struct dns *dns = dns_open_zone(zone);
	struct dns_client *client = dns_client_new(dns, arena, DEADLINE_MS, QUESTIONS_MAX);
	struct evidence evidence;

	for (size_t i = 0; i < COUNT(questions); i++)
		assert_non_null(dns_ask_how(client, questions[i]));
	evidence = dns_evidence_since(client, 0);
	dns_close(&dns);
	return evidence;
}

static void assert_same_answer(const struct answer *a, const struct answer *b)
{
	assert_string_equal(a->asked.name, b->asked.name);
	assert_int_equal(a->asked.type, b->asked.type);
	if (a->kind != b->kind)
		print_message("%s %s\n", a->asked.name, rr_type_name(a->asked.type));
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->trouble, b->trouble);
	if (a->asked.mode == ASK_NORMAL && !answer_is_trouble(a))
		assert_string_equal(a->final_name, b->final_name);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->values[i].len, b->values[i].len);
		assert_memory_equal(a->values[i].text, b->values[i].text, a->values[i].len);
		assert_int_equal(a->values[i].string_count, b->values[i].string_count);
		if (a->values[i].string_count > 0)
			assert_memory_equal(
				a->values[i].strings, b->values[i].strings, a->values[i].string_count);
	}
}

static struct settings *changed_settings(void)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{"authserv-id", "mx.rx.example"},
		{"max-body", "100"},
		{"dmarc-discovery", "psl"},
		{"skip-authenticated", "no"},
		{"skip-networks", "10.0.0.0/8"},
		{"public-suffix", "rs.example, rt.example"},
		{"override", "a.example dmarc-reject-policy reject"},
		/* these stay at home */
		{"socket", "unix:/run/x"},
		{"pid-file", "/run/y"},
		{"user", "nobody"},
		{"nameservers", "::1"},
	};
	struct settings *settings = settings_new();

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(settings_set(settings, rows[i].name, rows[i].value, NULL));
	return settings;
}

static const char expected_options[] = "authserv-id = mx.rx.example\n"
				       "skip-authenticated = no\n"
				       "skip-networks = 127.0.0.0/8, ::1/128, 10.0.0.0/8\n"
				       "max-body = 100\n"
				       "dmarc-discovery = psl\n"
				       "public-suffix = rs.example, rt.example\n"
				       "override = a.example dmarc-reject-policy reject\n";

static const char message[] = "From: a@a.example\r\n\r\nbody\0\r\n";

static void round_trip(void **state)
{
	static const char *const recipients[] = {"r@rx.example", "", "\"s t\"@rx.example"};
	struct arena *arena = arena_new();
	struct settings *settings = changed_settings(), *again = settings_new();
	struct envelope envelope = envelope_empty();
	struct case_recording recording = {
		.now = 1772355600,
		.envelope = &envelope,
		.settings = settings,
		.authserv_id = "mx.rx.example",
		.evidence = evidence_from(first_zone(arena), arena),
		.message_name = "test_case_writer.eml",
	};
	struct fault fault = {""};
	struct case_file *file;
	struct evidence replayed;
	char octets[sizeof message + 1];
	FILE *stored;

	(void)state;
	assert_true(netaddr_parse("2001:db8::25", &envelope.client));
	envelope.helo = "mail.a.example";
	envelope.sender = reverse_path_of("<taro@a.example>", arena);
	envelope.auth_user = "taro";
	envelope.recipients = recipients;
	envelope.recipient_count = COUNT(recipients);
	assert_true(
		case_write("test_case_writer.case", &recording, message, sizeof message - 1, arena, &fault));
	file = case_file_read("test_case_writer.case", arena, &fault);
	assert_string_equal(fault.text, "");
	assert_non_null(file);
	assert_int_equal(file->now, 1772355600);
	assert_true(netaddr_equal(&file->client, &envelope.client));
	assert_string_equal(file->helo, "mail.a.example");
	assert_string_equal(file->mail_from, "taro@a.example");
	assert_string_equal(file->auth_user, "taro");
	assert_int_equal(file->recipient_count, 3);
	assert_string_equal(file->recipients[1], "<>");
	assert_string_equal(file->message_path, "test_case_writer.eml");
	assert_true(case_file_apply_options(file, again, &fault));
	assert_string_equal(settings_print(again, PRINT_CHANGED, arena), expected_options);

	stored = fopen(file->message_path, "r");
	assert_non_null(stored);
	assert_int_equal(fread(octets, 1, sizeof octets, stored), sizeof message - 1);
	assert_memory_equal(octets, message, sizeof message - 1);
	assert_int_equal(fclose(stored), 0);

	replayed = evidence_from(file->zone, arena);
	assert_int_equal(replayed.count, recording.evidence.count);
	for (size_t i = 0; i < replayed.count; i++)
		assert_same_answer(recording.evidence.answers[i], replayed.answers[i]);

	assert_int_equal(unlink("test_case_writer.case"), 0);
	assert_int_equal(unlink("test_case_writer.eml"), 0);
	settings_free(&settings);
	settings_free(&again);
	arena_free(&arena);
}

/* One answer and its lines. */
static const struct rdata address = {.text = "192.0.2.1", .len = 9};
static const struct rdata unsayable = {.text = "a..b", .len = 4};
static const struct {
	struct answer answer;
	const char *lines;
} answer_rows[] = {
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""},
		 .kind = ANSWER_RECORDS,
		 .final_name = "a.example",
		 .count = 1,
		 .values = &address},
		"zone      a.example. A 192.0.2.1\n"},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""},
		 .kind = ANSWER_RECORDS,
		 .final_name = "b.example",
		 .count = 1,
		 .values = &address},
		"zone      a.example. CNAME b.example.\nzone      b.example. A 192.0.2.1\n"},
	{{.asked = {"a.example", RR_PTR, ASK_NORMAL, ""},
		 .kind = ANSWER_RECORDS,
		 .final_name = "a.example",
		 .count = 1,
		 .values = &unsayable},
		"# a.example. PTR: an answer with a name that cannot be written\n"},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""}, .kind = ANSWER_NO_NAME, .final_name = "a.example"},
		""},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""}, .kind = ANSWER_NO_RECORD, .final_name = "a.example"},
		"zone      _exists.a.example. TXT \"the name above exists, without the record that "
		"was asked "
		"for\"\n"},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""}, .kind = ANSWER_BOGUS, .final_name = "a.example"},
		"fault     a.example. A bogus\n"},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""},
		 .kind = ANSWER_NO_REPLY,
		 .trouble = TROUBLE_TIMEOUT,
		 .final_name = "a.example"},
		"fault     a.example. A timeout\n"},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""},
		 .kind = ANSWER_NO_REPLY,
		 .trouble = TROUBLE_REFUSED,
		 .final_name = "a.example"},
		"# a.example. A: refused\nfault     a.example. A servfail\n"},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""},
		 .kind = ANSWER_NO_REPLY,
		 .trouble = TROUBLE_BROKEN,
		 .final_name = "a.example"},
		"# a.example. A: the answer could not be read\nfault     a.example. A servfail\n"},
	{{.asked = {"a.example", RR_A, ASK_NORMAL, ""},
		 .kind = ANSWER_NO_REPLY,
		 .trouble = TROUBLE_BUDGET,
		 .final_name = "a.example"},
		"# a.example. A: not asked, the message's budget was spent\n"
		"fault     a.example. A timeout\n"},
	{{.asked = {"a.example", RR_A, ASK_AUTHORITY, "ns.example"},
		 .kind = ANSWER_NO_REPLY,
		 .trouble = TROUBLE_TIMEOUT,
		 .final_name = "a.example"},
		"# a.example. A: a name server that was asked directly did not answer\n"},
	{{.asked = {"a.example", RR_A, ASK_AUTHORITY, ""}, .kind = ANSWER_NO_NAME, .final_name = "a.example"},
		"authority a.example. A -\n"},
};

static void lines_of_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answer_rows); i++) {
		struct arena *arena = arena_new();
		struct settings *settings = settings_new();
		struct envelope envelope = envelope_empty();
		const struct answer *answers[] = {&answer_rows[i].answer};
		struct case_recording recording = {.envelope = &envelope,
			.settings = settings,
			.authserv_id = "mx",
			.evidence = {.answers = answers, .count = 1},
			.message_name = "a.eml"};

		assert_string_equal(case_text(&recording, arena), arena_printf(arena,
									  "# sekisho case 1\n"
									  "now       1970-01-01T00:00:00Z\n"
									  "client    unknown\n"
									  "helo      \n"
									  "mail      <>\n"
									  "option    authserv-id mx\n"
									  "%smessage   a.eml\n",
									  answer_rows[i].lines));
		settings_free(&settings);
		arena_free(&arena);
	}
}

/* What a stranger says in the session stays inside its line. */
static void strangers(void **state)
{
	static const struct {
		const char *helo, *mail, *helo_line, *mail_line;
	} rows[] = {
		{"a\nzone x. A 192.0.2.1", "a\x1b@b", "\nhelo      a?zone x. A 192.0.2.1\n",
			"\nmail      a?@b\n"},
		{"\xff\xfe", "\xe5\xa4\xaa@b", "\nhelo      ??\n", "\nmail      \xe5\xa4\xaa@b\n"},
		{"a", " a@b", "\nhelo      a\n", "\nmail      < a@b>\n"},
		{"#a", " ", "\nhelo      #a\n", "\nmail      < >\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct settings *settings = settings_new();
		struct envelope envelope = envelope_empty();
		struct case_recording recording = {.envelope = &envelope,
			.settings = settings,
			.authserv_id = "mx",
			.message_name = "a.eml"};
		const char *text;

		envelope.helo = rows[i].helo;
		envelope.sender.raw = rows[i].mail;
		text = case_text(&recording, arena);
		assert_non_null(strstr(text, rows[i].helo_line));
		assert_non_null(strstr(text, rows[i].mail_line));
		settings_free(&settings);
		arena_free(&arena);
	}
}

static void unwritable(void **state)
{
	struct arena *arena = arena_new();
	struct settings *settings = settings_new();
	struct envelope envelope = envelope_empty();
	struct case_recording recording = {
		.envelope = &envelope, .settings = settings, .authserv_id = "mx", .message_name = "a.eml"};
	struct fault fault = {""};

	(void)state;
	assert_false(case_write("no/such/a.case", &recording, "", 0, arena, &fault));
	assert_string_equal(fault.text, "no/such/a.eml: No such file or directory");
	settings_free(&settings);
	arena_free(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(lines_of_answers),
		cmocka_unit_test(strangers),
		cmocka_unit_test(unwritable),
	};

	return cmocka_run_group_tests_name("case_writer", tests, NULL, NULL);
}
