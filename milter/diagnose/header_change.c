#include "diagnose/header_change.h"

#include "base/arena.h"
#include "diagnose/effort.h"
#include "diagnose/header_search.h"
#include "message/header_list.h"

#include <string.h>

/* Of the tries that Ed25519 allows, so many are left for pairs. */
enum { ED25519_PAIRS = 80 };

enum { RANKS = 5 };

static bool same_name(struct span a, struct span b)
{
	return a.len == b.len && text_equal_n(a.at, b.at, a.len);
}

/* A value of z= (RFC 6376 section 3.5): "Name:value" with =XX for special octets, NULL when absent. */
static const char *copied_value(const struct header_search *search, struct span name)
{
	for (const char *at = search->facts->copied_fields; *at != '\0';) {
		struct span copy = {at, strcspn(at, "|")};
		const char *colon = memchr(copy.at, ':', copy.len);
		struct buf value = buf_in(search->arena);

		at += copy.len + (at[copy.len] == '|');
		if (colon == NULL ||
			!same_name(span_trim((struct span){copy.at, (size_t)(colon - copy.at)}), name))
			continue;
		for (const char *c = colon + 1; c < copy.at + copy.len; c++) {
			if (*c == '=' && text_is_hex(c[1]) && text_is_hex(c[2])) {
				buf_char(&value, (char)(text_hex_value(c[1]) * 16 + text_hex_value(c[2])));
				c += 2;
			} else if (!text_is_space(*c)) {
				buf_char(&value, *c);
			}
		}
		return value.data;
	}
	return NULL;
}

/* A copy that is part of the subject as it came: then the rest was put around it. */
static void add_copy(
	struct header_search *search, struct header_candidates *list, size_t slot, const char *copy)
{
	const struct header_field *field = search->selection.fields[slot];
	struct span original = span_trim(span_of(copy));
	const char *kept;

	if (field == NULL) {
		header_candidates_add(list, HEADER_REMOVED, copy, "");
		return;
	}
	kept = original.len == 0 || !header_field_is(field, "Subject")
		       ? NULL
		       : strstr(field->value, span_text(search->arena, original));
	if (kept == NULL) {
		header_candidates_add(list, HEADER_ALTERED, copy, "");
		return;
	}
	header_candidates_add(list, HEADER_SUBJECT_PREFIX, copy,
		arena_printf(search->arena, "%s%s",
			span_text(search->arena,
				span_trim((struct span){field->value, (size_t)(kept - field->value)})),
			span_text(search->arena, span_trim(span_of(kept + original.len)))));
}

static void add_all(struct header_search *search, size_t slot, const struct header_candidates *list)
{
	for (size_t i = 0; i < list->count; i++)
		header_search_add(search, slot, &list->items[i]);
}

static void gather(struct header_search *search, size_t slot)
{
	struct header_candidates list = header_candidates_new(search->arena);
	const struct header_field *field = search->selection.fields[slot];
	struct span name = search->selection.names[slot];
	const char *copy = copied_value(search, name);

	if (copy != NULL)
		add_copy(search, &list, slot, copy);
	if (field != NULL)
		header_candidates_of(&list, search->facts, field);
	else
		header_candidates_missing(&list, search->facts, name);
	if (field != NULL && search->canon == CANON_SIMPLE)
		header_candidates_renamed(&list, field, span_text(search->arena, name));
	add_all(search, slot, &list);
}

/* Making candidates takes time too, and a stranger decides from how many fields. */
static bool may_gather(struct header_search *search)
{
	return search->tries_left > 0 && effort_exceeds(search->effort, 0);
}

/* Encoded words may have been written in many ways: tried when the other fields had their turn. */
static void gather_encodings(struct header_search *search)
{
	for (size_t slot = 0; slot < search->slot_count && may_gather(search); slot++) {
		struct header_candidates list = header_candidates_new(search->arena);
		const struct header_field *field = search->selection.fields[slot];

		if (field == NULL)
			continue;
		list.effort = search->effort;
		header_candidates_reencoded(&list, field);
		add_all(search, slot, &list);
	}
}

static void gather_signature(struct header_search *search)
{
	struct header_candidates list = header_candidates_new(search->arena);

	if (search->canon == CANON_SIMPLE)
		header_candidates_refolded(&list, search->facts->signature);
	add_all(search, search->slot_count, &list);
}

