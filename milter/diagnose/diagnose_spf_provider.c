/* SPF did not match: the client belongs to a provider that publishes a record for its customers to
 * include. The names are tried, not believed. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"

#include <string.h>

/* Providers whose name to include cannot be derived from their hosts' names. A wrong row does no harm:
 * the record has to let the client pass. */
static const struct {
	const char *organization, *include;
} known_includes[] = {
	{"outlook.com", "spf.protection.outlook.com"},
	{"mcsv.net", "servers.mcsv.net"},
	{"yahoo.co.jp", "_spf.mail.yahoo.co.jp"},
	{"exacttarget.com", "cust-spf.exacttarget.com"},
	{"gandi.net", "_mailcust.gandi.net"},
	{"ovh.net", "mx.ovh.com"},
	{"zoho.com", "zohomail.com"},
};

/* Derived names, the likeliest first; "%s" is the organisation. */
static const char *const first_names[] = {"spf.", "_spf.", ""};
static const char *const later_names[] = {"spf.sender.", "_spf.sender."};

struct view {
	struct collection *collection;
	const struct spf_verdict *spf;
	const struct netaddr *client;
	const char *organization; /* the provider's */
	struct spf_words words;
};

static bool is_of_provider(const struct view *view, const char *name)
{
	return text_equal(suffixes_organization(view->collection->facts->suffixes, name), view->organization);
}

/* The published record of this name lets the client pass. */
static bool allows_client(const struct view *view, const char *name)
{
	return known_text(inquire_spare(view->collection, name, RR_TXT), "v=spf1") != NULL &&
	       spf_attempt_of(view->collection, view->client, name, "").outcome == SPF_TRY_PASS;
}

/* What the own record of the provider includes of its own names: the one for customers is often there. */
static const char *named_by_provider(const struct view *view)
{
	const struct rdata *own = known_text(
		known_answer(&view->collection->facts->evidence, view->organization, RR_TXT), "v=spf1");
	struct spf_words words;

	if (own == NULL)
		return NULL;
	words = spf_words_of(own->text, view->collection->arena);
	for (size_t i = 1; i < words.count; i++) {
		const struct spf_word *word = &words.items[i];

		if ((spf_word_is(word, "include") || spf_word_is(word, "redirect")) &&
			is_of_provider(view, word->value) && strchr(word->value, '%') == NULL &&
			allows_client(view, word->value))
			return word->value;
	}
	return NULL;
}

static const char *among(const struct view *view, const char *const *names, size_t count)
{
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *name =
			arena_printf(view->collection->arena, "%s%s", names[i], view->organization);

		if (allows_client(view, name) && found == NULL)
			found = name;
	}
	return found;
}

/* The name to include, or NULL while none is known. */
static const char *include_of(const struct view *view)
{
	size_t before = inquiry_size(view->collection);
	const char *found = NULL, *named;

	for (size_t i = 0; i < sizeof known_includes / sizeof known_includes[0]; i++)
		if (text_equal(known_includes[i].organization, view->organization) &&
			allows_client(view, known_includes[i].include))
			found = known_includes[i].include;
	if (found == NULL && inquiry_size(view->collection) == before)
		found = among(view, first_names, sizeof first_names / sizeof first_names[0]);
	if (found != NULL && !text_equal(found, view->organization))
		return found;
	named = named_by_provider(view);
	if (named != NULL)
		return named;
	if (found == NULL && inquiry_size(view->collection) == before)
		found = among(view, later_names, sizeof later_names / sizeof later_names[0]);
	return found;
}

/* An include of the same provider that is there already, or NULL. */
static const struct spf_word *wrong_include(const struct view *view, const char *right)
{
	for (size_t i = 1; i < view->words.count; i++) {
		const struct spf_word *word = &view->words.items[i];

		if (spf_word_is(word, "include") && word->separator == ':' &&
			is_of_provider(view, word->value) && !text_equal(word->value, right))
			return word;
	}
	return NULL;
}

static void report(const struct view *view, const char *include)
{
	struct collection *collection = view->collection;
	const char *word = arena_printf(collection->arena, "include:%s", include);
	const struct spf_word *wrong = wrong_include(view, include);
	const char *record = wrong == NULL ? spf_text_with(view->spf->record, word, collection->arena)
					   : spf_text_replaced(view->spf->record, wrong->position,
						     strlen(wrong->text), word, collection->arena);
	struct spf_attempt attempt = spf_attempt_here(collection, record);
	bool tried = attempt.real && attempt.outcome == SPF_TRY_PASS;

	if (wrong != NULL) {
		cause_found(collection, CAUSE_SPF_WRONG_INCLUDE,
			tried ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG,
			DETAILS({"wrong", wrong->value}, {"include", include},
				{"fix", spf_proposal(collection, record)}));
		return;
	}
	/* A forger may use the provider as well: only a signature tells. */
	cause_found(collection, CAUSE_SPF_PROVIDER_NOT_INCLUDED,
		tried && spf_domain_signed(collection) ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG,
		DETAILS({"provider", view->organization}, {"include", include},
			{"fix", spf_proposal(collection, record)},
			{"n", attempt.real ? arena_printf(collection->arena, "%u", attempt.lookups)
					   : "at most 10"}));
}

bool spf_provider_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct spf_verdict *spf = &facts->verdicts->spf;
	const char *ptr = facts->verdicts->iprev.name, *helo = facts->envelope->helo_domain.name;
	bool helo_leads_back =
		known_address(&facts->evidence, helo, &facts->envelope->client,
			facts->envelope->client.family == NETADDR_IPV6 ? 128 : 32) == KNOWN_YES;
	struct view view = {
		.collection = collection,
		.spf = spf,
		.client = &facts->envelope->client,
		.organization = suffixes_organization(facts->suffixes, ptr[0] != '\0'    ? ptr
								       : helo_leads_back ? helo
											 : ""),
		.words = spf_words_of(spf->record, collection->arena),
	};
	const char *include;

	if (view.organization[0] == '\0' || domain_labels(view.organization) < 2 ||
		spf_access_line(collection) || is_of_provider(&view, spf->domain))
		return false;
	include = include_of(&view);
	if (include == NULL)
		return false;
	report(&view, include);
	return true;
}
