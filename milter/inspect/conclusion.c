/* The end of an inspection: verdicts, diagnosis, and what is found out behind the answer. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/suffixes.h"
#include "diagnose/inquiry.h"
#include "dns/dns.h"
#include "inspect/claims.h"
#include "inspect/inspection.h"
#include "inspect/inspection_state.h"
#include "inspect/question_rate.h"
#include "inspect/recollection.h"
#include "inspect/remark_memory.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <string.h>

enum {
	DIAGNOSIS_MS = 2000,    /* waiting for DNS, in all; ours */
	DIAGNOSIS_CPU_MS = 250, /* then no work is begun; with what is under way it stays below 300 */
	IPREV_QUESTIONS = 2,    /* kept for it: the name, and that name's addresses */
};

/* The verdicts in the order of the RFCs: DMARC looks at those before it. A sender chooses what SPF, the
 * names of his address and his signatures ask for, so the questions of those behind them are kept: with a
 * record that uses up all of them, no policy would be found and no forgery refused. ARC decides none of the
 * verdicts and comes last for the same reason. */
static void verify_all(struct inspection *inspection)
{
	struct verdicts *verdicts = &inspection->verdicts;
	unsigned for_dmarc = verify_dmarc_questions(&inspection->work);
	unsigned for_keys = inspection->signatures == NULL ? 0 : signatures_questions(inspection->signatures);

	dns_client_reserve(inspection->dns_client, for_dmarc + for_keys + IPREV_QUESTIONS);
	verdicts->spf = verify_spf(&inspection->work);
	dns_client_reserve(inspection->dns_client, for_dmarc + for_keys);
	verdicts->iprev = verify_iprev(&inspection->work);
	dns_client_reserve(inspection->dns_client, for_dmarc);
	if (inspection->signatures != NULL)
		signatures_finish(inspection->signatures, verdicts);
	dns_client_reserve(inspection->dns_client, 0);
	verdicts->dmarc = verify_dmarc(&inspection->work, verdicts);
	if (inspection->arc != NULL)
		arc_finish(inspection->arc, verdicts);
}

static int64_t suffixes_age_days(const struct inspection *inspection)
{
	int64_t date = (int64_t)suffixes_date(inspection->shared->suffixes);

	if (inspection->shared->settings->public_suffix_age >= 0)
		return inspection->shared->settings->public_suffix_age;
	return date <= 0 || date > inspection->work.now ? -1 : (inspection->work.now - date) / 86400;
}

static bool keeps_bodies(const struct inspection *inspection)
{
	return inspection->shared->settings->evidence_keep == EVIDENCE_KEEP_BODIES;
}

static struct span whole_body(struct inspection *inspection)
{
	if (inspection->body.len == 0)
		inspection->body = kept_body_join(&inspection->kept_body, inspection->arena);
	return inspection->body;
}

/* Wanted only when a signature does not fit the body. */
static struct span body_in_doubt(struct inspection *inspection)
{
	bool wanted = inspection->deepening != NULL && verdicts_doubt_body(&inspection->verdicts);

	return wanted ? whole_body(inspection) : (struct span){"", 0};
}

static void diagnose_all(struct inspection *inspection)
{
	const struct settings *settings = inspection->shared->settings;
	struct deepening *deepening = inspection->deepening;
	const struct findings_so_far facts = {
		.envelope = &inspection->envelope,
		.header = &inspection->header,
		.author = &inspection->author,
		.verdicts = &inspection->verdicts,
		.evidence = inspection->findings.evidence,
		.suffixes = inspection->shared->suffixes,
		.authserv_id = inspection->shared->authserv_id,
		.trusted_relays = settings->trusted_relays.items,
		.trusted_relay_count = settings->trusted_relays.count,
		.forged_results = inspection->findings.forged_count,
		.now = inspection->work.now,
		.suffixes_age_days = suffixes_age_days(inspection),
		.language = (enum language)settings->log_language,
		.remembered = inspection->remembered,
		.trials = deepening != NULL ? deepening->investigation.done : (struct trials){.spf = NULL},
		.servers_answer = dns_asks_servers(inspection->shared->dns),
		.questions_left = deepening != NULL ? dns_questions_left(inspection->dns_client)
						    : (unsigned)settings->diagnosis_queries,
		.partial = deepening != NULL && deepening->investigation.partial,
		.inquiry = inspection->inquiry,
		.alterations = deepening != NULL ? &deepening->alterations : NULL,
		.body = body_in_doubt(inspection),
		.body_kept = inspection->kept_body.whole,
		.unremarkable = inspection->unremarkable,
	};

	inquiry_begin(inspection->inquiry);
	inspection->findings.diagnoses = diagnose(&facts, inspection->arena);
}

static void recall_remarks(struct inspection *inspection)
{
	struct remark_memory *memory = inspection->shared->remarks;

	if (memory == NULL)
		return;
	inspection->remark_key = remark_key(&inspection->envelope, &inspection->verdicts, inspection->arena);
	inspection->unremarkable =
		remark_memory_has(memory, inspection->remark_key, clock_monotonic_ms() / 1000);
}

static void keep_remarks(struct inspection *inspection)
{
	if (inspection->shared->remarks != NULL && !inspection->unremarkable &&
		inspection->findings.diagnoses.unremarkable)
		remark_memory_keep(
			inspection->shared->remarks, inspection->remark_key, clock_monotonic_ms() / 1000);
}

