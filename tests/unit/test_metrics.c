/* metrics: what a message adds to the counters, and the page they become. */
#include "base/arena.h"
#include "diagnose/findings.h"
#include "metrics/counters.h"
#include "metrics/exposition.h"
#include "metrics/observe.h"
#include "report/action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void histogram_buckets(void **state)
{
	static const struct {
		int took_ms;
		size_t bucket;
	} rows[] = {
		{-5, 0},
		{0, 0},
		{1, 0},
		{2, 1},
		{3, 2},
		{5, 2},
		{6, 3},
		{1000, 9},
		{20000, 13},
		{20001, 14},
		{2000000000, 14},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct histogram histogram = {.sum_ms = 0};

		histogram_add(&histogram, rows[i].took_ms);
		for (size_t bucket = 0; bucket <= HISTOGRAM_BOUNDS; bucket++)
			assert_int_equal(histogram.buckets[bucket], bucket == rows[i].bucket);
		assert_int_equal(histogram.sum_ms, rows[i].took_ms > 0 ? rows[i].took_ms : 0);
	}
}

/* The number behind a line of the page that begins with this name and its labels. */
static long value_in(const char *page, const char *series)
{
	size_t len = strlen(series);

	for (const char *line = page; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, series, len) == 0 && line[len] == ' ')
			return strtol(line + len, NULL, 10);
	}
	return -1;
}

static struct answer answer(enum answer_kind kind, enum answer_trouble trouble, int took_ms)
{
	return (struct answer){.kind = kind, .trouble = trouble, .took_ms = took_ms};
}

/* One message: softfail, one good and one broken signature, two causes, three answers of DNS. */
static void observe_one(struct counters *counters, bool skipped)
{
	struct verdicts verdicts = verdicts_empty();
	struct signature_verdict signatures[] = {{.result = RESULT_PASS}, {.result = RESULT_FAIL}};
	struct answer answers[] = {answer(ANSWER_RECORDS, TROUBLE_NONE, 0),
		answer(ANSWER_NO_NAME, TROUBLE_NONE, 30), answer(ANSWER_NO_REPLY, TROUBLE_TIMEOUT, 8000)};
	const struct answer *list[] = {&answers[0], &answers[1], &answers[2]};
	struct diagnosis diagnoses[] = {{.cause = CAUSE_NONE + 1}, {.cause = CAUSE_NONE + 2}};
	struct findings findings = {.verdicts = &verdicts,
		.diagnoses = {.items = diagnoses, .count = 2, .partial = true},
		.evidence = {.answers = list, .count = 3},
		.forged_count = 2,
		.took_ms = 40,
		.deepened = true,
		.diagnosis_ms = 3};
	struct decision decision = {.action = ACTION_ACCEPT, .would = ACTION_REJECT};

	verdicts.skipped = skipped;
	verdicts.spf.result = RESULT_SOFTFAIL;
	verdicts.dmarc.result = RESULT_PASS;
	verdicts.signatures = signatures;
	verdicts.signature_count = 2;
	counters_observe(counters, &findings, &decision);
}

