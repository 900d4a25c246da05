#include "feedback/sums.h"

#include "base/arena.h"
#include "store/row.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A table of slots with open ends: always at least half of them are free. */
enum { FIRST_SIZE = 32, RECORD_SIZE = 1025 /* store/columns.def */ };

struct slot {
	uint64_t hash;
	size_t sum; /* index, +1; 0: free */
};

struct sums {
	struct arena *arena;
	const char *domain;
	char record[RECORD_SIZE];
	struct slot *slots; /* twice as many as size, which is a power of two */
	struct sum *items;
	size_t count, size;
	uint64_t messages, left_out, reports;
};

struct sums *sums_new(const char *domain, struct arena *arena)
{
	struct sums *sums = arena_alloc(arena, sizeof *sums);

	*sums = (struct sums){.arena = arena,
		.domain = arena_text(arena, domain),
		.slots = arena_array(arena, (size_t)FIRST_SIZE * 2, sizeof(struct slot)),
		.items = arena_array(arena, FIRST_SIZE, sizeof(struct sum)),
		.size = FIRST_SIZE};
	return sums;
}

/* What the row would be counted under; its texts are the row's. */
static struct sum sum_of(const struct row *row)
{
	return (struct sum){
		.client = row->client,
		.from_domain = row->from_domain,
		.mail_domain = row->mail_domain,
		.disposition = row->disposition,
		.override = row->override,
		.spf = row->spf,
		.spf_domain = row->spf_domain,
		.spf_scope = row->spf_scope,
		.signatures = row->signatures,
		.dkim_aligned = row->dkim_aligned != 0,
		.spf_aligned = row->spf_aligned != 0,
		.time = row->time,
		.failure = row->failure,
	};
}

/* The places of the texts in a sum. */
static const size_t texts[] = {
	offsetof(struct sum, client),
	offsetof(struct sum, from_domain),
	offsetof(struct sum, mail_domain),
	offsetof(struct sum, disposition),
	offsetof(struct sum, override),
	offsetof(struct sum, spf),
	offsetof(struct sum, spf_domain),
	offsetof(struct sum, spf_scope),
	offsetof(struct sum, signatures),
};

enum { TEXTS = sizeof texts / sizeof texts[0] };

static const char **text_at(const struct sum *sum, size_t i)
{
	return (const char **)((char *)sum + texts[i]);
}

/* FNV-1a; a NUL ends each text, so that none runs into the next. */
static uint64_t hash_of(const struct sum *sum)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < TEXTS; i++) {
		const char *at = *text_at(sum, i);

		do
			hash = (hash ^ (unsigned char)*at) * 1099511628211u;
		while (*at++ != '\0');
	}
	return (hash ^ (uint64_t)(sum->dkim_aligned * 2 + sum->spf_aligned)) * 1099511628211u;
}

static bool is_same(const struct sum *a, const struct sum *b)
{
	if (a->dkim_aligned != b->dkim_aligned || a->spf_aligned != b->spf_aligned)
		return false;
	for (size_t i = 0; i < TEXTS; i++)
		if (strcmp(*text_at(a, i), *text_at(b, i)) != 0)
			return false;
	return true;
}

/* Where the sum is, or the free slot where it belongs; sum NULL: a free one. */
static struct slot *slot_for(struct sums *sums, uint64_t hash, const struct sum *sum)
{
	size_t mask = sums->size * 2 - 1, i = hash & mask;

	while (sums->slots[i].sum != 0 && (sum == NULL || sums->slots[i].hash != hash ||
						  !is_same(&sums->items[sums->slots[i].sum - 1], sum)))
		i = (i + 1) & mask;
	return &sums->slots[i];
}

/* Twice the room; the old arrays stay in the arena. */
static void grow(struct sums *sums)
{
	struct slot *slots = sums->slots;
	size_t slot_count = sums->size * 2;
	struct sum *items = arena_array(sums->arena, sums->size * 2, sizeof *items);

	memcpy(items, sums->items, sums->count * sizeof *items);
	sums->items = items;
	sums->size *= 2;
	sums->slots = arena_array(sums->arena, sums->size * 2, sizeof *slots);
	for (size_t i = 0; i < slot_count; i++)
		if (slots[i].sum != 0)
			*slot_for(sums, slots[i].hash, NULL) = slots[i];
}

static struct slot *add_sum(struct sums *sums, uint64_t hash, struct sum sum)
{
	struct slot *slot;

	if (sums->count == sums->size)
		grow(sums);
	slot = slot_for(sums, hash, NULL);
	for (size_t i = 0; i < TEXTS; i++)
		*text_at(&sum, i) = arena_text(sums->arena, *text_at(&sum, i));
	sum.failure = sums->count < SUM_FAILURES_MAX ? arena_text(sums->arena, sum.failure) : "";
	sums->items[sums->count++] = sum;
	*slot = (struct slot){hash, sums->count};
	return slot;
}

void sums_add(struct sums *sums, const struct row *row)
{
	const struct sum sum = sum_of(row);
	uint64_t hash = hash_of(&sum);
	struct slot *slot = slot_for(sums, hash, &sum);

	sums->messages++;
	sums->reports += row->is_report != 0;
	(void)snprintf(sums->record, sizeof sums->record, "%s", row->dmarc_record);
	if (slot->sum == 0 && sums->count < SUMS_MAX)
		slot = add_sum(sums, hash, sum);
	if (slot->sum != 0)
		sums->items[slot->sum - 1].count++;
	else
		sums->left_out++;
}

const char *sums_domain(const struct sums *sums)
{
	return sums->domain;
}

const char *sums_record(const struct sums *sums)
{
	return sums->record;
}

size_t sums_count(const struct sums *sums)
{
	return sums->count;
}

const struct sum *sums_at(const struct sums *sums, size_t i)
{
	return &sums->items[i];
}

uint64_t sums_messages(const struct sums *sums)
{
	return sums->messages;
}

uint64_t sums_left_out(const struct sums *sums)
{
	return sums->left_out;
}

uint64_t sums_reports(const struct sums *sums)
{
	return sums->reports;
}
