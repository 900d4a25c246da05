#include "dns/answer_table.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS_MIN = 64 };

struct answer_entry {
	struct answer_entry *next; /* in the bucket */
	struct answer_entry *older, *newer;
	uint64_t hash;
	struct stored_answer *stored;
};

static void *zeroed(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		abort();
	return memory;
}

void answer_table_init(struct answer_table *table, size_t max_entries, size_t max_octets)
{
	*table = (struct answer_table){.max_entries = max_entries, .max_octets = max_octets};
	table->bucket_count = BUCKETS_MIN;
	while (table->bucket_count < max_entries)
		table->bucket_count *= 2;
	table->buckets = zeroed(table->bucket_count, sizeof(struct answer_entry *));
}

/* The high bits: the low ones chose the shard. */
static struct answer_entry **bucket_of(const struct answer_table *table, uint64_t hash)
{
	return &table->buckets[hash >> 32 & (table->bucket_count - 1)];
}

static size_t size_of(const struct stored_answer *stored)
{
	return stored_answer_size(stored) + sizeof(struct answer_entry);
}

static void unlink_use(struct answer_table *table, const struct answer_entry *entry)
{
	*(entry->older == NULL ? &table->oldest : &entry->older->newer) = entry->newer;
	*(entry->newer == NULL ? &table->newest : &entry->newer->older) = entry->older;
}

static void link_newest(struct answer_table *table, struct answer_entry *entry)
{
	entry->newer = NULL;
	entry->older = table->newest;
	*(table->newest == NULL ? &table->oldest : &table->newest->newer) = entry;
	table->newest = entry;
}

static void remove_entry(struct answer_table *table, struct answer_entry *entry)
{
	struct answer_entry **at = bucket_of(table, entry->hash);

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	unlink_use(table, entry);
	table->entries--;
	table->octets -= size_of(entry->stored);
	stored_answer_drop(&entry->stored);
	free(entry);
}

void answer_table_empty(struct answer_table *table)
{
	while (table->oldest != NULL)
		remove_entry(table, table->oldest);
	free(table->buckets);
	table->buckets = NULL;
}

bool question_equal(const struct question *a, const struct question *b)
{
	return a->type == b->type && a->mode == b->mode && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->server, b->server) == 0;
}

static struct answer_entry *find_entry(
	const struct answer_table *table, uint64_t hash, const struct question *question)
{
	struct answer_entry *at = *bucket_of(table, hash);

	while (at != NULL &&
		(at->hash != hash || !question_equal(&stored_answer_look(at->stored)->asked, question)))
		at = at->next;
	return at;
}

void answer_table_add(struct answer_table *table, uint64_t hash, struct stored_answer *stored)
{
	struct answer_entry *entry = find_entry(table, hash, &stored_answer_look(stored)->asked), **bucket;
	size_t octets = size_of(stored);

	if (entry != NULL)
		remove_entry(table, entry);
	if (octets > table->max_octets || table->max_entries == 0)
		return;
	while (table->entries >= table->max_entries || table->octets + octets > table->max_octets)
		remove_entry(table, table->oldest);
	entry = zeroed(1, sizeof *entry);
	entry->hash = hash;
	entry->stored = stored_answer_hold(stored);
	bucket = bucket_of(table, hash);
	entry->next = *bucket;
	*bucket = entry;
	link_newest(table, entry);
	table->entries++;
	table->octets += octets;
}

struct stored_answer *answer_table_find(
	struct answer_table *table, uint64_t hash, const struct question *question, int64_t now_ms)
{
	struct answer_entry *entry = find_entry(table, hash, question);

	if (entry == NULL)
		return NULL;
	if (!stored_answer_is_fresh(entry->stored, now_ms)) {
		remove_entry(table, entry);
		return NULL;
	}
	if (entry != table->newest) {
		unlink_use(table, entry);
		link_newest(table, entry);
	}
	return stored_answer_hold(entry->stored);
}
