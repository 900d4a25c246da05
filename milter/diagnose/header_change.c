#include "diagnose/header_change.h"

#include "base/arena.h"
#include "diagnose/effort.h"
#include "diagnose/header_candidates.h"
#include "message/header_list.h"

#include <string.h>

enum {
	SLOTS_MAX = 256,
	SAME_NAME_MAX = 8,
	MAKING_COST = 2,      /* canonicalising and copying one octet, against hashing it */
	ED25519_COST = 50000, /* octets that SHA-256 hashes while one signature is verified */
};

/* One hypothesis: other octets in the slots of one field name. */
struct hypothesis {
	const struct header_candidate *candidate;
	const char *name;
	size_t slots[SAME_NAME_MAX];
	struct span octets[SAME_NAME_MAX];
	size_t count;
};

/* What the signature covers, cut into slots: one for each name of h=. */
struct search {
	const struct header_facts *facts;
	struct arena *arena;
	struct canon_selection selection;
	struct span slots[SLOTS_MAX];
	size_t slot_count;
	struct span signature;
	struct digest_stream *stream;
	size_t tries_left;
	struct effort *effort;
	size_t octets; /* of all slots and the signature */
	struct hypothesis *hypotheses;
	size_t hypothesis_count;
};

static struct span canonical_field(const struct search *search, struct span name, const char *value)
{
	struct buf out = buf_in(search->arena);

	canon_field(&out, search->facts->canon, name, span_of(value));
	return (struct span){out.data, out.len};
}

static struct span field_octets(const struct search *search, const struct header_field *field)
{
	if (field == NULL)
		return (struct span){"", 0};
	return canonical_field(search, (struct span){field->name, field->name_len}, field->value);
}

static bool hash_fits(const struct header_facts *facts, const struct digest *hash)
{
	if (facts->ed25519)
		return ed25519_verifies(facts->key, facts->signature_octets, hash->octets, hash->len);
	return digest_equal(hash, &facts->signed_hash);
}

/* The slot's octets under up to two hypotheses. */
static struct span slot_under(
	const struct search *search, size_t slot, const struct hypothesis *const tried[2])
{
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; tried[i] != NULL && j < tried[i]->count; j++)
			if (tried[i]->slots[j] == slot)
				return tried[i]->octets[j];
	return search->slots[slot];
}

static size_t octets_of(const struct search *search, const struct hypothesis *const tried[2])
{
	size_t octets = search->octets + (search->facts->ed25519 ? ED25519_COST : DIGEST_END_COST);

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; tried[i] != NULL && j < tried[i]->count; j++)
			octets += tried[i]->octets[j].len;
	return octets;
}

/* False when the budget does not reach; then the search is over. */
static bool spend(struct search *search, size_t octets)
{
	if (effort_spend(search->effort, octets))
		return true;
	search->tries_left = 0;
	search->effort->octets = 0;
	return false;
}

static bool fits(struct search *search, const struct hypothesis *first, const struct hypothesis *second)
{
	const struct hypothesis *const tried[2] = {first, second};
	struct digest hash;

	if (search->tries_left == 0 || !spend(search, octets_of(search, tried)))
		return false;
	search->tries_left--;
	digest_stream_reset(search->stream);
	for (size_t i = 0; i < search->slot_count; i++) {
		struct span octets = slot_under(search, i, tried);

		digest_stream_add(search->stream, octets.at, octets.len);
	}
	digest_stream_add(search->stream, search->signature.at, search->signature.len);
	hash = digest_stream_now(search->stream);
	return hash_fits(search->facts, &hash);
}

static bool same_name(struct span a, struct span b)
{
	return a.len == b.len && text_equal_n(a.at, b.at, a.len);
}

/* Leaving out a field moves the fields of its name one slot up; the next one above it, if there is one
 * that was not covered, comes into the last. */
static void shift_slots(const struct search *search, size_t slot, struct hypothesis *hypothesis)
{
	struct span name = search->selection.names[slot];
	size_t covered = 0, total = header_list_count(search->facts->header, hypothesis->name);

	for (size_t i = 0; i < search->slot_count; i++) {
		if (!same_name(search->selection.names[i], name))
			continue;
		covered++;
		if (i < slot || hypothesis->count == SAME_NAME_MAX)
			continue;
		hypothesis->slots[hypothesis->count] = i;
		if (hypothesis->count > 0)
			hypothesis->octets[hypothesis->count - 1] = search->slots[i];
		hypothesis->count++;
	}
	hypothesis->octets[hypothesis->count - 1] =
		covered < total ? field_octets(search, header_list_find(search->facts->header,
							       hypothesis->name, total - covered))
				: (struct span){"", 0};
}

static void add_hypothesis(struct search *search, size_t slot, const struct header_candidate *candidate)
{
	struct hypothesis *hypothesis = &search->hypotheses[search->hypothesis_count];
	const struct header_field *field = search->selection.fields[slot];
	struct span name = search->selection.names[slot];
	size_t made = candidate->value == NULL ? 0 : strlen(candidate->value);

	if (search->hypothesis_count == HEADER_SINGLES_MAX || !spend(search, made * MAKING_COST))
		return;
	*hypothesis = (struct hypothesis){.candidate = candidate, .name = span_text(search->arena, name)};
	if (field != NULL)
		name = (struct span){field->name, field->name_len};
	if (candidate->value == NULL) {
		shift_slots(search, slot, hypothesis);
	} else {
		hypothesis->slots[0] = slot;
		hypothesis->octets[0] = canonical_field(search, name, candidate->value);
		hypothesis->count = 1;
		if (hypothesis->octets[0].len == search->slots[slot].len &&
			memcmp(hypothesis->octets[0].at, search->slots[slot].at, search->slots[slot].len) ==
				0)
			return;
	}
	search->hypothesis_count++;
}

