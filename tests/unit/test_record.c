/* report/record and report/escape: one line per message, whatever strangers write into it. */
#include "base/arena.h"
#include "base/utf8.h"
#include "diagnose/findings.h"
#include "message/author.h"
#include "message/envelope.h"
#include "report/escape.h"
#include "report/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include <jansson.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void escaping(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *foreign, *sentence, *word;
	} rows[] = {
		{"", 9, "", "", ""},
		{"plain text", 99, "plain text", "plain text", "plain\\x20text"},
		{"a\r\nb\tc", 99, "a\\x0d\\x0ab\\x09c", "a\\x0d\\x0ab\\x09c", "a\\x0d\\x0ab\\x09c"},
		{"\x1b[31m\x07\x7f", 99, "\\x1b[31m\\x07\\x7f", "\\x1b[31m\\x07\\x7f", "\\x1b[31m\\x07\\x7f"},
		{"\\x41", 99, "\\x5cx41", "\\x41", "\\x5cx41"},
		{"%n%s", 99, "%n%s", "%n%s", "%n%s"},
		{"\xe9\x96\xa2\xe6\x89\x80", 99, "\xe9\x96\xa2\xe6\x89\x80", "\xe9\x96\xa2\xe6\x89\x80",
			"\xe9\x96\xa2\xe6\x89\x80"},
		{"\xc2\x9b"
		 "2J",
			99, "\\xc2\\x9b2J", "\\xc2\\x9b2J", "\\xc2\\x9b2J"}, /* C1: CSI */
		{"a\xe2\x80\xae"
		 "b",
			99, "a\\xe2\\x80\\xaeb", "a\\xe2\\x80\\xaeb", "a\\xe2\\x80\\xaeb"}, /* RLO */
		{"\xff\xc3", 99, "\\xff\\xc3", "\\xff\\xc3", "\\xff\\xc3"},
		{"\xed\xa0\x80", 99, "\\xed\\xa0\\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"}, /* surrogate */
		{"123456789", 9, "123456789", "123456789", "123456789"},
		{"1234567890", 9, "123456...", "123456...", "123456..."},
		{"12345\n", 9, "12345\\x0a", "12345\\x0a", "12345\\x0a"},
		{"123456\n", 9, "123456...", "123456...", "123456..."}, /* never half of a code */
		{"12345\xe9\x96\xa2\xe6\x89\x80", 9, "12345...", "12345...", "12345..."},
		{"abc", 2, "", "", ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(escape_foreign(rows[i].text, rows[i].max, arena), rows[i].foreign);
		assert_string_equal(escape_sentence(rows[i].text, rows[i].max, arena), rows[i].sentence);
		assert_string_equal(escape_word(rows[i].text, rows[i].max, arena), rows[i].word);
	}
	arena_free(&arena);
}

/* A message as it may be. */
struct stage {
	struct arena *arena;
	struct envelope envelope;
	struct author author;
	struct verdicts verdicts;
	struct signature_verdict signatures[2];
	enum alignment alignments[2];
	struct spf_term term;
	struct diagnosis diagnoses[4];
	struct findings findings;
	struct decision decision;
};

static struct signature_verdict signature(const char *domain, enum result result, enum signature_fault fault)
{
	return (struct signature_verdict){.result = result,
		.fault = fault,
		.fault_text = "",
		.domain = domain,
		.identity_domain = domain,
		.selector = "sel",
		.algorithm = "rsa-sha256",
		.signature_b64 = "",
		.key_bits = 2048};
}

