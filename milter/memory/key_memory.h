/* Keys that verified messages here: so that a key which was changed too early, or a domain which signs
 * otherwise, is recognised. A small SQLite file, shared by all workers and bounded in size; it may be
 * deleted at any time, and nothing depends on it. Whatever goes wrong is complained about once a
 * minute at most, and mail goes on without it. */
#ifndef MEMORY_KEY_MEMORY_H
#define MEMORY_KEY_MEMORY_H

#include "facts/remembered_key.h"

#include <stdbool.h>

struct arena;
struct key_memory;

struct key_memory_listener {
	void (*complain)(void *self, const char *text); /* from any thread; may be NULL */
	void *self;
};

/* Never fails: a file that cannot be opened is tried again later. Thread-safe from here on. */
struct key_memory *key_memory_open(const char *path, struct key_memory_listener listener);
void key_memory_close(struct key_memory **memory);

/* Is it worth writing down? At most once a day per key; asks no file. */
bool key_memory_is_due(struct key_memory *memory, const struct remembered_key *key, int64_t now);

/* The key verified a message now; its last_seen is not looked at. Waits for the file. */
void key_memory_remember(struct key_memory *memory, const struct remembered_key *key, int64_t now);

/* The keys of one domain, the latest first, at most KEYS_PER_DOMAIN. Waits for the file. */
enum { KEYS_PER_DOMAIN = 16 };
struct remembered_keys key_memory_of(struct key_memory *memory, const char *domain, struct arena *arena);

/* What the writer of the store exchanges with other machines (service/key_exchange): as the functions of
 * key_store.h. False when nothing was done: the file is not there, or busy. */
struct key_marks;
bool key_memory_marks(struct key_memory *memory, const char *origin, struct key_marks *marks);
bool key_memory_set_marks(struct key_memory *memory, const char *origin, const struct key_marks *marks);
bool key_memory_since(struct key_memory *memory, int64_t since, size_t max, struct arena *arena,
	struct remembered_keys *keys);
bool key_memory_merge(struct key_memory *memory, const struct remembered_keys *keys);

#endif
