#include "diagnose/header_search.h"

#include "base/arena.h"
#include "diagnose/effort.h"
#include "message/header_list.h"

#include <string.h>

enum {
	MAKING_COST = 2,      /* canonicalising and copying one octet, against hashing it */
	ED25519_COST = 50000, /* octets that SHA-256 hashes while one signature is verified */
};

struct span header_search_field(const struct header_search *search, struct span name, const char *value)
{
	struct buf out = buf_in(search->arena);

	canon_field(&out, search->canon, name, span_of(value));
	return (struct span){out.data, out.len};
}

static struct span field_octets(const struct header_search *search, const struct header_field *field)
{
	if (field == NULL)
		return (struct span){"", 0};
	return header_search_field(search, (struct span){field->name, field->name_len}, field->value);
}

/* The signature's own octets, with another value behind its colon. */
static struct span signature_octets(const struct header_search *search, const char *value)
{
	struct header_field field = *search->facts->signature;
	struct buf out = buf_in(search->arena);

	field.value = value;
	field.value_len = strlen(value);
	canon_signature(&out, search->canon, &field);
	return (struct span){out.data, out.len};
}

void header_search_begin(struct header_search *search, enum canon canon)
{
	search->canon = canon;
	search->octets = 0;
	search->slot_count =
		search->selection.count < HEADER_SLOTS_MAX ? search->selection.count : HEADER_SLOTS_MAX;
	for (size_t i = 0; i <= search->slot_count; i++)
		search->slots[i] = (struct span){"", 0}; /* of another canonical form */
	for (size_t i = 0; i < search->slot_count; i++)
		header_search_put(search, i, field_octets(search, search->selection.fields[i]));
	header_search_put(
		search, search->slot_count, signature_octets(search, search->facts->signature->value));
}

void header_search_put(struct header_search *search, size_t slot, struct span octets)
{
	search->octets += octets.len;
	search->octets -= search->slots[slot].len;
	search->slots[slot] = octets;
	header_hash_forget(&search->hash, slot);
}

static bool hash_fits(const struct header_facts *facts, const struct digest *hash)
{
	if (facts->ed25519)
		return ed25519_verifies(facts->key, facts->signature_octets, hash->octets, hash->len);
	return digest_equal(hash, &facts->signed_hash);
}

/* Puts it where it belongs by its slot; the first that comes for a slot stays. */
static size_t insert_swap(struct header_swap *swaps, size_t count, struct header_swap swap)
{
	size_t at = count;

	while (at > 0 && swaps[at - 1].slot > swap.slot)
		at--;
	if (at > 0 && swaps[at - 1].slot == swap.slot)
		return count;
	memmove(swaps + at + 1, swaps + at, (count - at) * sizeof *swaps);
	swaps[at] = swap;
	return count + 1;
}

/* What up to two hypotheses put into which slots. */
static size_t swaps_of(
	const struct header_hypothesis *const tried[2], struct header_swap swaps[2 * HYPOTHESIS_SLOTS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; tried[i] != NULL && j < tried[i]->count; j++)
			count = insert_swap(
				swaps, count, (struct header_swap){tried[i]->slots[j], tried[i]->octets[j]});
	return count;
}

static size_t octets_of(const struct header_search *search, const struct header_hypothesis *const tried[2])
{
	size_t octets = search->octets + (search->facts->ed25519 ? ED25519_COST : DIGEST_END_COST);

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; tried[i] != NULL && j < tried[i]->count; j++)
			octets += tried[i]->octets[j].len;
	return octets;
}

/* False when the budget does not reach; then the search is over. */
static bool spend(struct header_search *search, size_t octets)
{
	if (effort_spend(search->effort, octets))
		return true;
	search->tries_left = 0;
	search->effort->octets = 0;
	return false;
}

bool header_search_fits(struct header_search *search, const struct header_hypothesis *first,
	const struct header_hypothesis *second)
{
	const struct header_hypothesis *const tried[2] = {first, second};
	struct header_swap swaps[2 * HYPOTHESIS_SLOTS_MAX];
	struct digest hash;

	if (search->tries_left == 0 || !spend(search, octets_of(search, tried)))
		return false;
	search->tries_left--;
	hash = header_hash_of(
		&search->hash, search->slots, search->slot_count + 1, swaps, swaps_of(tried, swaps));
	return hash_fits(search->facts, &hash);
}

bool header_search_fits_unhashed(struct header_search *search)
{
	struct buf data = buf_in(search->arena);

	if (!search->facts->ed25519 || !spend(search, ED25519_COST + search->octets))
		return false;
	for (size_t i = 0; i <= search->slot_count; i++)
		buf_add(&data, search->slots[i].at, search->slots[i].len);
	return ed25519_verifies(
		search->facts->key, search->facts->signature_octets, (const uint8_t *)data.data, data.len);
}

static bool same_name(struct span a, struct span b)
{
	return a.len == b.len && text_equal_n(a.at, b.at, a.len);
}

/* Leaving out a field moves the fields of its name one slot up; the next one above it, if there is one
 * that was not covered, comes into the last. */
static void shift_slots(const struct header_search *search, size_t slot, struct header_hypothesis *hypothesis)
{
	struct span name = search->selection.names[slot];
	size_t covered = 0, total = header_list_count(search->facts->header, hypothesis->name);

	for (size_t i = 0; i < search->slot_count; i++) {
		if (!same_name(search->selection.names[i], name))
			continue;
		covered++;
		if (i < slot || hypothesis->count == HYPOTHESIS_SLOTS_MAX)
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

static bool same_octets(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static void add_to_signature(struct header_search *search, struct header_hypothesis *hypothesis)
{
	hypothesis->name = "DKIM-Signature";
	hypothesis->slots[0] = search->slot_count;
	hypothesis->octets[0] = signature_octets(search, hypothesis->candidate->value);
	hypothesis->count = 1;
}

void header_search_add(struct header_search *search, size_t slot, const struct header_candidate *candidate)
{
	struct header_hypothesis *hypothesis = &search->hypotheses[search->hypothesis_count];
	size_t made = candidate->value == NULL ? 0 : strlen(candidate->value);

	if (search->hypothesis_count == HEADER_SINGLES_MAX || !spend(search, made * MAKING_COST))
		return;
	*hypothesis = (struct header_hypothesis){.candidate = candidate};
	if (slot == search->slot_count) {
		add_to_signature(search, hypothesis);
	} else {
		const struct header_field *field = search->selection.fields[slot];
		struct span name = search->selection.names[slot];

		hypothesis->name = span_text(search->arena, name);
		if (candidate->name != NULL)
			name = span_of(candidate->name);
		else if (field != NULL)
			name = (struct span){field->name, field->name_len};
		if (candidate->value == NULL) {
			shift_slots(search, slot, hypothesis);
		} else {
			hypothesis->slots[0] = slot;
			hypothesis->octets[0] = header_search_field(search, name, candidate->value);
			hypothesis->count = 1;
		}
	}
	if (candidate->value == NULL ||
		!same_octets(hypothesis->octets[0], search->slots[hypothesis->slots[0]]))
		search->hypothesis_count++;
}