static void stage_open(struct stage *stage)
{
	memset(stage, 0, sizeof *stage);
	stage->arena = arena_new();
	stage->envelope = (struct envelope){.client_name = "mail.example.com",
		.helo = "mail.example.com",
		.sender = {.raw = "taro@example.com", .domain = domain_none()},
		.auth_user = "",
		.recipient_count = 1,
		.queue_id = "4bX1yz"};
	assert_true(netaddr_parse("192.0.2.1", &stage->envelope.client));
	stage->author = (struct author){
		.text = "", .why_not = "", .address = "taro@example.com", .domain = {.name = "example.com"}};
	stage->verdicts = verdicts_empty();
	stage->term = (struct spf_term){.domain = "example.com", .text = "ip4:192.0.2.0/24"};
	stage->verdicts.spf.result = RESULT_PASS;
	stage->verdicts.spf.domain = "example.com";
	stage->verdicts.spf.decided_by = &stage->term;
	stage->signatures[0] = signature("example.com", RESULT_PASS, SIGFAULT_NONE);
	stage->signatures[1] = signature("esp.example", RESULT_FAIL, SIGFAULT_BODY_HASH);
	stage->alignments[0] = ALIGNMENT_STRICT;
	stage->verdicts.signatures = stage->signatures;
	stage->verdicts.signature_count = 2;
	stage->verdicts.dmarc.result = RESULT_PASS;
	stage->verdicts.dmarc.author_domain = "example.com";
	stage->verdicts.dmarc.record_domain = "example.com";
	stage->verdicts.dmarc.policy = DMARC_POLICY_REJECT;
	stage->verdicts.dmarc.dkim_alignments = stage->alignments;
	stage->verdicts.dmarc.dkim_count = 2;
	stage->verdicts.dmarc.dkim_aligned_pass = true;
	stage->verdicts.dmarc.spf_alignment = ALIGNMENT_RELAXED;
	stage->verdicts.iprev.result = RESULT_PASS;
	stage->verdicts.iprev.name = "mail.example.com";
	stage->findings = (struct findings){.envelope = &stage->envelope,
		.author = &stage->author,
		.verdicts = &stage->verdicts,
		.diagnoses = {.items = stage->diagnoses},
		.now = 1772355600,
		.took_ms = 12,
		.dns_waited_ms = 9,
		.dns_questions = 7};
	stage->decision = (struct decision){.option = ""};
}

static const char *line_of(struct stage *stage)
{
	struct record record = record_of(&stage->findings, &stage->decision, stage->arena);

	return record_line(&record, stage->arena);
}

static void whole_line(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage);
	stage.diagnoses[0] = (struct diagnosis){.cause = CAUSE_DKIM_BODY_ALTERED,
		.confidence = CONFIDENCE_PROVEN,
		.summary = "DKIM fail: the body changed.",
		.fix = "Publish \"v=spf1 \\;\" \\x1b."};
	stage.findings.diagnoses.count = 1;
	assert_string_equal(line_of(&stage),
		"queue_id=4bX1yz client=192.0.2.1 client_name=mail.example.com helo=mail.example.com "
		"mail_from=taro@example.com recipients=1 from=taro@example.com from_domain=example.com "
		"spf=pass spf_domain=example.com spf_by=\"ip4:192.0.2.0/24 of example.com\" dkim=pass "
		"dkim_1=\"pass d=example.com s=sel a=rsa-sha256 bits=2048 align=strict\" "
		"dkim_2=\"fail d=esp.example s=sel a=rsa-sha256 bits=2048 align=no (body hash does not "
		"match)\" dmarc=pass dmarc_by=dkim dmarc_record_domain=example.com dmarc_policy=reject "
		"align_spf=relaxed align_dkim=strict iprev=pass iprev_name=mail.example.com "
		"cause=dkim-body-altered conf=proven act=fw text=\"DKIM fail: the body changed.\" "
		"fix=\"Publish \\\"v=spf1 \\\\;\\\" \\x1b.\" action=accept took_ms=12 dns_ms=9 "
		"dns_questions=7");
	arena_free(&stage.arena);
}