/* A value of z= (RFC 6376 section 3.5): "Name:value" with =XX for special octets, NULL when absent. */
static const char *copied_value(const struct search *search, struct span name)
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

static void gather(struct search *search, size_t slot)
{
	struct header_candidates list = header_candidates_new(search->arena);
	const struct header_field *field = search->selection.fields[slot];
	struct span name = search->selection.names[slot];
	const char *copy = copied_value(search, name);

	if (copy != NULL)
		header_candidates_add(&list, field == NULL ? HEADER_REMOVED : HEADER_ALTERED, copy, "");
	if (field != NULL)
		header_candidates_of(&list, search->facts, field);
	else
		header_candidates_missing(&list, search->facts, name);
	for (size_t i = 0; i < list.count; i++)
		add_hypothesis(search, slot, &list.items[i]);
}

/* The Subject may have been encoded in many ways: tried when the other fields had their turn. */
static void gather_subjects(struct search *search)
{
	for (size_t slot = 0; slot < search->slot_count; slot++) {
		struct header_candidates list = header_candidates_new(search->arena);
		const struct header_field *field = search->selection.fields[slot];

		if (field == NULL || !header_field_is(field, "Subject"))
			continue;
		header_candidates_reencoded(&list, field);
		for (size_t i = 0; i < list.count; i++)
			add_hypothesis(search, slot, &list.items[i]);
		return; /* further ones have no meaning */
	}
}

static void begin(struct search *search, enum canon canon)
{
	struct buf signature = buf_in(search->arena);

	search->slot_count = search->selection.count < SLOTS_MAX ? search->selection.count : SLOTS_MAX;
	for (size_t i = 0; i < search->slot_count; i++) {
		const struct header_field *field = search->selection.fields[i];
		struct buf octets = buf_in(search->arena);

		if (field != NULL)
			canon_field(&octets, canon, (struct span){field->name, field->name_len},
				(struct span){field->value, field->value_len});
		search->slots[i] = (struct span){octets.data, octets.len};
	}
	canon_signature(&signature, canon, search->facts->signature);
	search->signature = (struct span){signature.data, signature.len};
	search->octets = signature.len;
	for (size_t i = 0; i < search->slot_count; i++)
		search->octets += search->slots[i].len;
}

static struct header_change found(const struct hypothesis *first, const struct hypothesis *second)
{
	return (struct header_change){
		.kind = first->candidate->kind,
		.name = first->name,
		.text = first->candidate->text,
		.original = first->candidate->value == NULL ? "" : first->candidate->value,
		.to = "",
		.also_kind = second == NULL ? HEADER_UNKNOWN : second->candidate->kind,
		.also_name = second == NULL ? "" : second->name,
	};
}

static struct header_change try_all(struct search *search)
{
	size_t count = search->hypothesis_count;
	size_t pairs = HEADER_PAIRS_MAX;

	for (size_t i = 0; i < count; i++)
		if (fits(search, &search->hypotheses[i], NULL))
			return found(&search->hypotheses[i], NULL);
	for (size_t i = 0; i < count && pairs > 0 && search->tries_left > 0; i++)
		for (size_t j = i + 1; j < count && pairs > 0; j++) {
			const struct hypothesis *a = &search->hypotheses[i], *b = &search->hypotheses[j];

			if (a->slots[0] == b->slots[0])
				continue;
			pairs--;
			if (fits(search, a, b))
				return found(a, b);
		}
	return header_change_none();
}

struct header_change header_change_none(void)
{
	return (struct header_change){.name = "", .text = "", .original = "", .to = "", .also_name = ""};
}

struct header_change header_change_find(
	const struct header_facts *facts, struct effort *effort, struct arena *arena)
{
	struct search *search = arena_alloc(arena, sizeof *search);
	enum canon other = facts->canon == CANON_RELAXED ? CANON_SIMPLE : CANON_RELAXED;
	struct header_change change = header_change_none();

	search->facts = facts;
	search->arena = arena;
	search->effort = effort;
	search->selection = canon_select(facts->header, facts->signed_fields, arena);
	search->stream = digest_stream_new(facts->digest_kind);
	search->tries_left = facts->ed25519 ? HEADER_ED25519_MAX : HEADER_SINGLES_MAX + HEADER_PAIRS_MAX;
	search->hypotheses = arena_array(arena, HEADER_SINGLES_MAX + 1, sizeof *search->hypotheses);
	begin(search, other);
	if (fits(search, NULL, NULL)) {
		change.kind = HEADER_OTHER_CANON;
		change.to = other == CANON_RELAXED ? "relaxed" : "simple";
	} else {
		begin(search, facts->canon);
		for (size_t i = 0; i < search->slot_count && search->tries_left > 0; i++)
			gather(search, i);
		if (search->tries_left > 0)
			gather_subjects(search);
		change = try_all(search);
	}
	digest_stream_free(&search->stream);
	return change;
}
