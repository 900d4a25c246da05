#include "inspect/inspection.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/alteration.h"
#include "diagnose/inquiry.h"
#include "dns/dns.h"
#include "inspect/claims.h"
#include "inspect/gateway.h"
#include "inspect/investigation.h"
#include "inspect/kept_body.h"
#include "inspect/question_rate.h"
#include "inspect/recollection.h"
#include "inspect/skip.h"
#include "inspect/warming.h"
#include "message/author.h"
#include "message/header_list.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

enum {
	DIAGNOSIS_MS = 2000,    /* waiting for DNS, in all; ours */
	DIAGNOSIS_CPU_MS = 300, /* looked at between rounds; a round makes one search */
};

struct inspection {
	const struct inspector *shared;

	/* the connection */
	struct arena *connection_arena;
	struct netaddr client;
	const char *client_name;
	const char *helo;

	/* the message */
	struct arena *arena;
	struct envelope envelope;
	const char **recipients;
	struct header_list header;
	struct author author;
	const char *skip_reason;
	uint64_t body_size;
	struct dns_client *dns_client;
	struct work work;
	struct signatures *signatures;
	struct arc_chain *arc;
	struct verdicts verdicts;
	struct findings findings;
	struct inquiry inquiry;
	struct investigation investigation;
	struct alterations alterations;
	struct admissions admissions;
	struct dns_gate gate;
	struct remembered_keys remembered;
	bool may_search; /* the MTA has its answer: time for what takes some */
	struct kept_body kept_body;
};

struct inspection *inspection_new(const struct inspector *inspector)
{
	struct inspection *inspection = calloc(1, sizeof *inspection);

	if (inspection == NULL)
		abort();
	inspection->shared = inspector;
	inspection->connection_arena = arena_new();
	inspection->arena = arena_new();
	inspection->client_name = inspection->helo = "";
	inspection_abandon(inspection);
	return inspection;
}

void inspection_free(struct inspection **inspection)
{
	if (inspection == NULL || *inspection == NULL)
		return;
	signatures_end(&(*inspection)->signatures);
	arc_end(&(*inspection)->arc);
	arena_free(&(*inspection)->arena);
	arena_free(&(*inspection)->connection_arena);
	free(*inspection);
	*inspection = NULL;
}

struct inspection *inspection_again(const struct inspection *inspection)
{
	struct inspection *again = inspection_new(inspection->shared);

	inspection_connect(again, inspection->client, inspection->client_name);
	inspection_helo(again, inspection->helo);
	return again;
}

size_t inspection_octets(const struct inspection *inspection)
{
	return sizeof *inspection + arena_used(inspection->arena) + arena_used(inspection->connection_arena);
}

void inspection_connect(struct inspection *inspection, struct netaddr client, const char *client_name)
{
	inspection_abandon(inspection);
	arena_reset(inspection->connection_arena);
	inspection->client = client;
	inspection->client_name = arena_text(inspection->connection_arena, client_name);
	inspection->helo = "";
}

void inspection_helo(struct inspection *inspection, const char *helo)
{
	inspection->helo = arena_text(inspection->connection_arena, helo);
}

/* A fresh message on the same connection. */
static void message_reset(struct inspection *inspection)
{
	signatures_end(&inspection->signatures);
	arc_end(&inspection->arc);
	arena_reset(inspection->arena);
	inspection->envelope = envelope_empty();
	inspection->header = header_list_new(inspection->arena);
	inspection->recipients =
		arena_array(inspection->arena, RECIPIENTS_KEPT, sizeof *inspection->recipients);
	inspection->skip_reason = "";
	inspection->body_size = 0;
	inspection->dns_client = NULL;
	inspection->verdicts = verdicts_empty();
	inspection->author = author_of(&inspection->header, inspection->arena);
	inspection->findings = (struct findings){.authserv_id = inspection->shared->authserv_id};
	kept_body_begin(&inspection->kept_body, inspection->arena,
		(size_t)inspection->shared->settings->diagnosis_body_limit);
	inspection->inquiry = (struct inquiry){.question_count = 0};
	investigation_begin(&inspection->investigation);
	alterations_begin(&inspection->alterations);
	inspection->remembered = (struct remembered_keys){.count = 0};
	inspection->may_search = false;
}

