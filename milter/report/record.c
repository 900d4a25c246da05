#include "report/record.h"

#include "base/arena.h"
#include "diagnose/findings.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/local_part.h"
#include "report/escape.h"
#include "report/receiver_view.h"
#include "report/record_fields.h"

#include <string.h>
#include <syslog.h>

enum {
	ADDRESS_MAX = 320, /* RFC 3696 erratum 1690 */
	NAME_MAX_OCTETS = 255,
	QUEUE_ID_MAX = 100, /* of the MTA, but it came over a socket */
	SENTENCE_MAX = 600, /* ours, with foreign pieces */
	CAUSES_LOGGED = 3,
};

static void add(struct record_fields *fields, const char *name, const char *value, bool number)
{
	if (value[0] == '\0' || fields->count == RECORD_FIELDS_MAX)
		return;
	fields->items[fields->count++] =
		(struct record_field){.name = name, .value = value, .number = number, .cause = fields->cause};
}

void fields_own(struct record_fields *fields, const char *name, const char *value)
{
	add(fields, name, escape_sentence(value, SENTENCE_MAX, fields->arena), false);
}

void fields_foreign(struct record_fields *fields, const char *name, const char *value, size_t max)
{
	add(fields, name, escape_foreign(value, max, fields->arena), false);
}

void fields_number(struct record_fields *fields, const char *name, long long number)
{
	add(fields, name, arena_printf(fields->arena, "%lld", number), true);
}

static void add_address(struct record_fields *fields, const char *name, const char *address,
	const struct local_part_mask *mask)
{
	fields_foreign(fields, name, local_part_masked(mask, address, fields->arena), ADDRESS_MAX);
}

static void add_envelope(
	struct record_fields *fields, const struct envelope *envelope, const struct local_part_mask *mask)
{
	char client[NETADDR_TEXT_SIZE], relay[NETADDR_TEXT_SIZE];

	fields_foreign(fields, "queue_id", envelope->queue_id, QUEUE_ID_MAX);
	fields_foreign(fields, "client", netaddr_format(&envelope->client, client), sizeof client);
	if (envelope->relay.family != NETADDR_NONE)
		fields_foreign(fields, "relay", netaddr_format(&envelope->relay, relay), sizeof relay);
	if (strcmp(envelope->client_name, "unknown") != 0)
		fields_foreign(fields, "client_name", envelope->client_name, NAME_MAX_OCTETS);
	fields_foreign(fields, "helo", envelope->helo, NAME_MAX_OCTETS);
	add_address(fields, "mail_from", envelope->sender.raw[0] != '\0' ? envelope->sender.raw : "<>", mask);
	add_address(fields, "auth_user", envelope->auth_user, mask);
	fields_number(fields, "recipients", (long long)envelope->recipient_count);
}

/* A From that cannot be read is shown as it is, so far as its addresses may be. */
static void add_author(
	struct record_fields *fields, const struct author *author, const struct local_part_mask *mask)
{
	if (author->address[0] != '\0')
		add_address(fields, "from", author->address, mask);
	else
		fields_foreign(fields, "from",
			local_parts_masked(mask, author->text, strlen(author->text), fields->arena),
			ADDRESS_MAX);
	fields_foreign(fields, "from_domain", author->domain.name, NAME_MAX_OCTETS);
	fields_foreign(fields, "from_why_not", author->why_not, NAME_MAX_OCTETS);
}

/* By the rules that they have published, not what they did. */
static void add_receivers(struct record_fields *fields, const struct verdicts *verdicts)
{
	for (int receiver = 0; receiver < RECEIVER_COUNT; receiver++)
		fields_own(fields, receiver_field((enum receiver)receiver),
			receiver_opinion((enum receiver)receiver, verdicts, fields->arena));
}