static void a_message_is_counted(void **state)
{
	static const struct {
		const char *series;
		long once, skipped;
	} rows[] = {
		{"sekisho_messages_total", 1, 1},
		{"sekisho_messages_skipped_total", 0, 1},
		{"sekisho_forged_fields_total", 2, 2},
		{"sekisho_results_total{method=\"spf\",result=\"softfail\"}", 1, 0},
		{"sekisho_results_total{method=\"spf\",result=\"pass\"}", 0, 0},
		{"sekisho_results_total{method=\"dkim\",result=\"pass\"}", 1, 0},
		{"sekisho_results_total{method=\"dmarc\",result=\"pass\"}", 1, 0},
		{"sekisho_results_total{method=\"arc\",result=\"none\"}", 1, 0},
		{"sekisho_dkim_signatures_total{result=\"pass\"}", 1, 0},
		{"sekisho_dkim_signatures_total{result=\"fail\"}", 1, 0},
		{"sekisho_diagnoses_total{end=\"partial\"}", 1, 0},
		{"sekisho_diagnoses_total{end=\"complete\"}", 0, 0},
		{"sekisho_actions_total{action=\"accept\"}", 1, 1},
		{"sekisho_actions_wanted_total{action=\"reject\"}", 1, 1},
		{"sekisho_dns_answers_total{kind=\"no-name\"}", 1, 0},
		{"sekisho_dns_failures_total{why=\"timeout\"}", 1, 0},
		{"sekisho_dns_failures_total{why=\"servfail\"}", 0, 0},
		{"sekisho_dns_wait_seconds_count", 3, 0},
		{"sekisho_dns_wait_seconds_bucket{le=\"0.05\"}", 2, 0},
		{"sekisho_dns_wait_seconds_sum", 8, 0},
		{"sekisho_message_seconds_bucket{le=\"0.02\"}", 0, 0},
		{"sekisho_message_seconds_bucket{le=\"0.05\"}", 1, 0},
		{"sekisho_message_seconds_bucket{le=\"+Inf\"}", 1, 0},
		{"sekisho_diagnosis_seconds_count", 1, 0},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (int skipped = 0; skipped < 2; skipped++) {
		struct counters *counters = calloc(1, sizeof *counters);
		const char *page;

		observe_one(counters, skipped);
		page = exposition_text(counters, arena);
		for (size_t i = 0; i < COUNT(rows); i++)
			if (value_in(page, rows[i].series) != (skipped ? rows[i].skipped : rows[i].once))
				fail_msg("%s: %ld", rows[i].series, value_in(page, rows[i].series));
		for (size_t cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
			const struct cause_row *row = cause_row((enum cause)cause);

			assert_int_equal(
				value_in(page,
					arena_printf(arena, "sekisho_causes_total{cause=\"%s\",act=\"%s\"}",
						row->code, row->act)),
				cause <= CAUSE_NONE + 2 && !skipped);
		}
		free(counters);
	}
	arena_free(&arena);
}

/* Two processes have the same memory: what one counts, the other reads; a dead worker's place is free. */
static void memory_is_shared(void **state)
{
	struct fault fault = {""};
	int memory = counters_memory_new(1700000000, &fault);
	struct counters *one = counters_map(memory, &fault), *other = counters_map(memory, &fault);
	struct arena *arena = arena_new();
	struct gauges *gauges;
	int pipe_ends[2];

	(void)state;
	assert_non_null(one);
	assert_non_null(other);
	observe_one(one, false);
	gauges = gauges_take(one, 4711);
	atomic_store(&gauges->descriptors, 21);
	assert_int_equal(value_in(exposition_text(other, arena), "sekisho_messages_total"), 1);
	assert_int_equal(value_in(exposition_text(other, arena), "sekisho_start_time_seconds"), 1700000000);
	assert_int_equal(
		value_in(exposition_text(other, arena), "sekisho_worker_open_descriptors{pid=\"4711\"}"), 21);
	gauges_give_back(other, 4711);
	assert_int_equal(
		value_in(exposition_text(other, arena), "sekisho_worker_open_descriptors{pid=\"4711\"}"), -1);
	for (int pid = 1; pid <= GAUGES_MAX; pid++)
		assert_non_null(gauges_take(one, pid));
	assert_null(gauges_take(one, GAUGES_MAX + 1));
	assert_int_equal(pipe(pipe_ends), 0);
	assert_null(counters_map(pipe_ends[0], &fault)); /* handed over something else */
	assert_string_not_equal(fault.text, "");
	arena_free(&arena);
	(void)close(pipe_ends[0]);
	(void)close(pipe_ends[1]);
	(void)close(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(histogram_buckets),
		cmocka_unit_test(a_message_is_counted),
		cmocka_unit_test(memory_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