/* What happens most often comes first, so that pairs of such are tried early. */
static int rank(const struct header_search *search, const struct header_hypothesis *hypothesis)
{
	bool ed25519 = search->facts->ed25519;

	switch (hypothesis->candidate->kind) {
	case HEADER_SUBJECT_PREFIX:
		return 0;
	case HEADER_ADDED:
	case HEADER_FROM_MUNGED:
		return 1;
	case HEADER_REMOVED:
		return 2;
	case HEADER_REFOLDED:
		return ed25519 ? 2 : RANKS - 1;
	default:
		return 3;
	}
}

/* Those from the first on; they keep their order within a rank. */
static void sort_hypotheses(struct header_search *search, size_t first)
{
	size_t total = search->hypothesis_count - first, count = 0;
	struct header_hypothesis *all = search->hypotheses + first;
	struct header_hypothesis *sorted = arena_array(search->arena, total + 1, sizeof *sorted);

	for (int wanted = 0; wanted < RANKS; wanted++)
		for (size_t i = 0; i < total; i++)
			if (rank(search, &all[i]) == wanted)
				sorted[count++] = all[i];
	memcpy(all, sorted, count * sizeof *sorted);
}

/* Ed25519 allows few tries: there encodings come before what is rare. */
static void gather_all(struct header_search *search)
{
	size_t fields;

	gather_signature(search);
	for (size_t i = 0; i < search->slot_count && may_gather(search); i++)
		gather(search, i);
	if (!search->facts->ed25519)
		sort_hypotheses(search, 0);
	fields = search->hypothesis_count;
	gather_encodings(search);
	sort_hypotheses(search, search->facts->ed25519 ? 0 : fields);
}

/* Only white space is other than it was? */
static bool is_same_relaxed(const struct header_search *search, const struct header_hypothesis *hypothesis)
{
	struct buf before = buf_in(search->arena), now = buf_in(search->arena);
	size_t slot = hypothesis->slots[0];
	const struct header_field *field =
		slot < search->slot_count ? search->selection.fields[slot] : search->facts->signature;

	if (field == NULL || hypothesis->candidate->value == NULL)
		return false;
	canon_field(&before, CANON_RELAXED, span_of("f"), span_of(hypothesis->candidate->value));
	canon_field(&now, CANON_RELAXED, span_of("f"), (struct span){field->value, field->value_len});
	return strcmp(before.data, now.data) == 0;
}

static struct header_change found(const struct header_search *search, const struct header_hypothesis *first,
	const struct header_hypothesis *second)
{
	enum header_change_kind kind = first->candidate->kind;

	return (struct header_change){
		.kind = kind == HEADER_ALTERED && is_same_relaxed(search, first) ? HEADER_REFOLDED : kind,
		.name = first->name,
		.text = first->candidate->text,
		.original = first->candidate->value == NULL ? "" : first->candidate->value,
		.to = "",
		.also_kind = second == NULL ? HEADER_UNKNOWN : second->candidate->kind,
		.also_name = second == NULL ? "" : second->name,
	};
}

static bool share_slot(const struct header_hypothesis *a, const struct header_hypothesis *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (a->slots[i] == b->slots[j])
				return true;
	return false;
}

/* Pairs near the top of the list first. */
static struct header_change try_pairs(struct header_search *search)
{
	size_t count = search->hypothesis_count, pairs = HEADER_PAIRS_MAX;

	for (size_t sum = 1; sum + 2 < 2 * count && pairs > 0 && search->tries_left > 0; sum++)
		for (size_t i = sum < count ? 0 : sum - count + 1; 2 * i < sum && pairs > 0; i++) {
			const struct header_hypothesis *a = &search->hypotheses[i],
						       *b = &search->hypotheses[sum - i];

			if (share_slot(a, b))
				continue;
			pairs--;
			if (header_search_fits(search, a, b))
				return found(search, a, b);
		}
	return header_change_none();
}

static struct header_change try_all(struct header_search *search)
{
	bool ed25519 = search->facts->ed25519;
	size_t singles = ed25519 ? HEADER_ED25519_MAX - ED25519_PAIRS : HEADER_SINGLES_MAX;

	search->tries_left = ed25519 ? HEADER_ED25519_MAX : HEADER_SINGLES_MAX + HEADER_PAIRS_MAX;
	for (size_t i = 0; i < search->hypothesis_count && i < singles; i++)
		if (header_search_fits(search, &search->hypotheses[i], NULL))
			return found(search, &search->hypotheses[i], NULL);
	return try_pairs(search);
}

struct header_change header_change_none(void)
{
	return (struct header_change){.name = "", .text = "", .original = "", .to = "", .also_name = ""};
}

static struct header_change signer_bug(const char *what)
{
	struct header_change change = header_change_none();

