/* report/failure: who is told of which message, what, and what is never told. */
#include "base/arena.h"
#include "diagnose/findings.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "message/local_part.h"
#include "report/action.h"
#include "report/failure.h"
#include "report/incoming_report.h"
#include "settings/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One message, and everything that is known about it. */
struct scene {
	struct arena *arena;
	struct verdicts verdicts;
	struct envelope envelope;
	struct header_list header;
	struct author author;
	struct signature_verdict signature;
	enum alignment alignment;
	struct findings findings;
	struct decision decision;
	struct settings *settings;
	struct local_part_mask mask;
};

static struct scene *scene_new(const char *record, const char *sender)
{
	struct arena *arena = arena_new();
	struct scene *scene = arena_alloc(arena, sizeof *scene);

	*scene = (struct scene){.arena = arena, .verdicts = verdicts_empty(), .envelope = envelope_empty()};
	scene->settings = settings_new();
	scene->settings->failure_reports = true;
	scene->mask.kept = LOCAL_PART_HASH;
	scene->header = header_list_new(arena);
	(void)header_list_add(&scene->header, "From", " <taro@hoge.example>", strlen(" <taro@hoge.example>"));
	scene->author = author_of(&scene->header, arena);
	scene->envelope.sender = reverse_path_of(sender, arena);
	(void)netaddr_parse("192.0.2.25", &scene->envelope.client);
	scene->verdicts.spf.sender = scene->envelope.sender.raw;
	scene->verdicts.spf.domain = "hoge.example";
	scene->verdicts.dmarc.author_domain = "hoge.example";
	scene->verdicts.dmarc.record_domain = "hoge.example";
	scene->verdicts.dmarc.record = record;
	scene->verdicts.dmarc.ruf = strstr(record, "ruf=") != NULL ? "mailto:ruf@hoge.example" : "";
	scene->verdicts.dmarc.result = RESULT_FAIL;
	scene->findings = (struct findings){.envelope = &scene->envelope,
		.header = &scene->header,
		.author = &scene->author,
		.verdicts = &scene->verdicts,
		.authserv_id = "mx.rx.example",
		.now = 1700000000};
	return scene;
}

static void scene_sign(struct scene *scene, enum result result, enum signature_fault fault)
{
	scene->signature = (struct signature_verdict){.result = result,
		.fault = fault,
		.fault_text = "",
		.domain = "hoge.example",
		.domain_name = "hoge.example",
		.identity_domain = "news.hoge.example",
		.selector = "s1",
		.algorithm = "rsa-sha256",
		.canonicalization = "",
		.signature_b64 = "AAAA",
		.body_hash_b64 = "",
		.signed_fields = "",
		.copied_fields = "",
		.key_name = "",
		.key_record = "",
		.key_p = ""};
	scene->alignment = ALIGNMENT_STRICT;
	scene->verdicts.signatures = &scene->signature;
	scene->verdicts.signature_count = 1;
	scene->verdicts.dmarc.dkim_alignments = &scene->alignment;
	scene->verdicts.dmarc.dkim_count = 1;
}

static const char *scene_text(struct scene *scene)
{
	return failure_text(&scene->findings, &scene->decision, scene->settings, &scene->mask, scene->arena);
}

static void scene_free(struct scene *scene)
{
	struct arena *arena = scene->arena;

	settings_free(&scene->settings);
	arena_free(&arena);
}

#define ASKS(fo) "v=DMARC1; p=none; ruf=mailto:ruf@hoge.example; fo=" fo

