/* What is ours: mail not checked, our own relays and gateways, our resolver, our clock, our limits. */
#include "base/arena.h"
#include "base/netaddr.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/hops.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "message/envelope.h"
#include "message/header_list.h"

#include <string.h>

enum {
	SUFFIXES_OLD_DAYS = 365, /* ours: the list changes weekly, organisations seldom */
	CLOCK_TOLERANCE_S = 300, /* RFC 6376 leaves it open; the verifier's own tolerance */
	TROUBLES_FOR_CONTROL = 2,
	TROUBLES_FOR_OUTAGE = 4,
};

/* Served from many places of the world by others than the sender. */
static const char control_name[] = "com";

static bool is_ours(const struct findings_so_far *facts, const struct netaddr *address)
{
	if (address->family == NETADDR_NONE || netaddr_is_private(address))
		return true;
	for (size_t i = 0; i < facts->trusted_relay_count; i++)
		if (network_contains(&facts->trusted_relays[i], address))
			return true;
	return false;
}

bool receiver_is_ours(const struct collection *collection)
{
	return is_ours(collection->facts, &collection->facts->envelope->client);
}

bool receiver_is_behind_relay(const struct collection *collection)
{
	return collection->facts->verdicts->spf.result != RESULT_PASS && receiver_is_ours(collection);
}

bool receiver_skipped(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;

	if (!verdicts->skipped)
		return false;
	cause_found(collection, CAUSE_RX_SKIPPED_AUTHENTICATED, CONFIDENCE_PROVEN,
		DETAILS({"reason", verdicts->skip_reason}));
	return true;
}

static void behind_relay(struct collection *collection)
{
	struct hops hops = hops_of(collection->facts->header, collection->arena);
	char text[NETADDR_TEXT_SIZE];
	const char *origin =
		collection->facts->language == LANGUAGE_JA ? "外部の送信元" : "the outside client";

	for (size_t i = 0; i < hops.count; i++) {
		if (is_ours(collection->facts, &hops.items[i].from))
			continue;
		origin = netaddr_format(&hops.items[i].from, text);
		break;
	}
	cause_found(collection, CAUSE_RX_BEHIND_OWN_RELAY, CONFIDENCE_STRONG, DETAILS({"orig_ip", origin}));
}

/* The gateway's own results say that the signature was good when it came in: then it was altered inside. */
static const struct header_field *gateway_result(const struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *ours = suffixes_organization(facts->suffixes, facts->authserv_id);

	for (size_t i = 0; i < facts->header->count; i++) {
		const struct header_field *field = &facts->header->fields[i];
		struct span value = span_trim(span_of(field->value));
		size_t len = strcspn(value.at, "; \t\r\n");
		const char *id = text_lower(collection->arena, value.at, len);

		if (header_field_is(field, "Authentication-Results") &&
			text_equal(suffixes_organization(facts->suffixes, id), ours) &&
			text_find(field->value, field->value_len, "dkim=pass") != NULL)
			return field;
	}
	return NULL;
}

static bool content_was_altered(const struct verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];

		if (signature->fault == SIGFAULT_BODY_HASH || signature->fault == SIGFAULT_UNSIGNED_TAIL ||
			(signature->fault == SIGFAULT_SIGNATURE && signature->recovery != RECOVERY_WRONG_KEY))
			return true;
	}
	return false;
}

static void altered_inside(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;
	const struct header_field *field;
	struct span value;

	if (!receiver_is_ours(collection) || !content_was_altered(verdicts))
		return;
	field = gateway_result(collection);
	if (field == NULL)
		return;
	value = span_trim(span_of(field->value));
	cause_found(collection, CAUSE_RX_ALTERED_BY_OWN_GATEWAY, CONFIDENCE_STRONG,
		DETAILS({"by", arena_copy(collection->arena, value.at, strcspn(value.at, "; \t\r\n"))},
			{"detail", "it saw dkim=pass"}));
}

/* A filter of this very host has left its mark above the way the message came: it ran before us. */
static void filtered_before_us(struct collection *collection)
{
	static const char *const marks[] = {"X-Virus-Scanned", "X-Virus-Status", "X-Spam-Checker-Version",
		"X-Spam-Scanned", "X-Filter", "X-Filtered-By", "X-Milter", "X-Content-Filter", "X-Disclaimer",
		"X-MIME-Autoconverted", "X-Anti-Virus", "X-Antivirus", "X-AV-Checked", "X-Scanned-By"};
	const struct findings_so_far *facts = collection->facts;
	const char *ours;

	if (receiver_is_ours(collection) || !content_was_altered(facts->verdicts))
		return;
	ours = suffixes_organization(facts->suffixes, facts->authserv_id);
	if (strchr(ours, '.') == NULL)
		return;
	for (size_t i = 0; i < facts->header->count; i++) {
		const struct header_field *field = &facts->header->fields[i];
		const char *by;

		if (header_field_is(field, "Received"))
			return;
		for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
			if (!header_field_is(field, marks[m]) ||
				text_find(field->value, field->value_len, ours) == NULL)
				continue;
			by = arena_printf(collection->arena, "%s: %s", marks[m],
				span_text(collection->arena, span_trim(span_of(field->value))));
			cause_found(
				collection, CAUSE_RX_MILTER_ORDER, CONFIDENCE_LIKELY, DETAILS({"by", by}));
			return;
		}
	}
}

