/* Stored answers by question, bounded in entries and octets: the longest unused gives way. One shard
 * of the cache; its lock is the caller's. */
#ifndef DNS_ANSWER_TABLE_H
#define DNS_ANSWER_TABLE_H

#include "dns/stored_answer.h"

struct answer_entry;

struct answer_table {
	struct answer_entry **buckets;
	size_t bucket_count; /* a power of two */
	size_t entries, max_entries, octets, max_octets;
	struct answer_entry *oldest, *newest; /* by last use */
};

void answer_table_init(struct answer_table *table, size_t max_entries, size_t max_octets);
void answer_table_empty(struct answer_table *table); /* gives back all memory */

/* Adds a holder of its own; takes the place of an older answer to the same question. */
void answer_table_add(struct answer_table *table, uint64_t hash, struct stored_answer *stored);

/* A fresh answer with one holder more for the caller, or NULL. */
struct stored_answer *answer_table_find(
	struct answer_table *table, uint64_t hash, const struct question *question, int64_t now_ms);

bool question_equal(const struct question *a, const struct question *b);

#endif
