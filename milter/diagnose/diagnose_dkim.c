/* DKIM: no signature at all, or each signature in turn, those that could align with the author first. */
#include "base/arena.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"
#include "diagnose/zone_shape.h"
#include "message/author.h"
#include "message/header_list.h"

#include <string.h>

/* What a gateway left of a signature: the field under another name, or a result of an earlier hop. */
static const char *trace_of_signature(const struct header_list *header)
{
	for (size_t i = 0; i < header->count; i++) {
		const struct header_field *field = &header->fields[i];

		if (field->name_len > strlen("X-DKIM-Signature") - 1 && text_starts(field->name, "X-") &&
			text_find(field->name, field->name_len, "DKIM-Signature") != NULL)
			return field->name;
		if (header_field_is(field, "ARC-Authentication-Results") &&
			text_find(field->value, field->value_len, "dkim=pass") != NULL)
			return field->name;
	}
	return NULL;
}

static bool is_remembered(const struct collection *collection, const char *domain)
{
	const struct remembered_keys *keys = &collection->facts->remembered;

	for (size_t i = 0; i < keys->count; i++)
		if (text_equal(keys->items[i].domain, domain))
			return true;
	return false;
}

/* Has the author's domain keys, or its organisation, which may sign for it? */
static struct keys_below keys_of_author(struct collection *collection, const char **domain)
{
	const struct findings_so_far *facts = collection->facts;
	const char *own = facts->author->domain.name;
	const char *places[] = {own, suffixes_organization(facts->suffixes, own)};
	struct keys_below keys = {.exist = KNOWN_NOT};
	bool pending = false;

	for (size_t i = 0; i < 2 && !pending; i++) {
		*domain = places[i];
		if (is_remembered(collection, places[i]))
			return (struct keys_below){.exist = KNOWN_YES, .certain = true};
		if (i == 0 || strcmp(places[0], places[1]) != 0)
			keys = zone_keys_below(collection, places[i], &pending);
		if (keys.exist == KNOWN_YES)
			return keys;
	}
	return keys;
}

static void unsigned_causes(struct collection *collection)
{
	const char *trace = trace_of_signature(collection->facts->header), *domain;
	struct keys_below keys;

	if (trace != NULL) {
		cause_found(collection, CAUSE_DKIM_SIGNATURE_STRIPPED, CONFIDENCE_STRONG,
			DETAILS({"trace", trace}));
		return;
	}
	if (collection->facts->author->domain.name[0] == '\0')
		return; /* nobody's keys could be missed: the author field is what is wrong */
	keys = keys_of_author(collection, &domain);
	if (keys.exist == KNOWN_YES)
		cause_found(collection, CAUSE_DKIM_UNSIGNED_THIS_PATH,
			keys.certain ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
			DETAILS({"from_domain", domain}));
	else
		cause_found(collection, CAUSE_DKIM_NOT_SET_UP,
			keys.exist == KNOWN_NO && keys.certain ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY, NULL);
}

static bool wants_search(const struct signature_verdict *signature)
{
	bool key_in_doubt = signature->recovery == RECOVERY_WRONG_KEY ||
			    signature->recovery == RECOVERY_OTHER_SIZE ||
			    signature->recovery == RECOVERY_NOT_RUN;

	return signature->fault == SIGFAULT_KEY_ABSENT || signature->fault == SIGFAULT_KEY_RECORD ||
	       (signature->fault == SIGFAULT_SIGNATURE && key_in_doubt);
}

bool signature_is_searched(const struct collection *collection, const struct signature_verdict *signature)
{
	const struct verdicts *verdicts = collection->facts->verdicts;
	const struct signature_verdict *first = NULL;

	for (size_t i = verdicts->signature_count; i-- > 0;) {
		const struct signature_verdict *other = &verdicts->signatures[i];

		if (wants_search(other) && (first == NULL || other->aligned_first || !first->aligned_first))
			first = other;
	}
	return first == signature;
}

/* What our resolver has for a key is not what is published: nothing follows from it. */
static bool is_key_explained(const struct collection *collection)
{
	return collection->signature >= 0 && collection->signature < ALTERATIONS_MAX &&
	       collection->key_explained[collection->signature];
}

static void signature_cause(struct collection *collection, const struct signature_verdict *signature)
{
	if (signature->result == RESULT_PASS || is_key_explained(collection))
		return;
	if (signature->fault != SIGFAULT_NONE && signature->fault < SIGFAULT_KEY_DNS)
		signature_field_causes(collection, signature);
	else if (signature->fault == SIGFAULT_KEY_ABSENT)
		signature_absence_causes(collection, signature);
	else if (signature->fault >= SIGFAULT_KEY_DNS && signature->fault < SIGFAULT_BODY_TOO_LARGE)
		signature_key_causes(collection, signature);
	else
		signature_content_causes(collection, signature);
}

static void one_signature(struct collection *collection, size_t index, bool real)
{
	const struct signature_verdict *signature = &collection->facts->verdicts->signatures[index];
	const struct detail items[] = {
		{"signer", signature->domain},
		{"selector", signature->selector},
		{"key_name", signature->key_name},
		{"alg", signature->algorithm},
		{"identity", signature->identity_domain},
		{"result", result_word(signature->result)},
	};
	const struct details scope = {
		.items = items, .count = sizeof items / sizeof items[0], .outer = &collection->base};

	collection->signature = real ? (int)index : -1;
	collection->scope = &scope;
	signature_cause(collection, signature);
	signature_key_remarks(collection, signature);
	signature_twin_remark(collection, signature);
	collection->scope = &collection->base;
	collection->signature = -1;
}

void signature_causes(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;

	if (verdicts->signature_count == 0)
		unsigned_causes(collection);
	for (size_t i = 0; i < verdicts->signature_count; i++)
		if (verdicts->signatures[i].aligned_first)
			one_signature(collection, i, true);
	for (size_t i = 0; i < verdicts->signature_count; i++)
		if (!verdicts->signatures[i].aligned_first)
			one_signature(collection, i, true);
}

void selector_causes(struct collection *collection)
{
	if (collection->facts->verdicts->signature_count == 0)
		unsigned_causes(collection);
	else
		one_signature(collection, 0, false);
}
