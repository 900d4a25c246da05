#include "logbook/tally.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROWS = 64, LEAST_CAP = 16 };

struct tally {
	struct tally_row *rows;
	size_t count, room, cap;
	uint32_t *slots; /* index of a row plus one; 0: free */
	size_t slot_count;
	struct tally_row others;
	uint32_t others_most;
};

static void *memory(void *old, size_t count, size_t size)
{
	void *new = reallocarray(old, count, size);

	if (new == NULL)
		abort(); /* as in base/arena.h */
	return new;
}

/* FNV-1a with a final mix: good enough for a table whose keys a stranger chooses, as it is bounded and the
 * probes are short; the seed is the table's address. */
static uint32_t hash_of(const struct tally *tally, struct span key)
{
	uint64_t hash = 0xcbf29ce484222325U ^ (uint64_t)(uintptr_t)tally;

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.at[i]) * 0x100000001b3U;
	hash ^= hash >> 32;
	return (uint32_t)(hash * 0x9e3779b97f4a7c15U >> 32);
}

static void index_rows(struct tally *tally)
{
	size_t wanted = 2;

	while (wanted < tally->room * 2)
		wanted *= 2;
	if (wanted != tally->slot_count) {
		tally->slots = memory(tally->slots, wanted, sizeof *tally->slots);
		tally->slot_count = wanted;
	}
	memset(tally->slots, 0, wanted * sizeof *tally->slots);
	for (size_t i = 0; i < tally->count; i++) {
		size_t slot = tally->rows[i].hash & (wanted - 1);

		while (tally->slots[slot] != 0)
			slot = (slot + 1) & (wanted - 1);
		tally->slots[slot] = (uint32_t)i + 1;
	}
}

struct tally *tally_new(size_t cap)
{
	struct tally *tally = memory(NULL, 1, sizeof *tally);

	*tally = (struct tally){.cap = cap < LEAST_CAP ? LEAST_CAP : cap};
	tally->room = tally->cap < FIRST_ROWS ? tally->cap : FIRST_ROWS;
	tally->rows = memory(NULL, tally->room, sizeof *tally->rows);
	tally->others.key = tally->others.note = tally->others.more = "";
	index_rows(tally);
	return tally;
}

static void forget_note(struct tally_row *row)
{
	if (row->note[0] != '\0')
		free((void *)(uintptr_t)row->note);
	if (row->more[0] != '\0')
		free((void *)(uintptr_t)row->more);
	row->note = row->more = "";
}

static void row_free(struct tally_row *row)
{
	free((void *)(uintptr_t)row->key);
	forget_note(row);
}

void tally_free(struct tally **tally)
{
	if (tally == NULL || *tally == NULL)
		return;
	for (size_t i = 0; i < (*tally)->count; i++)
		row_free(&(*tally)->rows[i]);
	free((*tally)->rows);
	free((*tally)->slots);
	free(*tally);
	*tally = NULL;
}

static void merge(struct tally_row *into, const struct tally_row *row)
{
	into->count += row->count;
	into->main += row->main;
	into->spf_bad += row->spf_bad;
	into->dkim_bad += row->dkim_bad;
	into->caused += row->caused;
	for (int i = 0; i < OUTCOME_COUNT; i++)
		into->outcomes[i] += row->outcomes[i];
	if (into->first == 0 || (row->first != 0 && row->first < into->first))
		into->first = row->first;
	if (row->last > into->last)
		into->last = row->last;
}

/* The least count such that at least half of the rows have no more. */
static uint32_t low_count(const struct tally *tally)
{
	for (uint32_t level = 1;; level *= 2) {
		size_t low = 0;

		for (size_t i = 0; i < tally->count; i++)
			low += tally->rows[i].count <= level;
		if (low * 2 >= tally->count || level > UINT32_MAX / 2)
			return level;
	}
}

static void give_up_rare(struct tally *tally)
{
	uint32_t low = low_count(tally);
	size_t kept = 0;

	for (size_t i = 0; i < tally->count; i++) {
		struct tally_row *row = &tally->rows[i];

		if (row->count > low) {
			tally->rows[kept++] = *row;
			continue;
		}
		if (row->count > tally->others_most)
			tally->others_most = row->count;
		merge(&tally->others, row);
		row_free(row);
	}
	tally->count = kept;
	index_rows(tally);
}

static void make_room(struct tally *tally)
{
	if (tally->count < tally->room)
		return;
	if (tally->room < tally->cap) {
		tally->room = tally->room * 2 < tally->cap ? tally->room * 2 : tally->cap;
		tally->rows = memory(tally->rows, tally->room, sizeof *tally->rows);
		index_rows(tally);
	} else {
		give_up_rare(tally);
	}
}

