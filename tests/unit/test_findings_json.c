/* report/findings_json: the object of "sekisho check --json". */
#include "base/arena.h"
#include "diagnose/findings.h"
#include "report/findings_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include <cmocka.h>

static void whole_object(void **state)
{
	struct signature_verdict signatures[] = {
		{.result = RESULT_PASS, .domain = "hoge.example", .selector = "default"},
		{.result = RESULT_PERMERROR, .domain = "", .selector = ""},
	};
	struct diagnosis diagnosis = {.cause = CAUSE_SPF_NO_RECORD,
		.confidence = CONFIDENCE_STRONG,
		.summary = "\xe9\x96\xa2 \"q\"",
		.fix = "Do."};
	struct arena *arena = arena_new();
	struct verdicts verdicts = verdicts_empty();
	struct findings findings = {.verdicts = &verdicts, .diagnoses = {.items = &diagnosis, .count = 1}};

	(void)state;
	verdicts.spf.result = RESULT_FAIL;
	verdicts.spf.explanation = "No.";
	verdicts.signatures = signatures;
	verdicts.signature_count = 2;
	verdicts.dmarc.result = RESULT_PASS;
	assert_string_equal(
		findings_json(&findings, "Authentication-Results: mx.example;\n       spf=none", arena),
		"{\"spf\":{\"result\":\"fail\",\"explanation\":\"No.\"},"
		"\"dkim\":[{\"result\":\"pass\",\"domain\":\"hoge.example\",\"selector\":\"default\"},"
		"{\"result\":\"permerror\",\"domain\":\"\",\"selector\":\"\"}],"
		"\"dmarc\":{\"result\":\"pass\"},\"arc\":{\"result\":\"none\"},\"iprev\":{\"result\":"
		"\"none\"},"
		"\"causes\":[{\"code\":\"spf-no-record\",\"method\":\"spf\",\"confidence\":\"strong\","
		"\"act\":\"sd\",\"summary\":\"\xe9\x96\xa2 \\\"q\\\"\",\"fix\":\"Do.\"}],"
		"\"header\":\"Authentication-Results: mx.example;\\n       spf=none\"}");
	arena_free(&arena);
}

static void nothing_found(void **state)
{
	struct arena *arena = arena_new();
	struct verdicts verdicts = verdicts_empty();
	struct findings findings = {.verdicts = &verdicts};

	(void)state;
	assert_string_equal(findings_json(&findings, "", arena),
		"{\"spf\":{\"result\":\"none\"},\"dkim\":[],\"dmarc\":{\"result\":\"none\"},"
		"\"arc\":{\"result\":\"none\"},\"iprev\":{\"result\":\"none\"},\"causes\":[],\"header\":"
		"\"\"}");
	arena_free(&arena);
}

/* Whatever a stranger writes, the object can be read again and says what was there. */
static void hostile_text(void **state)
{
	static const char hostile[] = "\"},{\"\x1b\r\n\xff\xc3\x28\xe2\x80\xae\xed\xa0\x80\x7f\\";
	static const char escaped[] =
		"\"},{\"\\x1b\\x0d\\x0a\\xff\\xc3(\\xe2\\x80\\xae\\xed\\xa0\\x80\\x7f\\x5c";
	struct signature_verdict signature = {.result = RESULT_FAIL, .domain = hostile, .selector = hostile};
	struct diagnosis diagnosis = {.cause = CAUSE_SPF_NO_RECORD, .summary = hostile, .fix = hostile};
	struct arena *arena = arena_new();
	struct verdicts verdicts = verdicts_empty();
	struct findings findings = {.verdicts = &verdicts, .diagnoses = {.items = &diagnosis, .count = 1}};
	json_t *json, *dkim;
	const char *text;

	(void)state;
	verdicts.spf.explanation = hostile;
	verdicts.signatures = &signature;
	verdicts.signature_count = 1;
	text = findings_json(&findings, hostile, arena);
	assert_null(strchr(text, '\n'));
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	dkim = json_array_get(json_object_get(json, "dkim"), 0);
	assert_string_equal(json_string_value(json_object_get(dkim, "domain")), escaped);
	assert_string_equal(json_string_value(json_object_get(dkim, "selector")), escaped);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(json, "spf"), "explanation")), escaped);
	assert_int_equal(json_array_size(json_object_get(json, "causes")), 1);
	assert_non_null(json_string_value(json_object_get(json, "header")));
	json_decref(json);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_object),
		cmocka_unit_test(nothing_found),
		cmocka_unit_test(hostile_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