static void prepare_work(struct inspection *inspection)
{
	const struct inspector *shared = inspection->shared;

	inspection->dns_client = dns_client_new(shared->dns, inspection->arena,
		(int)shared->settings->message_deadline_ms, (unsigned)shared->settings->dns_queries);
	inspection->work = (struct work){
		.libraries = shared->libraries,
		.settings = shared->settings,
		.suffixes = shared->suffixes,
		.envelope = &inspection->envelope,
		.header = &inspection->header,
		.author = &inspection->author,
		.dns = shared->dns,
		.client = inspection->dns_client,
		.arena = inspection->arena,
		.now = shared->fixed_now != 0 ? shared->fixed_now : clock_wall(),
	};
}

void inspection_begin(
	struct inspection *inspection, const char *mail_from, const char *auth_user, bool smtputf8)
{
	struct envelope *envelope = &inspection->envelope;

	message_reset(inspection);
	envelope->client = inspection->client;
	envelope->client_name = inspection->client_name;
	envelope->helo = inspection->helo;
	envelope->helo_domain = helo_domain_of(inspection->helo, inspection->arena);
	envelope->sender = reverse_path_of(mail_from, inspection->arena);
	envelope->smtputf8 = smtputf8;
	envelope->auth_user = arena_text(inspection->arena, auth_user);
	envelope->recipients = inspection->recipients;
	inspection->skip_reason = skip_reason(envelope, inspection->shared->settings);
	prepare_work(inspection);
	if (inspection->skip_reason[0] == '\0')
		envelope_warm(inspection->shared->dns, envelope, inspection->arena);
}

const char *inspection_skip_reason(const struct inspection *inspection)
{
	return inspection->skip_reason;
}

void inspection_recipient(struct inspection *inspection, const char *recipient)
{
	struct envelope *envelope = &inspection->envelope;

	if (envelope->recipient_count < RECIPIENTS_KEPT) {
		struct span address = span_trim(span_of(recipient));

		if (address.len >= 2 && address.at[0] == '<' && address.at[address.len - 1] == '>') {
			address.at++;
			address.len -= 2;
		}
		inspection->recipients[envelope->recipient_count] = span_text(inspection->arena, address);
	}
	envelope->recipient_count++;
}

void inspection_header(struct inspection *inspection, const char *name, const char *value, size_t value_len)
{
	(void)header_list_add(&inspection->header, name, value, value_len);
}

void inspection_headers_done(struct inspection *inspection)
{
	inspection->author = author_of(&inspection->header, inspection->arena);
	if (inspection->skip_reason[0] != '\0')
		return;
	gateway_look_behind(&inspection->envelope, &inspection->header,
		&inspection->shared->settings->trusted_relays, inspection->arena);
	verify_dmarc_warm(&inspection->work);
	inspection->signatures = signatures_begin(&inspection->work);
	inspection->arc = arc_begin(&inspection->work);
}

bool inspection_wants_body(const struct inspection *inspection)
{
	return (inspection->signatures != NULL && signatures_want_body(inspection->signatures)) ||
	       (inspection->arc != NULL && arc_wants_body(inspection->arc));
}

void inspection_body(struct inspection *inspection, const char *octets, size_t len)
{
	inspection->body_size += len;
	kept_body_add(&inspection->kept_body, octets, len);
	if (inspection->signatures != NULL)
		signatures_body(inspection->signatures, octets, len);
	if (inspection->arc != NULL)
		arc_body(inspection->arc, octets, len);
}

/* The verdicts in the order of the RFCs: DMARC looks at those before it. ARC decides none of them and
 * comes last, so that nobody's chain uses up the lookups of DMARC. */