/* A sentence may quote the sender or the author. */
static const char *masked_in(
	const struct record_fields *fields, const struct findings *findings, const char *text)
{
	text = local_part_masked_in(findings->mask, text, findings->envelope->sender.raw, fields->arena);
	return findings->author == NULL
		       ? text
		       : local_part_masked_in(findings->mask, text, findings->author->address, fields->arena);
}

static void add_causes(struct record_fields *fields, const struct findings *findings)
{
	const struct diagnoses *diagnoses = &findings->diagnoses;

	for (size_t i = 0; i < diagnoses->count && i < CAUSES_LOGGED; i++) {
		const struct diagnosis *diagnosis = &diagnoses->items[i];
		const struct cause_row *row = cause_row(diagnosis->cause);

		fields->cause = (unsigned)i + 1;
		fields_own(fields, "cause", row->code);
		fields_own(fields, "conf", confidence_word(diagnosis->confidence));
		fields_own(fields, "act", row->act);
		fields_own(fields, "text", masked_in(fields, findings, diagnosis->summary));
		fields_own(fields, "fix", masked_in(fields, findings, diagnosis->fix));
	}
	fields->cause = 0;
	if (diagnoses->count > CAUSES_LOGGED)
		fields_number(fields, "causes_more", (long long)diagnoses->count - CAUSES_LOGGED);
}

static void add_decision(
	struct record_fields *fields, const struct decision *decision, const struct findings *findings)
{
	fields_own(fields, "action", action_word(decision->action));
	if (decision->would != decision->action)
		fields_own(fields, "would", action_word(decision->would));
	fields_own(fields, "option", decision->option);
	if (findings->forged_count + findings->forged_cause_count > 0)
		fields_number(fields, "forged",
			(long long)findings->forged_count + (long long)findings->forged_cause_count);
	fields_number(fields, "took_ms", findings->took_ms);
	fields_number(fields, "dns_ms", findings->dns_waited_ms);
	fields_number(fields, "dns_questions", findings->dns_questions);
}

/* Only where the verdicts alone did not tell the whole cause. */
static void add_diagnosis(struct record_fields *fields, const struct findings *findings)
{
	if (findings->diagnoses.partial)
		fields_own(fields, "diagnosis", "partial");
	else if (findings->deepened)
		fields_own(fields, "diagnosis", "complete");
	if (findings->deepened)
		fields_number(fields, "diagnosis_ms", findings->diagnosis_ms);
}

/* A warning when something of ours needs a hand, a notice when mail did not simply pass on. */
static int priority_of(const struct findings *findings, const struct decision *decision)
{
	for (size_t i = 0; i < findings->diagnoses.count && !findings->verdicts->skipped; i++)
		if (cause_row(findings->diagnoses.items[i].cause)->group == 1)
			return LOG_WARNING;
	return decision->action == ACTION_ACCEPT ? LOG_INFO : LOG_NOTICE;
}

struct record record_of(const struct findings *findings, const struct decision *decision, struct arena *arena)
{
	const struct verdicts *verdicts = findings->verdicts;
	struct record_fields fields = {
		.arena = arena, .items = arena_array(arena, RECORD_FIELDS_MAX, sizeof(struct record_field))};

	add_envelope(&fields, findings->envelope, findings->mask);
	if (verdicts->skipped) {
		fields_own(&fields, "skipped", verdicts->skip_reason);
	} else {
		if (findings->author != NULL)
			add_author(&fields, findings->author, findings->mask);
		fields_of_spf(&fields, verdicts);
		fields_of_dkim(&fields, verdicts);
		fields_of_dmarc(&fields, verdicts);
		fields_of_arc(&fields, verdicts);
		fields_of_iprev(&fields, verdicts);
		if (findings->receiver_view)
			add_receivers(&fields, verdicts);
	}
	add_causes(&fields, findings);
	add_decision(&fields, decision, findings);
	add_diagnosis(&fields, findings);
	return (struct record){.fields = fields.items,
		.count = fields.count,
		.time = findings->now,
		.priority = priority_of(findings, decision)};
}