static void skipped_mail_has_no_verdicts(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage);
	stage.verdicts.skipped = true;
	stage.verdicts.skip_reason = "authenticated";
	stage.envelope.auth_user = "taro";
	stage.envelope.sender.raw = "";
	stage.findings.author = NULL;
	assert_string_equal(line_of(&stage),
		"queue_id=4bX1yz client=192.0.2.1 client_name=mail.example.com helo=mail.example.com "
		"mail_from=<> auth_user=taro recipients=1 skipped=authenticated action=accept took_ms=12 "
		"dns_ms=9 dns_questions=7");
	arena_free(&stage.arena);
}

static const char *value_of(const struct record *record, const char *name, unsigned cause)
{
	for (size_t i = 0; i < record->count; i++)
		if (strcmp(record->fields[i].name, name) == 0 && record->fields[i].cause == cause)
			return record->fields[i].value;
	return "";
}

static void causes_and_actions(void **state)
{
	struct stage stage;
	struct record record;

	(void)state;
	stage_open(&stage);
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_int_equal(record.priority, LOG_INFO);
	for (size_t i = 0; i < COUNT(stage.diagnoses); i++)
		stage.diagnoses[i] = (struct diagnosis){.cause = (enum cause)(CAUSE_SPF_NO_RECORD + i),
			.confidence = CONFIDENCE_LIKELY,
			.summary = "S.",
			.fix = ""};
	stage.findings.diagnoses.count = COUNT(stage.diagnoses);
	stage.findings.forged_count = 2;
	stage.findings.forged_cause_count = 1;
	stage.decision = (struct decision){.would = ACTION_REJECT, .option = "spf-fail"};
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_string_equal(value_of(&record, "cause", 1), "spf-no-record");
	assert_string_equal(value_of(&record, "cause", 3), "spf-record-on-parent-only");
	assert_string_equal(value_of(&record, "conf", 2), "likely");
	assert_string_equal(value_of(&record, "cause", 4), "");
	assert_string_equal(value_of(&record, "causes_more", 0), "1");
	assert_string_equal(value_of(&record, "action", 0), "accept");
	assert_string_equal(value_of(&record, "would", 0), "reject");
	assert_string_equal(value_of(&record, "option", 0), "spf-fail");
	assert_string_equal(value_of(&record, "forged", 0), "3");
	assert_int_equal(record.priority, LOG_INFO);
	stage.decision.action = ACTION_REJECT;
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_string_equal(value_of(&record, "would", 0), "");
	assert_int_equal(record.priority, LOG_NOTICE);
	stage.diagnoses[1].cause = CAUSE_RX_RESOLVER_FAILURE;
	assert_int_equal(record_of(&stage.findings, &stage.decision, stage.arena).priority, LOG_WARNING);
	arena_free(&stage.arena);
}

/* No error without words: every fault of SPF and DMARC shows in its field. */
static void every_fault_is_told(void **state)
{
	struct stage stage;
	struct record record;

	(void)state;
	stage_open(&stage);
	stage.verdicts.spf.decided_by = NULL;
	for (int fault = SPFAULT_NONE + 1; fault <= SPFAULT_DNS; fault++) {
		stage.verdicts.spf.fault = (enum spf_fault)fault;
		record = record_of(&stage.findings, &stage.decision, stage.arena);
		assert_string_not_equal(value_of(&record, "spf_by", 0), "");
	}
	stage.verdicts.spf.fault = SPFAULT_UNKNOWN_MECHANISM;
	stage.verdicts.spf.fault_domain = "spf.example.com";
	stage.verdicts.spf.fault_text = "ipv4:192.0.2.1\x1b";
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_string_equal(
		value_of(&record, "spf_by", 0), "unknown mechanism (spf.example.com: ipv4:192.0.2.1\\x1b)");
	stage.verdicts.dmarc.result = RESULT_PERMERROR;
	for (int fault = DMARCFAULT_NONE + 1; fault <= DMARCFAULT_NOTHING_ALIGNED; fault++) {
		stage.verdicts.dmarc.fault = (enum dmarc_fault)fault;
		record = record_of(&stage.findings, &stage.decision, stage.arena);
		assert_string_not_equal(value_of(&record, "dmarc_by", 0), "");
	}
	arena_free(&stage.arena);
}

