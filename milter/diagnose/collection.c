#include "diagnose/collection.h"

#include "base/arena.h"
#include "base/netaddr.h"
#include "base/suffixes.h"
#include "message/author.h"
#include "message/envelope.h"

#include <string.h>

enum { CAUSES_SHOWN = 3, REMARKS_SHOWN = 6 }; /* what people read in one line */

static void base_set(struct collection *collection, const char *name, const char *value)
{
	if (collection->base.count < BASE_DETAILS)
		collection->base_items[collection->base.count++] = (struct detail){name, value};
}

static const char *or_words(const char *text, const char *words)
{
	return text[0] != '\0' ? text : words;
}

static const char *checked_domain(const struct findings_so_far *facts)
{
	const struct envelope *envelope = facts->envelope;

	if (facts->verdicts->spf.domain[0] != '\0')
		return facts->verdicts->spf.domain;
	return envelope->sender.null ? envelope->helo : envelope->sender.domain.raw;
}

void collection_begin(struct collection *collection, const struct findings_so_far *facts, struct arena *arena)
{
	bool japanese = facts->language == LANGUAGE_JA;
	const char *no_ptr = japanese ? "逆引きなし" : "no reverse name";
	const char *from = facts->author->domain.name;
	char *ip = arena_alloc(arena, NETADDR_TEXT_SIZE);

	*collection = (struct collection){.facts = facts, .arena = arena, .signature = -1};
	collection->base.items = collection->base_items;
	collection->scope = &collection->base;
	base_set(collection, "domain", checked_domain(facts));
	base_set(collection, "ip", netaddr_format(&facts->envelope->client, ip));
	base_set(collection, "ptr", or_words(facts->verdicts->iprev.name, no_ptr));
	base_set(collection, "helo", facts->envelope->helo);
	base_set(collection, "sender", facts->envelope->sender.null ? "<>" : facts->envelope->sender.raw);
	base_set(collection, "from_domain",
		from[0] != '\0' ? from : (japanese ? "（Fromなし）" : "(no From domain)"));
	base_set(collection, "org_domain",
		facts->verdicts->dmarc.author_organization[0] != '\0'
			? facts->verdicts->dmarc.author_organization
			: suffixes_organization(facts->suffixes, from));
	base_set(collection, "record", facts->verdicts->spf.record);
	base_set(collection, "result", result_word(facts->verdicts->spf.result));
}

bool collection_has(const struct collection *collection, enum cause cause)
{
	for (size_t i = 0; i < collection->count; i++)
		if (collection->found[i].diagnosis.cause == cause)
			return true;
	return false;
}

const char *collection_code_of(const struct collection *collection, const char *method, const char *otherwise)
{
	for (size_t i = 0; i < collection->count; i++) {
		const struct cause_row *row = cause_row(collection->found[i].diagnosis.cause);

		if (strcmp(row->method, method) == 0)
			return row->code;
	}
	return otherwise;
}

void cause_found_in_group(struct collection *collection, enum cause cause, enum confidence confidence,
	int group, const struct details *details)
{
	const struct cause_row *row = cause_row(cause);
	enum language language = collection->facts->language;
	struct details own = {.outer = collection->scope};
	struct found *found;

	if (collection_has(collection, cause))
		return;
	if (collection->count == FOUND_MAX) {
		collection->partial = true;
		return;
	}
	if (details != NULL) {
		own.items = details->items;
		own.count = details->count;
	}
	found = &collection->found[collection->count++];
	*found = (struct found){.group = group};
	found->diagnosis = (struct diagnosis){
		.cause = cause,
		.confidence = confidence,
		.summary =
			sentence_fill(cause_summary(row, language), &own, collection->arena, &found->missing),
		.fix = sentence_fill(cause_fix(row, language), &own, collection->arena, &found->missing),
		.signature = collection->signature,
	};
}

void cause_found(struct collection *collection, enum cause cause, enum confidence confidence,
	const struct details *details)
{
	cause_found_in_group(collection, cause, confidence, cause_row(cause)->group, details);
}

/* Stable, so that inside a group the order of the decision trees stays. */
static void sort_by_group(struct collection *collection)
{
	for (size_t i = 1; i < collection->count; i++) {
		struct found moved = collection->found[i];
		size_t at = i;

		for (; at > 0 && collection->found[at - 1].group > moved.group; at--)
			collection->found[at] = collection->found[at - 1];
		collection->found[at] = moved;
	}
}

/* A method's first cause is never dropped: no verdict other than pass goes without one. */
static bool is_first_of_method(const struct collection *collection, size_t index)
{
	const char *method = cause_row(collection->found[index].diagnosis.cause)->method;

	for (size_t i = 0; i < index; i++)
		if (strcmp(cause_row(collection->found[i].diagnosis.cause)->method, method) == 0)
			return false;
	return true;
}

struct diagnoses collection_all(struct collection *collection)
{
	struct diagnosis *items = arena_array(collection->arena, FOUND_MAX, sizeof *items);

	sort_by_group(collection);
	for (size_t i = 0; i < collection->count; i++)
		items[i] = collection->found[i].diagnosis;
	return (struct diagnoses){.items = items, .count = collection->count, .partial = collection->partial};
}

struct diagnoses collection_end(struct collection *collection)
{
	struct diagnosis *items = arena_array(collection->arena, collection->count, sizeof *items);
	size_t count = 0, causes = 0, remarks = 0;

	sort_by_group(collection);
	for (size_t i = 0; i < collection->count; i++) {
		const struct found *found = &collection->found[i];
		bool remark = found->group >= GROUP_SENDER;
		size_t *shown = remark ? &remarks : &causes;

		if (*shown >= (remark ? REMARKS_SHOWN : CAUSES_SHOWN) && !is_first_of_method(collection, i))
			continue;
		(*shown)++;
		items[count++] = found->diagnosis;
	}
	return (struct diagnoses){.items = items,
		.count = count,
		.partial = collection->partial,
		.unremarkable = collection->unremarkable};
}
