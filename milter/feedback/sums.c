#include "feedback/sums.h"

#include "base/arena.h"
#include "base/buf.h"
#include "store/row.h"

#include <string.h>

enum { FIRST_SLOTS = 64 };

struct slot {
	uint64_t hash;
	const char *key;
	size_t sum; /* index, +1; 0: free */
};

struct sums {
	struct arena *arena;
	const char *domain, *record;
	struct slot *slots;
	size_t slot_count;
	struct sum *items;
	size_t count, size;
	uint64_t messages, left_out, reports;
};

struct sums *sums_new(const char *domain, struct arena *arena)
{
	struct sums *sums = arena_alloc(arena, sizeof *sums);

	*sums = (struct sums){.arena = arena,
		.domain = arena_text(arena, domain),
		.record = "",
		.slots = arena_array(arena, FIRST_SLOTS, sizeof(struct slot)),
		.slot_count = FIRST_SLOTS,
		.items = arena_array(arena, FIRST_SLOTS, sizeof(struct sum)),
		.size = FIRST_SLOTS};
	return sums;
}

/* No text of a row has a control character but the line ends of signatures. */
static const char *key_of(const struct row *row, struct arena *arena)
{
	return arena_printf(arena, "%s\x01%s\x01%s\x01%s\x01%s\x01%s\x01%s\x01%s\x01%s\x01%d%d", row->client,
		row->from_domain, row->mail_domain, row->disposition, row->override, row->spf,
		row->spf_domain, row->spf_scope, row->signatures, row->dkim_aligned != 0,
		row->spf_aligned != 0);
}

/* FNV-1a */
static uint64_t hash_of(const char *key)
{
	uint64_t hash = 14695981039346656037u;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211u;
	return hash;
}

static struct slot *slot_for(struct slot *slots, size_t count, uint64_t hash, const char *key)
{
	size_t i = hash & (count - 1);

	while (slots[i].sum != 0 && (slots[i].hash != hash || strcmp(slots[i].key, key) != 0))
		i = (i + 1) & (count - 1);
	return &slots[i];
}

/* Twice the room; the old arrays stay in the arena. */
static void grow(struct sums *sums)
{
	size_t slot_count = sums->slot_count * 4;
	struct slot *slots = arena_array(sums->arena, slot_count, sizeof *slots);
	struct sum *items = arena_array(sums->arena, sums->size * 2, sizeof *items);

	for (size_t i = 0; i < sums->slot_count; i++)
		if (sums->slots[i].sum != 0)
			*slot_for(slots, slot_count, sums->slots[i].hash, sums->slots[i].key) =
				sums->slots[i];
	memcpy(items, sums->items, sums->count * sizeof *items);
	sums->slots = slots;
	sums->slot_count = slot_count;
	sums->items = items;
	sums->size *= 2;
}

static struct sum sum_of(const struct row *row, struct arena *arena)
{
	return (struct sum){
		.client = arena_text(arena, row->client),
		.from_domain = arena_text(arena, row->from_domain),
		.mail_domain = arena_text(arena, row->mail_domain),
		.disposition = arena_text(arena, row->disposition),
		.override = arena_text(arena, row->override),
		.spf = arena_text(arena, row->spf),
		.spf_domain = arena_text(arena, row->spf_domain),
		.spf_scope = arena_text(arena, row->spf_scope),
		.signatures = arena_text(arena, row->signatures),
		.dkim_aligned = row->dkim_aligned,
		.spf_aligned = row->spf_aligned,
	};
}

void sums_add(struct sums *sums, const struct row *row)
{
	struct arena *scratch = arena_new();
	const char *key = key_of(row, scratch);
	uint64_t hash = hash_of(key);
	struct slot *slot = slot_for(sums->slots, sums->slot_count, hash, key);

	sums->messages++;
	sums->reports += row->is_report != 0;
	if (strcmp(sums->record, row->dmarc_record) != 0)
		sums->record = arena_text(sums->arena, row->dmarc_record);
	if (slot->sum == 0 && sums->count < SUMS_MAX) {
		if (sums->count == sums->size) {
			grow(sums);
			slot = slot_for(sums->slots, sums->slot_count, hash, key);
		}
		sums->items[sums->count++] = sum_of(row, sums->arena);
		*slot = (struct slot){hash, arena_text(sums->arena, key), sums->count};
	}
	if (slot->sum != 0)
		sums->items[slot->sum - 1].count++;
	else
		sums->left_out++;
	arena_free(&scratch);
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
