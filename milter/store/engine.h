/* What an engine of database.h has to do; its functions as those of the same names there. */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "store/database.h"
#include "store/patience.h"

struct engine {
	const char *scheme; /* "sqlite:" */
	void *(*open)(
		const char *where, bool may_write, const struct patience *patience, struct fault *fault);
	void (*close)(void *self);
	bool (*put)(void *self, const struct row *rows, size_t count, struct fault *fault);
	bool (*prune)(void *self, int64_t before, uint64_t most_octets, bool *left, struct fault *fault);
	bool (*select)(void *self, const struct selection *selection,
		bool (*take)(void *taker, const struct row *row), void *taker, struct fault *fault);
	/* NULL: what this engine has is of one machine */
	bool (*keys_origin)(void *self, char origin[KEYS_ORIGIN_SIZE], struct fault *fault);
	bool (*keys_put)(void *self, const struct remembered_keys *keys, struct fault *fault);
	bool (*keys_since)(
		void *self, struct key_parcel *parcel, size_t max, struct arena *arena, struct fault *fault);
};

extern const struct engine sqlite_engine, postgres_engine;

#endif
