#include "metrics/exposition.h"

#include "base/arena.h"
#include "base/buf.h"
#include "metrics/counters.h"
#include "report/action.h"

#include <inttypes.h>
#include <stddef.h>

static const char *const method_words[METHODS] = {
	[METHOD_SPF] = "spf",
	[METHOD_DKIM] = "dkim",
	[METHOD_DMARC] = "dmarc",
	[METHOD_ARC] = "arc",
	[METHOD_IPREV] = "iprev",
};

static const char *const kind_words[DNS_KINDS] = {
	[ANSWER_RECORDS] = "records",
	[ANSWER_NO_RECORD] = "no-record",
	[ANSWER_NO_NAME] = "no-name",
	[ANSWER_BOGUS] = "bogus",
	[ANSWER_NO_REPLY] = "no-reply",
};

static const char *const trouble_words[DNS_TROUBLES] = {
	[TROUBLE_TIMEOUT] = "timeout",
	[TROUBLE_SERVFAIL] = "servfail",
	[TROUBLE_REFUSED] = "refused",
	[TROUBLE_TCP] = "tcp",
	[TROUBLE_LOOP] = "loop",
	[TROUBLE_BROKEN] = "broken",
	[TROUBLE_BUDGET] = "budget",
	[TROUBLE_LOCAL] = "local",
};

/* The counters that are one number each. */
static const struct {
	const char *name, *help;
	size_t offset;
} plain_rows[] = {
#define PLAIN(name, field, help)                                                                             \
	{                                                                                                    \
		"sekisho_" name "_total", help, offsetof(struct counters, field)                             \
	}
	PLAIN("messages", messages, "Messages that came to their end."),
	PLAIN("messages_skipped", skipped, "Messages that were not to be checked."),
	PLAIN("messages_oversized", oversized, "Messages over max-body."),
	PLAIN("forged_fields", forged_fields, "Header fields in our name that were removed."),
	PLAIN("arc_overrides", overridden, "DMARC policies not applied for a trusted ARC sealer."),
	PLAIN("dns_questions", dns_asked, "Questions put to the resolver of the workers."),
	PLAIN("dns_cache_hits", dns_from_cache, "Questions answered at once from memory."),
	PLAIN("records_lost", records_lost, "Log records that could not be written."),
	PLAIN("store_rows", rows_stored, "Verdicts in the store."),
	PLAIN("store_rows_spooled", rows_spooled, "Verdicts that had to wait in the spool."),
	PLAIN("store_rows_lost", rows_lost, "Verdicts that the store will never have."),
	PLAIN("store_failures", store_failures, "Times that the database did not do its work."),
	PLAIN("workers_started", workers_started, "Workers started."),
	PLAIN("workers_died", workers_died, "Workers that ended without being told to."),
	PLAIN("reloads", reloads, "Configurations taken over."),
	PLAIN("reloads_refused", reloads_refused, "Configurations refused."),
#undef PLAIN
};

static const struct {
	const char *name, *help;
	size_t offset;
} gauge_rows[] = {
#define GAUGE(name, field, help)                                                                             \
	{                                                                                                    \
		"sekisho_worker_" name, help, offsetof(struct gauges, field)                                 \
	}
	GAUGE("connections", connections, "Connections of the MTA that are open."),
	GAUGE("messages_in_progress", messages, "Messages between MAIL FROM and the answer."),
	GAUGE("diagnoses_waiting", diagnoses, "Diagnoses that wait behind the answer."),
	GAUGE("open_descriptors", descriptors, "File descriptors in use."),
	GAUGE("cached_answers", cached_answers, "DNS answers in memory."),
#undef GAUGE
};

static const struct {
	const char *name, *help;
	size_t offset;
} histogram_rows[] = {
#define HISTOGRAM(name, field, help)                                                                         \
	{                                                                                                    \
		"sekisho_" name "_seconds", help, offsetof(struct counters, field)                           \
	}
	HISTOGRAM("message", message_ms, "What the MTA waited for at the end of a message."),
	HISTOGRAM("dns_wait", dns_ms, "What a message waited for one answer; 0 from memory."),
	HISTOGRAM("diagnosis", diagnosis_ms, "Diagnoses behind the answer to the MTA."),
#undef HISTOGRAM
};

