/* DKIM: a good key is published, but another one made the signature. Whose is it, and where is the
 * right one? */
#include "base/arena.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "diagnose/collection.h"
#include "diagnose/key_fix.h"
#include "diagnose/key_probe.h"
#include "diagnose/producers.h"
#include "diagnose/providers.h"

#include <string.h>

/* Questions: providers, three for the one of the web site, other selectors; 8 in all. */
enum { PROVIDERS_ASKED = 2, WEB_QUESTIONS = 3, QUESTIONS = 8 };

struct search {
	struct collection *collection;
	const struct signature_verdict *signature;
	struct arena *arena;
	const char *selector; /* lower case */
	const char *same_at;  /* another name that holds the published key; "" when none was met */
	unsigned asked;       /* questions so far */
	bool pending;
};

static struct key_probe look(struct search *search, const char *name)
{
	struct key_probe probe = key_probe(search->collection, search->signature, name);
	const struct answer *own = search->signature->key_answer;
	bool is_own = text_equal(name, search->signature->key_name) ||
		      (own != NULL && text_equal(name, own->final_name));

	search->asked++;
	search->pending = search->pending || probe.match == KEY_PENDING;
	if (probe.match == KEY_SAME && !is_own && search->same_at[0] == '\0')
		search->same_at = name;
	return probe;
}

static const char *day_of(int64_t seconds, struct arena *arena)
{
	char text[TIMESTAMP_SIZE];

	return arena_copy(arena, timestamp_format(seconds, text), strlen("2026-03-01"));
}

/* A key that verified here before, under the same name. */
static bool is_changed_too_early(struct search *search)
{
	const struct remembered_keys *keys = &search->collection->facts->remembered;

	for (size_t i = 0; i < keys->count; i++) {
		const struct remembered_key *key = &keys->items[i];
		enum key_match match;

		if (!text_equal(key->selector, search->selector) ||
			!text_equal(key->domain, search->signature->domain_name) ||
			strcmp(key->p, search->signature->key_p) == 0)
			continue;
		match = key_match_of_p(search->collection, key->p);
		search->pending = search->pending || match == KEY_PENDING;
		if (match != KEY_FITS)
			continue;
		cause_found(search->collection, CAUSE_DKIM_KEY_CHANGED_TOO_EARLY, CONFIDENCE_PROVEN,
			DETAILS({"date", day_of(key->last_seen, search->arena)},
				{"fix", key_fix_txt(search->collection, search->signature->key_name,
						arena_printf(search->arena, "v=DKIM1; p=%s", key->p))}));
		return true;
	}
	return false;
}

static bool is_rotated_at(struct search *search, const char *provider)
{
	const char *target = arena_printf(search->arena, "%s._domainkey.%s", search->selector, provider);
	struct key_probe probe = look(search, target);

	if (probe.match != KEY_FITS)
		return false;
	cause_found(search->collection, CAUSE_DKIM_KEY_ROTATED_AT_PROVIDER, CONFIDENCE_PROVEN,
		DETAILS({"provider", provider},
			{"fix", key_fix_cname(search->collection, search->signature->key_name, target)},
			{"txt", key_fix_strings(search->collection, probe.record)}));
	return true;
}

static bool is_rotated(struct search *search)
{
	struct name_list providers = providers_of(search->collection, search->signature);

	for (size_t i = 0; i < providers.count && i < PROVIDERS_ASKED; i++)
		if (is_rotated_at(search, providers.names[i]))
			return true;
	return false;
}

/* A service that hosts the web site has its own selector, often its name, there and at itself. */
static struct name_list selectors_asked(struct search *search)
{
	const char *zone =
		suffixes_organization(search->collection->facts->suffixes, search->signature->domain_name);
	const char *web = provider_of_web(search->collection, zone, &search->pending);
	const char *label = arena_copy(search->arena, web, strcspn(web, "."));
	struct name_list likely = selectors_of(search->collection, search->signature), asked = {.count = 0};

	search->asked += WEB_QUESTIONS - 1;
	if (web[0] != '\0')
		(void)look(search, arena_printf(search->arena, "%s._domainkey.%s", label, web));
	name_list_add(&asked, label);
	for (size_t i = 0; i < likely.count && search->asked + asked.count < QUESTIONS; i++)
		name_list_add(&asked, likely.names[i]);
	return asked;
}

static bool is_under_other_selector(struct search *search)
{
	struct name_list selectors = selectors_asked(search);

	if (search->same_at[0] != '\0' || search->pending)
		return false;
	for (size_t i = 0; i < selectors.count; i++) {
		struct key_probe probe =
			look(search, arena_printf(search->arena, "%s._domainkey.%s", selectors.names[i],
					     search->signature->domain_name));

		if (probe.match != KEY_FITS)
			continue;
		signature_other_selector_cause(search->collection, search->signature, &probe);
		return true;
	}
	return false;
}

/* The record is the key of another signer of this very message. */
static void compare_siblings(struct search *search)
{
	const struct verdicts *verdicts = search->collection->facts->verdicts;

	for (size_t i = 0; i < verdicts->signature_count && search->same_at[0] == '\0'; i++) {
		const struct signature_verdict *other = &verdicts->signatures[i];

		if (other->key_p[0] != '\0' && strcmp(other->key_p, search->signature->key_p) == 0 &&
			!text_equal(other->key_name, search->signature->key_name))
			search->same_at = other->key_name;
	}
}

/* The record is another service's key: it is published under that service's own name as well. */
static bool is_of_other_signer(struct search *search)
{
	if (search->same_at[0] == '\0')
		return false;
	cause_found(search->collection, CAUSE_DKIM_KEY_OF_OTHER_SIGNER, CONFIDENCE_STRONG,
		DETAILS({"same_as", search->same_at},
			{"host", key_fix_host(search->collection, search->signature->key_name)}));
	return true;
}

bool signature_wrong_key_causes(struct collection *collection, const struct signature_verdict *signature)
{
	struct search search = {
		.collection = collection,
		.signature = signature,
		.arena = collection->arena,
		.selector = text_lower(collection->arena, signature->selector, strlen(signature->selector)),
		.same_at = "",
	};

	if (is_changed_too_early(&search))
		return true;
	compare_siblings(&search);
	if (!signature_is_searched(collection, signature))
		return is_of_other_signer(&search);
	if (is_rotated(&search))
		return true;
	if (!search.pending && is_under_other_selector(&search))
		return true;
	return is_of_other_signer(&search);
}