static struct tally_row *row_of(const struct tally *tally, struct span key, uint32_t hash, size_t *slot)
{
	*slot = hash & (tally->slot_count - 1);
	for (; tally->slots[*slot] != 0; *slot = (*slot + 1) & (tally->slot_count - 1)) {
		struct tally_row *row = &tally->rows[tally->slots[*slot] - 1];

		if (row->hash == hash && row->key_len == key.len && memcmp(row->key, key.at, key.len) == 0)
			return row;
	}
	return NULL;
}

static char *copy(struct span text)
{
	char *octets = memory(NULL, text.len + 1, 1);

	memcpy(octets, text.at, text.len);
	octets[text.len] = '\0';
	return octets;
}

struct tally_row *tally_add(struct tally *tally, struct span key, int64_t time)
{
	uint32_t hash = hash_of(tally, key);
	size_t slot;
	struct tally_row *row = row_of(tally, key, hash, &slot);

	if (row == NULL) {
		make_room(tally);
		(void)row_of(tally, key, hash, &slot);
		row = &tally->rows[tally->count++];
		*row = (struct tally_row){.key = copy(key),
			.key_len = (uint32_t)key.len,
			.hash = hash,
			.at_least = tally->others.count > 0,
			.first = time,
			.last = time,
			.note = "",
			.more = ""};
		tally->slots[slot] = (uint32_t)tally->count;
	}
	row->count++;
	if (time != 0 && (row->first == 0 || time < row->first))
		row->first = time;
	if (time > row->last)
		row->last = time;
	return row;
}

static struct span cut(struct span text, size_t max)
{
	if (text.len <= max)
		return text;
	while (max > 0 && ((unsigned char)text.at[max] & 0xc0) == 0x80)
		max--; /* not inside a character */
	return (struct span){text.at, max};
}

/* What is "" in the end is no copy: nobody would free it. */
static const char *noted(struct span text, size_t max)
{
	text = cut(text, max);
	return text.len > 0 && text.at[0] != '\0' ? copy(text) : "";
}

void tally_note(struct tally_row *row, struct span note, struct span more, size_t max)
{
	forget_note(row);
	row->note = noted(note, max);
	row->more = noted(more, max);
}

static int compare_keys(const struct tally_row *a, const struct tally_row *b)
{
	size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
	int order = memcmp(a->key, b->key, len);

	return order != 0 ? order : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

static int by_count(const void *left, const void *right)
{
	const struct tally_row *a = *(const struct tally_row *const *)left;
	const struct tally_row *b = *(const struct tally_row *const *)right;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return compare_keys(a, b);
}

static int by_key(const void *left, const void *right)
{
	return compare_keys(*(const struct tally_row *const *)left, *(const struct tally_row *const *)right);
}

static size_t sorted(const struct tally *tally, const struct tally_row **list, size_t max,
	int (*order)(const void *, const void *))
{
	const struct tally_row **all = memory(NULL, tally->count + 1, sizeof(const struct tally_row *));
	size_t given = tally->count < max ? tally->count : max;

	for (size_t i = 0; i < tally->count; i++)
		all[i] = &tally->rows[i];
	qsort(all, tally->count, sizeof(const struct tally_row *), order);
	for (size_t i = 0; i < given; i++)
		list[i] = all[i];
	free(all);
	return given;
}

size_t tally_top(const struct tally *tally, const struct tally_row **list, size_t max)
{
	return sorted(tally, list, max, by_count);
}

size_t tally_sorted_by_key(const struct tally *tally, const struct tally_row **list, size_t max)
{
	return sorted(tally, list, max, by_key);
}

size_t tally_worst(const struct tally *tally, const struct tally_row **list, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < tally_size(tally); i++) {
		const struct tally_row *row = tally_at(tally, i);
		size_t at = count < max ? count : max - 1;

		if (row->outcomes[OUTCOME_FAIL] == 0 ||
			(count == max &&
				list[max - 1]->outcomes[OUTCOME_FAIL] >= row->outcomes[OUTCOME_FAIL]))
			continue;
		for (; at > 0 && list[at - 1]->outcomes[OUTCOME_FAIL] < row->outcomes[OUTCOME_FAIL]; at--)
			list[at] = list[at - 1];
		list[at] = row;
		count += count < max;
	}
	return count;
}

size_t tally_size(const struct tally *tally)
{
	return tally->count;
}

const struct tally_row *tally_find(const struct tally *tally, struct span key)
{
	size_t slot;

	return row_of(tally, key, hash_of(tally, key), &slot);
}

const struct tally_row *tally_at(const struct tally *tally, size_t i)
{
	return &tally->rows[i];
}

const struct tally_row *tally_others(const struct tally *tally)
{
	return &tally->others;
}

uint32_t tally_others_most(const struct tally *tally)
{
	return tally->others_most;
}