/* ESC, CR, LF, BEL, C1, bidi, "%n", quotes and invalid UTF-8 everywhere a stranger can write. */
static void hostile_text(void **state)
{
	static const char hostile[] =
		"\x1b[2J\r\nFeb 1 x: action=accept \" cause=none %n\x07\xc2\x9b\xe2\x80\xae\xff\\";
	struct stage stage;
	struct record record;
	const char *line, *text;
	size_t len, step;
	json_t *json;

	(void)state;
	stage_open(&stage);
	stage.envelope.queue_id = stage.envelope.helo = stage.envelope.client_name = hostile;
	stage.envelope.sender.raw = stage.envelope.auth_user = hostile;
	stage.author.address = stage.author.why_not = hostile;
	stage.author.domain.name = hostile;
	stage.signatures[0].domain = stage.signatures[0].selector = stage.signatures[0].algorithm = hostile;
	stage.signatures[1].fault_text = hostile;
	stage.verdicts.spf.domain = stage.verdicts.iprev.name = stage.verdicts.dmarc.record_domain = hostile;
	stage.term.text = stage.term.domain = hostile;
	stage.diagnoses[0] =
		(struct diagnosis){.cause = CAUSE_DKIM_BODY_ALTERED, .summary = hostile, .fix = hostile};
	stage.findings.diagnoses.count = 1;
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	line = record_line(&record, stage.arena);
	len = strlen(line);
	for (size_t i = 0; i < len; i += step) {
		step = utf8_visible_length(line + i, len - i);
		assert_int_not_equal(step, 0);
	}
	/* All that looks like a field of ours is inside quotes. */
	for (const char *at = line; (at = strstr(at, " cause=none")) != NULL; at++)
		assert_memory_equal(at - 2, "\\\"", 2);
	text = record_json(&record, stage.arena);
	assert_null(strchr(text, '\n'));
	json = json_loads(text, 0, NULL);
	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, "helo")),
		"\\x1b[2J\\x0d\\x0aFeb 1 x: action=accept \" cause=none "
		"%n\\x07\\xc2\\x9b\\xe2\\x80\\xae\\xff\\x5c");
	json_decref(json);
	arena_free(&stage.arena);
}

static void json_object_of_a_message(void **state)
{
	struct stage stage;
	struct record record;
	const char *text;

	(void)state;
	stage_open(&stage);
	stage.verdicts.skipped = true;
	stage.verdicts.skip_reason = "network";
	stage.diagnoses[0] = (struct diagnosis){
		.cause = CAUSE_RX_SKIPPED_AUTHENTICATED, .summary = "not checked: network.", .fix = ""};
	stage.diagnoses[1] = stage.diagnoses[0];
	stage.findings.diagnoses.count = 2;
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	text = record_json(&record, stage.arena);
	assert_string_equal(text,
		"{\"time\":\"2026-03-01T09:00:00Z\",\"queue_id\":\"4bX1yz\",\"client\":\"192.0.2.1\","
		"\"client_name\":\"mail.example.com\",\"helo\":\"mail.example.com\","
		"\"mail_from\":\"taro@example.com\",\"recipients\":1,\"skipped\":\"network\","
		"\"action\":\"accept\",\"took_ms\":12,\"dns_ms\":9,\"dns_questions\":7,\"causes\":["
		"{\"cause\":\"rx-skipped-authenticated\",\"conf\":\"proven\",\"act\":\"rx\",\"text\":\"not "
		"checked: network.\"},{\"cause\":\"rx-skipped-authenticated\",\"conf\":\"proven\",\"act\":"
		"\"rx\",\"text\":\"not checked: network.\"}]}");
	arena_free(&stage.arena);
}