static uint64_t value_of(const atomic_uint_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static const void *at(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

static void head(struct buf *text, const char *name, const char *type, const char *help)
{
	buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_plain(struct buf *text, const struct counters *counters)
{
	for (size_t i = 0; i < sizeof plain_rows / sizeof plain_rows[0]; i++) {
		head(text, plain_rows[i].name, "counter", plain_rows[i].help);
		buf_printf(text, "%s %" PRIu64 "\n", plain_rows[i].name,
			value_of(at(counters, plain_rows[i].offset)));
	}
}

static void add_results(struct buf *text, const struct counters *counters)
{
	head(text, "sekisho_results_total", "counter", "Verdicts on messages; dkim: the best signature.");
	for (size_t method = 0; method < METHODS; method++)
		for (size_t result = 0; result < RESULTS; result++)
			buf_printf(text, "sekisho_results_total{method=\"%s\",result=\"%s\"} %" PRIu64 "\n",
				method_words[method], result_word((enum result)result),
				value_of(&counters->results[method][result]));
	head(text, "sekisho_dkim_signatures_total", "counter", "Verdicts on single DKIM signatures.");
	for (size_t result = 0; result < RESULTS; result++)
		buf_printf(text, "sekisho_dkim_signatures_total{result=\"%s\"} %" PRIu64 "\n",
			result_word((enum result)result), value_of(&counters->signatures[result]));
}

static void add_causes(struct buf *text, const struct counters *counters)
{
	head(text, "sekisho_causes_total", "counter", "Causes named; act: who must act.");
	for (size_t cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		const struct cause_row *row = cause_row((enum cause)cause);

		buf_printf(text, "sekisho_causes_total{cause=\"%s\",act=\"%s\"} %" PRIu64 "\n", row->code,
			row->act, value_of(&counters->causes[cause]));
	}
	head(text, "sekisho_diagnoses_total", "counter", "Diagnoses that went on behind the answer.");
	buf_printf(text, "sekisho_diagnoses_total{end=\"complete\"} %" PRIu64 "\n",
		value_of(&counters->diagnoses_complete));
	buf_printf(text, "sekisho_diagnoses_total{end=\"partial\"} %" PRIu64 "\n",
		value_of(&counters->diagnoses_partial));
}

static void add_actions(struct buf *text, const struct counters *counters)
{
	head(text, "sekisho_actions_total", "counter", "What was done with messages.");
	for (size_t action = 0; action < ACTIONS; action++)
		buf_printf(text, "sekisho_actions_total{action=\"%s\"} %" PRIu64 "\n",
			action_word((enum action)action), value_of(&counters->actions[action]));
	head(text, "sekisho_actions_wanted_total", "counter",
		"What the options asked for; a dry run does not do it.");
	for (size_t action = 0; action < ACTIONS; action++)
		buf_printf(text, "sekisho_actions_wanted_total{action=\"%s\"} %" PRIu64 "\n",
			action_word((enum action)action), value_of(&counters->would[action]));
}

static void add_dns(struct buf *text, const struct counters *counters)
{
	head(text, "sekisho_dns_answers_total", "counter", "What DNS said to messages.");
	for (size_t kind = 0; kind < DNS_KINDS; kind++)
		buf_printf(text, "sekisho_dns_answers_total{kind=\"%s\"} %" PRIu64 "\n", kind_words[kind],
			value_of(&counters->dns_kinds[kind]));
	head(text, "sekisho_dns_failures_total", "counter", "Why DNS did not reply.");
	for (size_t trouble = TROUBLE_NONE + 1; trouble < DNS_TROUBLES; trouble++)
		buf_printf(text, "sekisho_dns_failures_total{why=\"%s\"} %" PRIu64 "\n",
			trouble_words[trouble], value_of(&counters->dns_troubles[trouble]));
}

static void add_histogram(struct buf *text, const char *name, const struct histogram *histogram)
{
	uint64_t up_to_here = 0;

	for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
		up_to_here += value_of(&histogram->buckets[i]);
		buf_printf(text, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, histogram_bounds_ms[i] / 1000.0,
			up_to_here);
	}
	up_to_here += value_of(&histogram->buckets[HISTOGRAM_BOUNDS]);
	buf_printf(text, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, up_to_here);
	buf_printf(text, "%s_sum %.3f\n", name, (double)value_of(&histogram->sum_ms) / 1000.0);
	buf_printf(text, "%s_count %" PRIu64 "\n", name, up_to_here);
}

static void add_held(struct buf *text, const struct counters *counters)
{
	head(text, "sekisho_store_rows_waiting", "gauge", "Verdicts in the memory of the store's writer.");
	buf_printf(text, "sekisho_store_rows_waiting %" PRIu64 "\n", value_of(&counters->rows_held));
}

static void add_gauges(struct buf *text, const struct counters *counters)
{
	for (size_t row = 0; row < sizeof gauge_rows / sizeof gauge_rows[0]; row++) {
		head(text, gauge_rows[row].name, "gauge", gauge_rows[row].help);
		for (size_t i = 0; i < GAUGES_MAX; i++) {
			const struct gauges *gauges = &counters->gauges[i];
			int pid = atomic_load(&gauges->pid);
			const atomic_uint *value = at(gauges, gauge_rows[row].offset);

			if (pid != 0)
				buf_printf(text, "%s{pid=\"%d\"} %u\n", gauge_rows[row].name, pid,
					atomic_load(value));
		}
	}
}

const char *exposition_text(const struct counters *counters, struct arena *arena)
{
	struct buf text = buf_in(arena);

	head(&text, "sekisho_build_info", "gauge", "The version, as a label.");
	buf_printf(&text, "sekisho_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
	head(&text, "sekisho_start_time_seconds", "gauge", "When the supervisor started, since 1970.");
	buf_printf(&text, "sekisho_start_time_seconds %" PRId64 "\n", counters->started);
	add_plain(&text, counters);
	add_results(&text, counters);
	add_causes(&text, counters);
	add_actions(&text, counters);
	add_dns(&text, counters);
	for (size_t i = 0; i < sizeof histogram_rows / sizeof histogram_rows[0]; i++) {
		head(&text, histogram_rows[i].name, "histogram", histogram_rows[i].help);
		add_histogram(&text, histogram_rows[i].name, at(counters, histogram_rows[i].offset));
	}
	add_held(&text, counters);
	add_gauges(&text, counters);
	return text.data;
}
