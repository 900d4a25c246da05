/* SPF did not pass because the message came by another way than the sender's: SRS, a mailing list,
 * a forwarder. */
#include "base/arena.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/hops.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"
#include "message/header_list.h"

#include <string.h>

enum { HOPS_TRIED = 10 }; /* ours; the last ones before us are what counts */

static bool rewritten_sender(struct collection *collection)
{
	static const char *const starts[] = {"SRS0=", "SRS0+", "SRS0-", "SRS1=", "SRS1+", "SRS1-", "prvs="};
	const char *local = collection->facts->envelope->sender.local;

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		if (!text_starts(local, starts[i]))
			continue;
		cause_found(collection, CAUSE_SPF_SRS_DOMAIN_UNLISTED, CONFIDENCE_STRONG, NULL);
		return true;
	}
	return false;
}

/* The address of an earlier hop that the record allows; NONE when there is none. */
static struct netaddr allowed_hop(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct spf_verdict *spf = &facts->verdicts->spf;
	struct hops hops = hops_of(facts->header, collection->arena);

	for (size_t i = 0; i < hops.count && i < HOPS_TRIED; i++) {
		const struct netaddr *from = &hops.items[i].from;

		if (from->family == NETADDR_NONE || netaddr_is_private(from) ||
			netaddr_equal(from, &facts->envelope->client))
			continue; /* a record that allows 127.0.0.1 allows nobody's message to come from there
				   */
		if (spf_attempt_of(collection, from, spf->domain, spf->record).outcome == SPF_TRY_PASS)
			return *from;
	}
	return (struct netaddr){.family = NETADDR_NONE};
}

/* Does a recipient of the envelope occur in To or Cc? */
static bool addressed_to_recipient(const struct findings_so_far *facts)
{
	for (size_t i = 0; i < facts->header->count; i++) {
		const struct header_field *field = &facts->header->fields[i];

		if (!header_field_is(field, "To") && !header_field_is(field, "Cc"))
			continue;
		for (size_t r = 0; r < facts->envelope->recipient_count && r < RECIPIENTS_KEPT; r++)
			if (text_find(field->value, field->value_len, facts->envelope->recipients[r]) != NULL)
				return true;
	}
	return false;
}

static bool has_traces(const struct findings_so_far *facts)
{
	static const char *const traces[] = {"Delivered-To", "X-Forwarded-To", "X-Forwarded-For",
		"Resent-From", "Resent-To", "ARC-Seal", "X-Original-To"};

	for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++)
		if (header_list_find(facts->header, traces[i], 1) != NULL)
			return true;
	return !addressed_to_recipient(facts);
}

const char *list_name(const struct collection *collection)
{
	static const char *const fields[] = {"List-Id", "List-Post", "Mailing-List", "X-ML-Name"};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const struct header_field *field = header_list_find(collection->facts->header, fields[i], 1);
		const char *open, *close;

		if (field == NULL)
			continue;
		open = strrchr(field->value, '<');
		close = open == NULL ? NULL : strchr(open, '>');
		if (close != NULL && close > open + 1)
			return arena_copy(collection->arena, open + 1, (size_t)(close - open - 1));
		return span_text(collection->arena, span_trim(span_of(field->value)));
	}
	return "";
}

/* The sender's own newsletter, passed on by a stranger: no list that distributes. */
static bool is_own_list(const struct findings_so_far *facts, const char *list)
{
	const char *own = suffixes_organization(facts->suffixes, facts->verdicts->spf.domain);

	return text_equal(suffixes_organization(facts->suffixes, list), own) &&
	       !text_equal(suffixes_organization(facts->suffixes, facts->verdicts->iprev.name), own);
}

bool spf_path_causes(struct collection *collection)
{
	struct netaddr origin;
	const char *list = list_name(collection);
	char text[NETADDR_TEXT_SIZE];
	enum confidence confidence;

	if (rewritten_sender(collection))
		return true;
	origin = allowed_hop(collection);
	if (origin.family == NETADDR_NONE)
		return false;
	confidence = has_traces(collection->facts) ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY;
	if (list[0] != '\0' && !is_own_list(collection->facts, list))
		cause_found(
			collection, CAUSE_SPF_LIST_ENVELOPE_KEPT, CONFIDENCE_STRONG, DETAILS({"list", list}));
	else
		cause_found(collection, CAUSE_SPF_FORWARDED, confidence,
			DETAILS({"orig_ip", netaddr_format(&origin, text)}));
	return true;
}
