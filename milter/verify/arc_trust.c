/* After a pass: since when the message is unchanged, and whether somebody vouches for its author. */
#include "base/suffixes.h"
#include "base/text.h"
#include "message/author.h"
#include "records/tag_list.h"
#include "settings/settings.h"
#include "verify/arc.h"
#include "verify/verify.h"

#include <string.h>

enum fit { FIT_UNKNOWN, FIT_SAME, FIT_ALTERED };

/* Does an older message signature still fit? */
static enum fit fit_of(struct arc_chain *chain, struct arc_signature *message)
{
	const struct body_hash *body;
	const char *text;

	if (chain->looks_back == 0 || arc_find_key(message, chain->work, &text) != ARCFAULT_NONE)
		return FIT_UNKNOWN;
	chain->looks_back--;
	if (!arc_message_verifies(chain, message))
		return message->recovery == RECOVERY_OTHER_HEADER ? FIT_ALTERED : FIT_UNKNOWN;
	body = arc_body_of(chain, message);
	if (body == NULL)
		return FIT_UNKNOWN;
	if (memcmp(body->digest.octets, message->tags.body_hash.at, DIGEST_MAX) != 0)
		return FIT_ALTERED;
	if (message->tags.body_length >= 0 && (uint64_t)message->tags.body_length < body->octets)
		return FIT_ALTERED;
	return FIT_SAME;
}

/* RFC 8617 section 5.2 step 5. */
static void find_oldest_pass(struct arc_chain *chain)
{
	enum fit fit = FIT_SAME;
	unsigned i = chain->verdict.set_count;

	for (; i > 1 && fit == FIT_SAME; i--)
		fit = fit_of(chain, &chain->sets[i - 2].message);
	chain->verdict.oldest_pass = fit == FIT_SAME ? i : i + 1;
	chain->verdict.altered_before_oldest = fit == FIT_ALTERED;
}

static bool is_trusted(const struct text_list *sealers, const char *domain)
{
	for (size_t i = 0; i < sealers->count; i++)
		if (text_equal(sealers->items[i], domain))
			return true;
	return false;
}

static bool signs_from(const struct arc_signature *message)
{
	struct span at = span_of(message->tags.signed_fields), item;

	while (tag_item_next(&at, &item))
		if (span_is(item, "From"))
			return true;
	return false;
}

static bool claims_author(const struct work *work, const struct arc_results *results)
{
	const char *author = work->author->domain.name;

	return results->dmarc && results->author_domain[0] != '\0' && author[0] != '\0' &&
	       strcmp(suffixes_organization(work->suffixes, results->author_domain),
		       suffixes_organization(work->suffixes, author)) == 0;
}

/* Anybody may put genuine old sets under a message of his own: only a set whose message signature still
 * fits says something about this message, and about its author only when From is signed. */
static void find_voucher(struct arc_chain *chain)
{
	const struct work *work = chain->work;
	const struct text_list *sealers = &work->settings->trusted_arc_sealers;
	struct arc_verdict *verdict = &chain->verdict;

	for (unsigned i = verdict->set_count; i >= verdict->oldest_pass && i > 0; i--) {
		const struct arc_set *set = &chain->sets[i - 1];
		bool trusted = is_trusted(sealers, set->seal.tags.domain_name) &&
			       is_trusted(sealers, set->message.tags.domain_name) &&
			       signs_from(&set->message);

		if (!claims_author(work, &verdict->hops[i - 1].results))
			continue;
		if (verdict->vouching == 0 || trusted)
			verdict->vouching = i;
		verdict->vouching_trusted = trusted;
		if (trusted)
			return;
	}
}

void arc_look_back(struct arc_chain *chain)
{
	find_oldest_pass(chain);
	find_voucher(chain);
}