/* Nothing new could be looked up for this message: then a name that has nothing to do with it tells whether
 * it is our resolver. */
static bool control_fails(struct collection *collection)
{
	const struct answer *control = inquire(collection, control_name, RR_NS);

	return control != NULL && answer_is_trouble(control) && control->trouble != TROUBLE_BUDGET;
}

/* The resolver says itself that it cannot work, or nobody is found through it. What took no time may come
 * from memory, from before it failed. */
static void resolver_failure(struct collection *collection)
{
	const struct evidence *evidence = &collection->facts->evidence;
	size_t troubles = 0, learned = 0, learned_now = 0;
	bool dead = false;

	for (size_t i = 0; i < evidence->count; i++) {
		const struct answer *answer = evidence->answers[i];
		bool trouble = answer->kind == ANSWER_NO_REPLY;

		learned += !trouble;
		learned_now += !trouble && answer->took_ms > 0;
		troubles += trouble && answer->trouble != TROUBLE_BUDGET;
		dead = dead || (answer->trouble == TROUBLE_LOCAL && answer->asked.mode == ASK_NORMAL);
	}
	dead = dead || (learned_now == 0 && troubles >= TROUBLES_FOR_CONTROL && control_fails(collection));
	if (dead || (learned == 0 && troubles >= TROUBLES_FOR_OUTAGE))
		cause_found(collection, CAUSE_RX_RESOLVER_FAILURE,
			dead ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY, NULL);
}

/* Signatures from the future are our clock's fault when the relays' dates agree with them. */
static void clock_skew(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	struct hops hops;
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < facts->verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &facts->verdicts->signatures[i];

		if (signature->signed_at < 0)
			continue;
		if (signature->signed_at - facts->now < least)
			least = signature->signed_at - facts->now;
	}
	if (least == INT64_MAX || least <= CLOCK_TOLERANCE_S)
		return;
	hops = hops_of(facts->header, collection->arena);
	if (hops.count == 0 || hops.items[0].at < 0)
		return;
	if (hops.items[0].at - facts->now < least)
		least = hops.items[0].at - facts->now;
	if (least > CLOCK_TOLERANCE_S)
		cause_found(collection, CAUSE_RX_CLOCK_SKEW, CONFIDENCE_LIKELY,
			DETAILS({"delay", sentence_duration(least, collection->arena)}));
}

/* An old list is only worth a word beside a verdict that rests on it; the start line says it always. */
static bool suffixes_decided(const struct verdicts *verdicts)
{
	bool decided = verdicts->dmarc.fault == DMARCFAULT_FROM_SUFFIX ||
		       verdicts->dmarc.fault == DMARCFAULT_NOTHING_ALIGNED;

	for (size_t i = 0; i < verdicts->signature_count; i++)
		decided = decided || verdicts->signatures[i].fault == SIGFAULT_DOMAIN_IS_SUFFIX;
	return decided;
}

void receiver_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct verdicts *verdicts = facts->verdicts;

	resolver_failure(collection);
	altered_inside(collection);
	filtered_before_us(collection);
	if (facts->envelope->client.family == NETADDR_NONE)
		cause_found(collection, CAUSE_RX_CLIENT_UNKNOWN, CONFIDENCE_PROVEN, NULL);
	else if (receiver_is_behind_relay(collection))
		behind_relay(collection);
	clock_skew(collection);
	if (verdicts->body_too_large)
		cause_found(collection, CAUSE_RX_MESSAGE_TOO_LARGE, CONFIDENCE_PROVEN,
			DETAILS({"size", arena_printf(collection->arena, "%llu",
						 (unsigned long long)verdicts->body_size)}));
}

void receiver_remarks(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;

	if (facts->forged_results > 0)
		cause_found(collection, CAUSE_RX_FORGED_AR_REMOVED, CONFIDENCE_PROVEN,
			DETAILS({"n", arena_printf(collection->arena, "%zu", facts->forged_results)}));
	if (facts->partial)
		cause_found(collection, CAUSE_RX_DIAGNOSIS_BUDGET, CONFIDENCE_PROVEN,
			DETAILS({"which", facts->language == LANGUAGE_JA ? "DNS問い合わせと時間"
									 : "questions and time for DNS"}));
	if (facts->suffixes_age_days > SUFFIXES_OLD_DAYS && suffixes_decided(facts->verdicts))
		cause_found(collection, CAUSE_RX_PSL_OUTDATED, CONFIDENCE_PROVEN,
			DETAILS({"days", arena_printf(collection->arena, "%lld",
						 (long long)facts->suffixes_age_days)}));
}