static void many_signatures(void **state)
{
	enum { MANY = 100 };
	struct signature_verdict signatures[MANY];
	struct stage stage;
	struct record record;

	(void)state;
	stage_open(&stage);
	for (size_t i = 0; i < MANY; i++)
		signatures[i] = signature("x.example", RESULT_NEUTRAL, SIGFAULT_NOT_EVALUATED);
	stage.verdicts.signatures = signatures;
	stage.verdicts.signature_count = MANY;
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_string_equal(value_of(&record, "dkim_more", 0), "80");
	assert_string_equal(value_of(&record, "dkim_20", 0),
		"neutral d=x.example s=sel a=rsa-sha256 bits=2048 (not evaluated: too many signatures)");
	assert_string_equal(value_of(&record, "dns_questions", 0), "7");
	arena_free(&stage.arena);
}

static void chains(void **state)
{
	static const struct arc_hop hops[] = {{.sealer = "old.example"}, {.sealer = "list.example"}};
	static const struct {
		struct arc_verdict arc;
		const char *result, *by, *sets, *sealer;
	} rows[] = {
		{{.result = RESULT_NONE, .fault_text = ""}, "", "", "", ""},
		{{.result = RESULT_PASS, .fault_text = "", .set_count = 2, .hops = hops}, "pass", "", "2",
			"list.example"},
		{{.result = RESULT_FAIL,
			 .fault = ARCFAULT_SEAL,
			 .fault_text = "",
			 .set_count = 2,
			 .failed = 1,
			 .hops = hops},
			"fail", "i=1: seal does not verify", "2", "list.example"},
		{{.result = RESULT_FAIL, .fault = ARCFAULT_INSTANCES, .fault_text = "1, 3\n", .set_count = 2},
			"fail", "instances are not 1 to N (1, 3\\x0a)", "2", ""},
		{{.result = RESULT_FAIL, .fault = ARCFAULT_TOO_MANY_SETS, .fault_text = "", .set_count = 51},
			"fail", "more than 50 sets", "51", ""},
		{{.result = RESULT_TEMPERROR,
			 .fault = ARCFAULT_KEY_DNS,
			 .fault_text = "timeout",
			 .set_count = 1,
			 .failed = 1,
			 .hops = hops},
			"temperror", "i=1: key lookup failed (timeout)", "1", "old.example"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stage stage;
		struct record record;
		const char *const expected[] = {rows[i].result, rows[i].by, rows[i].sets, rows[i].sealer};
		static const char *const names[] = {"arc", "arc_by", "arc_sets", "arc_sealer"};

		stage_open(&stage);
		stage.verdicts.arc = rows[i].arc;
		record = record_of(&stage.findings, &stage.decision, stage.arena);
		for (size_t name = 0; name < COUNT(names); name++)
			assert_string_equal(value_of(&record, names[name], 0), expected[name]);
		arena_free(&stage.arena);
	}
}

/* Only when the option asks for it, and never of mail that was not looked at. */
static void views_of_receivers(void **state)
{
	struct stage stage;
	struct record record;

	(void)state;
	stage_open(&stage);
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_string_equal(value_of(&record, "gmail_rules", 0), "");
	stage.findings.receiver_view = true;
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_string_equal(value_of(&record, "gmail_rules", 0), "accept");
	assert_string_equal(value_of(&record, "outlook_rules", 0), "accept");
	assert_string_equal(value_of(&record, "docomo_rules", 0), "accept");
	stage.verdicts.skipped = true;
	record = record_of(&stage.findings, &stage.decision, stage.arena);
	assert_string_equal(value_of(&record, "gmail_rules", 0), "");
	arena_free(&stage.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escaping),
		cmocka_unit_test(whole_line),
		cmocka_unit_test(skipped_mail_has_no_verdicts),
		cmocka_unit_test(causes_and_actions),
		cmocka_unit_test(every_fault_is_told),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(json_object_of_a_message),
		cmocka_unit_test(many_signatures),
		cmocka_unit_test(chains),
		cmocka_unit_test(views_of_receivers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
