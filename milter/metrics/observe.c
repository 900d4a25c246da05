#include "metrics/observe.h"

#include "diagnose/findings.h"
#include "metrics/counters.h"
#include "report/action.h"

static void count(atomic_uint_fast64_t *counter, uint64_t by)
{
	(void)atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static void observe_verdicts(struct counters *counters, const struct verdicts *verdicts)
{
	count(&counters->results[METHOD_SPF][verdicts->spf.result], 1);
	count(&counters->results[METHOD_DKIM][verdicts_dkim_best(verdicts)], 1);
	count(&counters->results[METHOD_DMARC][verdicts->dmarc.result], 1);
	count(&counters->results[METHOD_ARC][verdicts->arc.result], 1);
	count(&counters->results[METHOD_IPREV][verdicts->iprev.result], 1);
	for (size_t i = 0; i < verdicts->signature_count; i++)
		count(&counters->signatures[verdicts->signatures[i].result], 1);
	count(&counters->oversized, verdicts->body_too_large);
	count(&counters->overridden, verdicts_arc_overrides(verdicts));
}

/* An answer that took no time came from the cache, or was there before it was needed. */
static void observe_dns(struct counters *counters, const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++) {
		const struct answer *answer = evidence->answers[i];

		count(&counters->dns_kinds[answer->kind], 1);
		if (answer->trouble != TROUBLE_NONE)
			count(&counters->dns_troubles[answer->trouble], 1);
		histogram_add(&counters->dns_ms, answer->took_ms);
	}
}

static void observe_diagnosis(struct counters *counters, const struct findings *findings)
{
	for (size_t i = 0; i < findings->diagnoses.count; i++)
		count(&counters->causes[findings->diagnoses.items[i].cause], 1);
	if (!findings->deepened)
		return;
	count(findings->diagnoses.partial ? &counters->diagnoses_partial : &counters->diagnoses_complete, 1);
	histogram_add(&counters->diagnosis_ms, findings->diagnosis_ms);
}

void counters_observe(
	struct counters *counters, const struct findings *findings, const struct decision *decision)
{
	count(&counters->messages, 1);
	count(&counters->forged_fields, findings->forged_count + findings->forged_cause_count);
	count(&counters->actions[decision->action], 1);
	count(&counters->would[decision->would], 1);
	if (findings->verdicts->skipped) {
		count(&counters->skipped, 1);
		return;
	}
	observe_verdicts(counters, findings->verdicts);
	observe_dns(counters, &findings->evidence);
	observe_diagnosis(counters, findings);
	histogram_add(&counters->message_ms, findings->took_ms);
}

void counters_lost_row(struct counters *counters)
{
	count(&counters->rows_lost, 1);
}
