/* DKIM: no signature at all, or each signature in turn, those that could align with the author first. */
#include "base/arena.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
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

static void unsigned_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *trace = trace_of_signature(facts->header);
	const char *keys = arena_printf(collection->arena, "_domainkey.%s", facts->author->domain.name);
	const struct answer *below = known_answer(&facts->evidence, keys, RR_TXT);

	if (trace != NULL)
		cause_found(collection, CAUSE_DKIM_SIGNATURE_STRIPPED, CONFIDENCE_STRONG,
			DETAILS({"trace", trace}));
	else if (below != NULL && (below->kind == ANSWER_NO_RECORD || below->kind == ANSWER_RECORDS))
		cause_found(collection, CAUSE_DKIM_UNSIGNED_THIS_PATH, CONFIDENCE_STRONG, NULL);
	else
		cause_found(collection, CAUSE_DKIM_NOT_SET_UP,
			below != NULL && below->kind == ANSWER_NO_NAME ? CONFIDENCE_STRONG
								       : CONFIDENCE_LIKELY,
			NULL);
}

static void signature_cause(struct collection *collection, const struct signature_verdict *signature)
{
	if (signature->result == RESULT_PASS)
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

static void one_signature(struct collection *collection, size_t index)
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

	collection->signature = (int)index;
	collection->scope = &scope;
	signature_cause(collection, signature);
	signature_key_remarks(collection, signature);
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
			one_signature(collection, i);
	for (size_t i = 0; i < verdicts->signature_count; i++)
		if (!verdicts->signatures[i].aligned_first)
			one_signature(collection, i);
}
