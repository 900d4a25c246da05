#include "diagnose/zone_shape.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/key_text.h"

#include <string.h>

enum known zone_is_doubled(struct collection *collection, const char *zone, bool *pending)
{
	const struct answer *answer =
		inquire(collection, arena_printf(collection->arena, "%s.%s", zone, zone), RR_TXT);

	*pending = *pending || answer == NULL;
	if (answer == NULL || answer_is_trouble(answer))
		return KNOWN_NOT;
	return answer->kind == ANSWER_NO_NAME ? KNOWN_NO : KNOWN_YES;
}

static bool has_text(const struct answer *answer, const char *text)
{
	for (size_t i = 0; i < answer->count; i++)
		if (strcmp(answer->values[i].text, text) == 0)
			return true;
	return false;
}

enum known zone_answers_anything(
	struct collection *collection, const char *below, const struct answer *answer, bool *pending)
{
	const struct answer *other = inquire(collection, made_up_name(below, collection->arena), RR_TXT);

	*pending = *pending || other == NULL;
	if (other == NULL || answer_is_trouble(other))
		return KNOWN_NOT;
	if (other->kind != ANSWER_RECORDS || answer->kind != ANSWER_RECORDS)
		return other->kind == answer->kind ? KNOWN_YES : KNOWN_NO;
	return has_text(other, answer->values[0].text) ? KNOWN_YES : KNOWN_NO;
}

/* Servers that deny a name although there is one below it: their denials say nothing (RFC 8020). */
static bool denies_what_is_above(const struct evidence *evidence, const char *denied)
{
	for (size_t i = 0; i < evidence->count; i++) {
		const struct answer *answer = evidence->answers[i];

		if ((answer->kind == ANSWER_RECORDS || answer->kind == ANSWER_NO_RECORD) &&
			domain_is_below(answer->asked.name, denied))
			return true;
	}
	return false;
}

static bool servers_deny_parents(const struct collection *collection, const char *domain)
{
	const struct evidence *evidence = &collection->facts->evidence;

	for (size_t i = 0; i < evidence->count; i++) {
		const struct answer *answer = evidence->answers[i];

		if (answer->kind == ANSWER_NO_NAME && domain_is_below(answer->asked.name, domain) &&
			denies_what_is_above(evidence, answer->asked.name))
			return true;
	}
	return false;
}

/* A name directly below was denied: no wildcard there, and a server that knows "no such name". */
static bool denies_some_name(const struct collection *collection, const char *parent)
{
	const struct evidence *evidence = &collection->facts->evidence;

	for (size_t i = 0; i < evidence->count; i++)
		if (evidence->answers[i]->kind == ANSWER_NO_NAME &&
			strcmp(domain_parent(evidence->answers[i]->asked.name), parent) == 0)
			return true;
	return false;
}

/* Some publish there a key without selector, or the policy of the old DomainKeys (RFC 4870). */
static bool is_of_dkim(const struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		if (key_text_is_key(answer->values[i].text) || text_starts(answer->values[i].text, "o=") ||
			text_starts(answer->values[i].text, "t="))
			return true;
	return false;
}

/* From a server that denies names although there is one below, only an existing name says something. */
static struct keys_below keys_by_careless_server(
	const struct collection *collection, const struct answer *answer)
{
	bool exists = answer->kind != ANSWER_NO_NAME ||
		      denies_what_is_above(&collection->facts->evidence, answer->asked.name);

	return (struct keys_below){.exist = exists ? KNOWN_YES : KNOWN_NOT};
}

struct keys_below zone_keys_below(struct collection *collection, const char *domain, bool *pending)
{
	const char *name = arena_printf(collection->arena, "_domainkey.%s", domain);
	const struct answer *answer = inquire(collection, name, RR_TXT);
	enum known anything;

	*pending = *pending || answer == NULL;
	if (answer == NULL || answer_is_trouble(answer))
		return (struct keys_below){.exist = KNOWN_NOT};
	if (servers_deny_parents(collection, domain))
		return keys_by_careless_server(collection, answer);
	if (answer->kind == ANSWER_NO_NAME)
		return (struct keys_below){.exist = KNOWN_NO, .certain = true};
	if (denies_some_name(collection, name) || denies_some_name(collection, domain) ||
		(answer->kind == ANSWER_RECORDS && is_of_dkim(answer)))
		return (struct keys_below){.exist = KNOWN_YES, .certain = true};
	anything = zone_answers_anything(collection, name, answer, pending);
	return (struct keys_below){.exist = anything == KNOWN_YES ? KNOWN_NOT : KNOWN_YES,
		.certain = anything == KNOWN_NO,
		.asked_nobody = true};
}
