/* The file of the key memory as such: opened, made, and set aside when it is damaged. Not thread-safe. */
#ifndef MEMORY_KEY_STORE_H
#define MEMORY_KEY_STORE_H

#include "base/fault.h"
#include "facts/remembered_key.h"

#include <stdbool.h>

struct arena;
struct key_store;

/* NULL with the reason in fault. A damaged file is renamed to PATH.damaged, and a new one begun. */
struct key_store *key_store_open(const char *path, struct fault *fault);
void key_store_close(struct key_store **store);

/* Closes it; after damage the file is renamed too, so that the next opening begins a new one. True then. */
bool key_store_set_aside(struct key_store **store, const char *path);

/* Is the file still the one at the path? Somebody may have deleted it. */
bool key_store_is_in_place(const struct key_store *store, const char *path);

/* False with the reason in fault: set it aside then. */
bool key_store_write(
	struct key_store *store, const struct remembered_key *key, int64_t now, struct fault *fault);
bool key_store_read(struct key_store *store, const char *domain, struct arena *arena,
	struct remembered_keys *keys, struct fault *fault);

/* How far the exchange with other machines is: last_seen of what was sent, the sender's own count of what
 * came. origin names the place they share; one that is not known begins at 0. */
struct key_marks {
	int64_t sent, got;
};
bool key_store_marks(
	struct key_store *store, const char *origin, struct key_marks *marks, struct fault *fault);
bool key_store_set_marks(
	struct key_store *store, const char *origin, const struct key_marks *marks, struct fault *fault);

/* Keys seen since then, the oldest first, at most max. */
bool key_store_since(struct key_store *store, int64_t since, size_t max, struct arena *arena,
	struct remembered_keys *keys, struct fault *fault);

/* Keys that others saw, with their last_seen; all of them or none. False without a reason in fault: somebody
 * else writes just now. */
bool key_store_merge(struct key_store *store, const struct remembered_keys *keys, struct fault *fault);

#endif
