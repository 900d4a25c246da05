/* Keys that verified on one machine, for all that share a PostgreSQL (memory/): few, bounded, and each
 * written at most twice a day, by whoever saw it first. */
#ifndef STORE_SHARED_KEYS_H
#define STORE_SHARED_KEYS_H

#include "store/database.h"

struct server;

/* Their tables; of version 3 of the store. */
extern const char shared_keys_tables[];

/* As the functions database_keys_…; what is too old goes with shared_keys_prune. */
bool shared_keys_origin(struct server *server, char origin[KEYS_ORIGIN_SIZE], struct fault *fault);
bool shared_keys_put(struct server *server, const struct remembered_keys *keys, struct fault *fault);
bool shared_keys_since(struct server *server, struct key_parcel *parcel, size_t max, struct arena *arena,
	struct fault *fault);
bool shared_keys_prune(struct server *server, struct fault *fault);

#endif