static void verify_all(struct inspection *inspection)
{
	struct verdicts *verdicts = &inspection->verdicts;

	verdicts->spf = verify_spf(&inspection->work);
	verdicts->iprev = verify_iprev(&inspection->work);
	if (inspection->signatures != NULL)
		signatures_finish(inspection->signatures, verdicts);
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

/* Wanted only when a signature does not fit the body. */
static struct span body_in_doubt(struct inspection *inspection)
{
	bool wanted = inspection->may_search && verdicts_doubt_body(&inspection->verdicts);

	return wanted ? kept_body_octets(&inspection->kept_body) : (struct span){"", 0};
}

static void diagnose_all(struct inspection *inspection)
{
	const struct settings *settings = inspection->shared->settings;
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
		.trials = inspection->investigation.done,
		.servers_answer = dns_asks_servers(inspection->shared->dns),
		.questions_left = inspection->may_search ? dns_questions_left(inspection->dns_client)
							 : (unsigned)settings->diagnosis_queries,
		.partial = inspection->investigation.partial,
		.inquiry = &inspection->inquiry,
		.alterations = inspection->may_search ? &inspection->alterations : NULL,
		.body = body_in_doubt(inspection),
		.body_kept = inspection->kept_body.whole,
	};

	inspection->inquiry = (struct inquiry){.question_count = 0};
	inspection->findings.diagnoses = diagnose(&facts, inspection->arena);
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
		.now = inspection->work.now,
	};
	/* What comes back to us from a machine we trust may well be ours (RFC 8601 section 5). */
	if (strcmp(inspection->skip_reason, "network") != 0)
		claims_find(inspection->shared, &inspection->header, inspection->arena, findings);
	inspection->verdicts.body_size = inspection->body_size;
	inspection->verdicts.skip_reason = inspection->skip_reason;
	inspection->verdicts.skipped = inspection->skip_reason[0] != '\0';
	if (!inspection->verdicts.skipped)
		verify_all(inspection);
	signatures_end(&inspection->signatures); /* the verdicts stand alone */
	findings->evidence = dns_evidence_since(inspection->dns_client, 0);
	diagnose_all(inspection);
	findings->dns_waited_ms = dns_waited_ms(inspection->dns_client);
	findings->dns_questions = dns_question_count(inspection->dns_client);
	findings->took_ms = (int)(clock_monotonic_ms() - started_ms);
	return findings;
}

bool inspection_wants_more(const struct inspection *inspection)
{
	return !inquiry_is_empty(&inspection->inquiry) ||
	       recollection_is_due(inspection->shared, &inspection->work, &inspection->verdicts);
}

static bool may_ask(void *self, const char *name)
{
	return admissions_allow(self, name, clock_monotonic_ms() / 1000);
}

/* A replay gives the same causes on a slow machine: only live mail is limited by the processor's time. */
static bool may_go_on(const struct inspection *inspection, int64_t begun_cpu_ms)
{
	return inspection->shared->fixed_now != 0 || clock_thread_cpu_ms() - begun_cpu_ms < DIAGNOSIS_CPU_MS;
}

const struct findings *inspection_deepen(struct inspection *inspection)
{
	struct findings *findings = &inspection->findings;
	int64_t started_ms = clock_monotonic_ms(), cpu_ms = clock_thread_cpu_ms();

	inspection->may_search = true;
	findings->deepened = !inquiry_is_empty(&inspection->inquiry);
	recollection_keep(inspection->shared, &inspection->work, &inspection->verdicts);
	if (findings->deepened)
		inspection->remembered =
			recollection_of(inspection->shared, &inspection->work, &inspection->verdicts);
	inspection->admissions = (struct admissions){
		.rate = inspection->shared->rate, .suffixes = inspection->shared->suffixes};
	inspection->gate = (struct dns_gate){may_ask, &inspection->admissions};
	dns_client_extend(inspection->dns_client, DIAGNOSIS_MS,
		(unsigned)inspection->shared->settings->diagnosis_queries, &inspection->gate);
	for (int round = 0; !inquiry_is_empty(&inspection->inquiry); round++) {
		bool more = round < INQUIRY_ROUNDS_MAX + ALTERATIONS_MAX && may_go_on(inspection, cpu_ms) &&
			    investigation_pursue(&inspection->investigation, &inspection->inquiry,
				    &inspection->work, &inspection->verdicts);

		inspection->investigation.partial = inspection->investigation.partial || !more;
		findings->evidence = dns_evidence_since(inspection->dns_client, 0);
		inspection->alterations.searches_left = more ? 1 : 0;
		diagnose_all(inspection);
		if (!more)
			break;
	}
	findings->diagnoses.partial = findings->diagnoses.partial || inspection->investigation.partial;
	findings->dns_questions = dns_question_count(inspection->dns_client);
	findings->diagnosis_ms = (int)(clock_monotonic_ms() - started_ms);
	return findings;
}

const struct findings *inspection_forgo(struct inspection *inspection)
{
	if (!inquiry_is_empty(&inspection->inquiry))
		inspection->findings.diagnoses.partial = true;
	return &inspection->findings;
}

void inspection_abandon(struct inspection *inspection)
{
	message_reset(inspection);
	prepare_work(inspection);
}