const struct findings *inspection_finish(struct inspection *inspection, const char *queue_id)
{
	struct findings *findings = &inspection->findings;
	int64_t started_ms = clock_monotonic_ms();

	inspection->envelope.queue_id = arena_text(inspection->arena, queue_id);
	*findings = (struct findings){
		.envelope = &inspection->envelope,
		.header = &inspection->header,
		.author = &inspection->author,
		.verdicts = &inspection->verdicts,
		.authserv_id = inspection->shared->authserv_id,
		.receiver_view = inspection->shared->settings->receiver_view,
		.mask = inspection->shared->mask,
		.now = inspection->work.now,
	};
	if (keeps_bodies(inspection))
		findings->body = whole_body(inspection);
	/* What comes back to us from a machine we trust may well be ours (RFC 8601 section 5). */
	if (strcmp(inspection->skip_reason, "network") != 0)
		claims_find(inspection->shared, &inspection->header, inspection->arena, findings);
	inspection->verdicts.body_size = inspection->body_size;
	inspection->verdicts.skip_reason = inspection->skip_reason;
	inspection->verdicts.skipped = inspection->skip_reason[0] != '\0';
	if (!inspection->verdicts.skipped)
		verify_all(inspection);
	signatures_end(&inspection->signatures); /* the verdicts stand alone */
	if (!keeps_bodies(inspection) && !verdicts_doubt_body(&inspection->verdicts))
		kept_body_forget(&inspection->kept_body);
	inspection->inquiry = arena_room(inspection->arena, sizeof *inspection->inquiry);
	findings->evidence = dns_evidence_since(inspection->dns_client, 0);
	recall_remarks(inspection);
	diagnose_all(inspection);
	keep_remarks(inspection);
	findings->dns_waited_ms = dns_waited_ms(inspection->dns_client);
	findings->dns_questions = dns_question_count(inspection->dns_client);
	findings->took_ms = (int)(clock_monotonic_ms() - started_ms);
	return findings;
}

bool inspection_wants_more(const struct inspection *inspection)
{
	return !inquiry_is_empty(inspection->inquiry) ||
	       recollection_is_due(inspection->shared, &inspection->work, &inspection->verdicts);
}

static bool may_ask(void *self, const char *name)
{
	return admissions_allow(self, name, clock_monotonic_ms() / 1000);
}

static bool is_time_up(void *self)
{
	const struct deepening *deepening = self;

	return clock_thread_cpu_ms() - deepening->since_ms >= DIAGNOSIS_CPU_MS;
}

/* A replay gives the same causes on a slow machine: only live mail is limited by the processor's time. */
static struct deepening *deepening_new(struct inspection *inspection)
{
	const struct inspector *shared = inspection->shared;
	struct deepening *deepening = arena_alloc(inspection->arena, sizeof *deepening);

	investigation_begin(&deepening->investigation);
	alterations_begin(&deepening->alterations);
	deepening->since_ms = clock_thread_cpu_ms();
	if (shared->fixed_now == 0) {
		deepening->alterations.effort.is_time_up = is_time_up;
		deepening->alterations.effort.self = deepening;
	}
	deepening->admissions = (struct admissions){.rate = shared->rate, .suffixes = shared->suffixes};
	deepening->gate = (struct dns_gate){may_ask, &deepening->admissions};
	return deepening;
}

static bool may_go_on(const struct deepening *deepening, int round)
{
	const struct effort *effort = &deepening->alterations.effort;

	return round < INQUIRY_ROUNDS_MAX &&
	       (effort->is_time_up == NULL || !effort->is_time_up(effort->self));
}

const struct findings *inspection_deepen(struct inspection *inspection)
{
	struct findings *findings = &inspection->findings;
	struct investigation *investigation;
	int64_t started_ms = clock_monotonic_ms();

	inspection->deepening = deepening_new(inspection);
	investigation = &inspection->deepening->investigation;
	findings->deepened = !inquiry_is_empty(inspection->inquiry);
	recollection_keep(inspection->shared, &inspection->work, &inspection->verdicts);
	if (findings->deepened)
		inspection->remembered =
			recollection_of(inspection->shared, &inspection->work, &inspection->verdicts);
	dns_client_extend(inspection->dns_client, DIAGNOSIS_MS,
		(unsigned)inspection->shared->settings->diagnosis_queries, &inspection->deepening->gate);
	for (int round = 0; !inquiry_is_empty(inspection->inquiry); round++) {
		bool more = may_go_on(inspection->deepening, round) &&
			    investigation_pursue(investigation, inspection->inquiry, &inspection->work,
				    &inspection->verdicts);

		investigation->partial = investigation->partial || !more;
		findings->evidence = dns_evidence_since(inspection->dns_client, 0);
		diagnose_all(inspection);
		if (!more)
			break;
	}
	keep_remarks(inspection);
	findings->diagnoses.partial = findings->diagnoses.partial || investigation->partial;
	findings->dns_questions = dns_question_count(inspection->dns_client);
	findings->diagnosis_ms = (int)(clock_monotonic_ms() - started_ms);
	return findings;
}

const struct findings *inspection_forgo(struct inspection *inspection)
{
	if (!inquiry_is_empty(inspection->inquiry))
		inspection->findings.diagnoses.partial = true;
	return &inspection->findings;
}