	change.kind = HEADER_SIGNER_BUG;
	change.text = what;
	return change;
}

static size_t times_listed(const struct header_search *search, struct span name)
{
	size_t times = 0;

	for (size_t i = 0; i < search->slot_count; i++)
		times += same_name(search->selection.names[i], name);
	return times;
}

/* Takes fields of one name from the top down, as some signers do. False when that is no difference, or
 * when a field too many may have been added instead. */
static bool select_top_down(struct header_search *search)
{
	struct canon_selection *selection = &search->selection;
	bool differs = false;

	for (size_t i = 0; i < search->slot_count; i++) {
		const char *name = span_text(search->arena, selection->names[i]);
		const struct header_field *field;
		size_t nth = 1;

		for (size_t j = 0; j < i; j++)
			nth += same_name(selection->names[j], selection->names[i]);
		field = header_list_find(search->facts->header, name, nth);
		if (field == NULL || field == selection->fields[i] ||
			times_listed(search, selection->names[i]) !=
				header_list_count(search->facts->header, name))
			continue;
		differs = true;
		header_search_put(search, i,
			header_search_field(
				search, (struct span){field->name, field->name_len}, field->value));
	}
	return differs;
}

/* What signers do wrong, whoever touched the message: the other canonical form, known defects. */
static struct header_change find_signer_fault(struct header_search *search)
{
	enum canon canon = search->facts->canon;
	enum canon other = canon == CANON_RELAXED ? CANON_SIMPLE : CANON_RELAXED;
	struct span signature;

	header_search_begin(search, other);
	if (header_search_fits(search, NULL, NULL)) {
		struct header_change change = header_change_none();

		change.kind = HEADER_OTHER_CANON;
		change.to = other == CANON_RELAXED ? "relaxed" : "simple";
		return change;
	}
	header_search_begin(search, canon);
	if (header_search_fits_unhashed(search))
		return signer_bug("it signed the data, not their SHA-256");
	signature = search->slots[search->slot_count];
	header_search_put(search, search->slot_count,
		span_of(arena_printf(search->arena, "%s\r\n", span_text(search->arena, signature))));
	if (header_search_fits(search, NULL, NULL))
		return signer_bug("it hashed a line end behind its own field");
	header_search_put(search, search->slot_count, signature);
	if (select_top_down(search) && header_search_fits(search, NULL, NULL))
		return signer_bug("it takes fields of one name from the top down");
	header_search_begin(search, canon);
	return header_change_none();
}

/* Puts the MIME fields back that the wrapper took for its inner part. */
static bool restore_mime_fields(struct header_search *search)
{
	const struct header_list *part = search->facts->part_header;
	bool changed = false;

	for (size_t i = 0; part != NULL && i < search->slot_count; i++) {
		const char *name = span_text(search->arena, search->selection.names[i]);
		const struct header_field *field;

		if (!text_starts(name, "Content-"))
			continue;
		field = header_list_find(part, name, 1);
		header_search_put(search, i,
			field == NULL ? (struct span){"", 0}
				      : header_search_field(search,
						(struct span){field->name, field->name_len}, field->value));
		changed = true;
	}
	return changed;
}

static struct header_change find_beside_mime(struct header_search *search)
{
	struct header_change change = header_change_none();

	if (!restore_mime_fields(search))
		return change;
	search->tries_left = 1;
	if (header_search_fits(search, NULL, NULL)) {
		change.kind = HEADER_ALTERED;
		change.name = "Content-Type";
	} else {
		change = try_all(search);
	}
	if (change.kind == HEADER_UNKNOWN)
		header_search_begin(search, search->facts->canon);
	return change;
}

struct header_change header_change_find(
	const struct header_facts *facts, struct effort *effort, struct arena *arena)
{
	struct header_search *search = arena_alloc(arena, sizeof *search);
	struct header_change change;

	search->facts = facts;
	search->arena = arena;
	search->effort = effort;
	search->selection = canon_select(facts->header, facts->signed_fields, arena);
	header_hash_begin(&search->hash, facts->digest_kind, arena);
	search->tries_left = HEADER_ED25519_MAX;
	search->hypotheses = arena_array(arena, HEADER_SINGLES_MAX + 1, sizeof *search->hypotheses);
	change = find_signer_fault(search);
	if (change.kind == HEADER_UNKNOWN) {
		gather_all(search);
		change = find_beside_mime(search);
	}
	if (change.kind == HEADER_UNKNOWN)
		change = try_all(search);
	header_hash_end(&search->hash);
	return change;
}