static void fo_decides(void **state)
{
	static const struct {
		const char *what, *record;
		bool spf_aligned, dkim_aligned;
		enum result spf, signature;
		enum signature_fault fault; /* SIGFAULT_NONE and no pass: there is no signature */
		const char *type;           /* "" for no report */
	} rows[] = {
		/* RFC 9989 section 4.7 */
		{"nothing aligned", ASKS("0"), false, false, RESULT_FAIL, RESULT_NONE, SIGFAULT_NONE,
			"dmarc"},
		{"the default is 0", "v=DMARC1; p=none; ruf=mailto:ruf@hoge.example", false, false,
			RESULT_PASS, RESULT_NONE, SIGFAULT_NONE, "dmarc"},
		{"one aligned is enough for 0", ASKS("0"), true, false, RESULT_PASS, RESULT_FAIL,
			SIGFAULT_BODY_HASH, ""},
		{"one not aligned is enough for 1", ASKS("1"), true, false, RESULT_PASS, RESULT_NONE,
			SIGFAULT_NONE, "dmarc"},
		{"both aligned", ASKS("1"), true, true, RESULT_PASS, RESULT_PASS, SIGFAULT_NONE, ""},
		{"d: the body", ASKS("d"), true, false, RESULT_PASS, RESULT_FAIL, SIGFAULT_BODY_HASH,
			"bodyhash"},
		{"d: the key", ASKS("0:d"), true, false, RESULT_PASS, RESULT_PERMERROR, SIGFAULT_KEY_REVOKED,
			"revoked"},
		{"d: anything else", ASKS("D:s"), true, false, RESULT_PASS, RESULT_FAIL, SIGFAULT_SIGNATURE,
			"signature"},
		{"d: without a signature", ASKS("d"), false, false, RESULT_FAIL, RESULT_NONE, SIGFAULT_NONE,
			""},
		{"d: DNS is no failure of the domain's", ASKS("d"), true, false, RESULT_PASS,
			RESULT_TEMPERROR, SIGFAULT_KEY_DNS, ""},
		{"s: fail", ASKS("s"), false, true, RESULT_FAIL, RESULT_PASS, SIGFAULT_NONE, "spf"},
		{"s: softfail", ASKS("d:s"), false, true, RESULT_SOFTFAIL, RESULT_PASS, SIGFAULT_NONE, "spf"},
		{"s: nothing published", ASKS("s"), false, true, RESULT_NONE, RESULT_PASS, SIGFAULT_NONE, ""},
		{"s: DNS", ASKS("s"), false, true, RESULT_TEMPERROR, RESULT_PASS, SIGFAULT_NONE, ""},
		{"no ruf", "v=DMARC1; p=none; fo=1", false, false, RESULT_FAIL, RESULT_NONE, SIGFAULT_NONE,
			""},
		{"psd=y (RFC 9991)", ASKS("1; psd=y"), false, false, RESULT_FAIL, RESULT_NONE, SIGFAULT_NONE,
			""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene *scene = scene_new(rows[i].record, "taro@hoge.example");
		const char *text, *wanted;

		scene->verdicts.spf.result = rows[i].spf;
		scene->verdicts.dmarc.spf_aligned_pass = rows[i].spf_aligned;
		scene->verdicts.dmarc.dkim_aligned_pass = rows[i].dkim_aligned;
		if (rows[i].spf_aligned || rows[i].dkim_aligned)
			scene->verdicts.dmarc.result = RESULT_PASS;
		if (rows[i].signature != RESULT_NONE)
			scene_sign(scene, rows[i].signature, rows[i].fault);
		text = scene_text(scene);
		wanted = arena_printf(scene->arena, "\nAuth-Failure: %s\n", rows[i].type);
		if (rows[i].type[0] == '\0' ? text[0] != '\0' : strstr(text, wanted) == NULL)
			fail_msg("%s: %s", rows[i].what, text);
		scene->settings->failure_reports = false;
		assert_string_equal(scene_text(scene), "");
		scene_free(scene);
	}
}

static void every_field_is_there(void **state)
{
	static const char *const parts[] = {"Feedback-Type: auth-failure\n", "\nVersion: 1\n",
		"\nUser-Agent: sekisho/", "\nAuthentication-Results: mx.rx.example;\n",
		"\nIdentity-Alignment: dkim, spf\n", "\nOriginal-Envelope-Id: 4QID\n",
		"\nOriginal-Mail-From: <#", "\nSource-IP: 192.0.2.25\n", "\nReported-Domain: hoge.example\n",
		"\nDelivery-Result: reject\n", "\nDKIM-Domain: hoge.example\n",
		"\nDKIM-Identity: @news.hoge.example\n", "\nDKIM-Selector: s1\n",
		"\nSPF-DNS: txt : hoge.example : \"v=spf1 \\\"\\\\ -all\"\n", "\n\nFrom: <#"};
	static const struct spf_record_seen seen = {"hoge.example", "v=spf1 \"\\ -all", 0};
	struct scene *scene = scene_new(ASKS("1"), "taro@hoge.example");
	const char *text;

	(void)state;
	scene->envelope.queue_id = "4QID";
	scene->verdicts.spf.result = RESULT_FAIL;
	scene->verdicts.spf.records = &seen;
	scene->verdicts.spf.record_count = 1;
	scene->decision.action = ACTION_REJECT;
	scene_sign(scene, RESULT_FAIL, SIGFAULT_BODY_HASH);
	text = scene_text(scene);
	for (size_t i = 0; i < COUNT(parts); i++)
		if (strstr(text, parts[i]) == NULL)
			fail_msg("no %s in %s", parts[i], text);
	assert_null(strstr(text, "taro"));
	scene_free(scene);
}

/* RFC 5322 section 2.1.1: 998 octets in a line, whatever a domain publishes. */
static void lines_are_bounded(void **state)
{
	char record[2000] = "v=spf1 ";
	const struct spf_record_seen seen = {"hoge.example", record, 0};
	struct scene *scene = scene_new(ASKS("1"), "taro@hoge.example");
	const char *text;

	(void)state;
	memset(record + strlen(record), '\\', sizeof record - strlen(record) - 1);
	scene->verdicts.spf.result = RESULT_FAIL;
	scene->verdicts.spf.records = &seen;
	scene->verdicts.spf.record_count = 1;
	text = scene_text(scene);
	assert_non_null(strstr(text, "\"v=spf1\n \\\\"));
	for (size_t len; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		assert_in_range(len, 0, 998);
	}
	scene_free(scene);
}

static void the_header_is_shown_as_wished(void **state)
{
	static const struct {
		enum failure_header shown;
		const char *there, *not_there;
	} rows[] = {
		{FAILURE_HEADER_NONE, "From: <#", "Received"},
		{FAILURE_HEADER_TECHNICAL, "\nReceived: by x\n  for <#", "Subject"},
		{FAILURE_HEADER_TECHNICAL, "\nMessage-ID: <1@hoge.example>\n", "Taro"},
		{FAILURE_HEADER_FULL, "\nSubject: secret\n", "hanako"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const char *const fields[][2] = {{"Received", " by x\r\n\tfor <hanako@rx.example>"},
			{"Subject", " secret"}, {"To", " Hanako <hanako@rx.example>"},
			{"Message-ID", " <1@hoge.example>"}, {"From", " Taro <taro@hoge.example>"}};
		struct scene *scene = scene_new(ASKS("0"), "taro@hoge.example");
		const char *text;

		for (size_t n = 0; n < COUNT(fields); n++)
			(void)header_list_add(
				&scene->header, fields[n][0], fields[n][1], strlen(fields[n][1]));
		scene->settings->failure_report_header = (int)rows[i].shown;
		text = strstr(scene_text(scene), "\n\n");
		assert_non_null(text);
		if (strstr(text, rows[i].there) == NULL)
			fail_msg("no %s in %s", rows[i].there, text);
		assert_null(strstr(text, rows[i].not_there));
		assert_null(strstr(text, "hanako@"));
		scene_free(scene);
	}
}

/* The families of hostile text: what is told stays lines of printable ASCII, none of them too long. */
static void a_stranger_ends_no_line(void **state)
{
	static const char *const hostile[] = {"a\r\nBcc: x", "\x1b[31m", "\xe2\x80\xae", "\xff\xfe",
		"<script>", "\"; x=\"", "--=_sekisho_failure_=", "a b c", "\\\"", "\x7f\x01"};
	const size_t long_one = 20000;

	(void)state;
	for (size_t i = 0; i <= COUNT(hostile); i++) {
		struct scene *scene = scene_new(ASKS("1"), "taro@hoge.example");
		char *text = memset(arena_alloc(scene->arena, long_one + 1), 'x', long_one);
		const char *value = i < COUNT(hostile) ? hostile[i] : text;
		struct spf_record_seen seen = {value, value, 0};

		scene->envelope.queue_id = value;
		scene->envelope.sender.raw = scene->verdicts.spf.sender = value;
		scene->author.address = value;
		scene->verdicts.spf.records = &seen;
		scene->verdicts.spf.record_count = 1;
		scene->verdicts.spf.result = RESULT_FAIL;
		scene->mask.kept = LOCAL_PART_FULL;
		scene->settings->failure_report_header = FAILURE_HEADER_FULL;
		scene_sign(scene, RESULT_FAIL, SIGFAULT_SIGNATURE);
		scene->signature.selector = scene->signature.identity_domain = value;
		(void)header_list_add(&scene->header, "Subject", value, strlen(value));
		(void)header_list_add(&scene->header, value, value, strlen(value));
		for (const char *line = scene_text(scene); *line != '\0'; line += strcspn(line, "\n") + 1) {
			size_t len = strcspn(line, "\n");

			assert_true(len <= 998);
			assert_false(len >= 2 && line[0] == '-');
			assert_false(strncmp(line, "Bcc", 3) == 0);
			for (size_t n = 0; n < len; n++)
				assert_in_range(line[n], ' ', '~');
		}
		assert_in_range(strlen(scene_text(scene)), 1, FAILURE_TEXT_MAX);
		scene_free(scene);
	}
}

static void a_report_is_recognised(void **state)
{
	static const struct {
		const char *name, *value;
		bool is_report;
	} rows[] = {
		{"Subject", " Report Domain: a.example Submitter: b.example Report-ID: <1>", true},
		{"Subject", "\r\n\treport domain: a.example", true},
		{"Subject", " Re: Report Domain: a.example", false},
		{"Content-Type", " multipart/report; report-type=feedback-report", true},
		{"content-type", " MULTIPART/REPORT; report-type=delivery-status", true},
		{"Content-Type", " multipart/mixed", false},
		{"X-Type", " multipart/report", false},
	};

	(void)state;
	assert_false(incoming_report(NULL));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene *scene = scene_new(ASKS("0"), "");

		(void)header_list_add(&scene->header, rows[i].name, rows[i].value, strlen(rows[i].value));
		assert_int_equal(incoming_report(&scene->header), rows[i].is_report);
		assert_int_equal(scene_text(scene)[0] == '\0', rows[i].is_report);
		scene_free(scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fo_decides),
		cmocka_unit_test(every_field_is_there),
		cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test(the_header_is_shown_as_wished),
		cmocka_unit_test(a_stranger_ends_no_line),
		cmocka_unit_test(a_report_is_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
