#include "store/database.h"

#include "store/engine.h"

#include <stdlib.h>
#include <string.h>

struct database {
	const struct engine *engine;
	void *self;
};

static const struct engine *const engines[] = {&sqlite_engine, &postgres_engine};

struct database *database_open(const char *where, bool may_write, struct fault *fault)
{
	return database_open_patiently(where, may_write, &(struct patience){NULL, NULL}, fault);
}

struct database *database_open_patiently(
	const char *where, bool may_write, const struct patience *patience, struct fault *fault)
{
	for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
		size_t len = strlen(engines[i]->scheme);
		struct database *database;
		void *self;

		if (strncmp(where, engines[i]->scheme, len) != 0)
			continue;
		self = engines[i]->open(where + len, may_write, patience, fault);
		if (self == NULL)
			return NULL;
		database = calloc(1, sizeof *database);
		if (database == NULL)
			abort();
		*database = (struct database){engines[i], self};
		return database;
	}
	fault_set(fault, "no engine for store \"%.60s\"", where);
	return NULL;
}

void database_close(struct database **database)
{
	if (*database == NULL)
		return;
	(*database)->engine->close((*database)->self);
	free(*database);
	*database = NULL;
}

bool database_put(struct database *database, const struct row *rows, size_t count, struct fault *fault)
{
	return database->engine->put(database->self, rows, count, fault);
}

bool database_prune(
	struct database *database, int64_t before, uint64_t most_octets, bool *left, struct fault *fault)
{
	return database->engine->prune(database->self, before, most_octets, left, fault);
}

bool database_select(struct database *database, const struct selection *selection,
	bool (*take)(void *self, const struct row *row), void *self, struct fault *fault)
{
	return database->engine->select(database->self, selection, take, self, fault);
}

bool database_keys_origin(struct database *database, char origin[KEYS_ORIGIN_SIZE], struct fault *fault)
{
	origin[0] = '\0';
	return database->engine->keys_origin == NULL ||
	       database->engine->keys_origin(database->self, origin, fault);
}

bool database_keys_put(struct database *database, const struct remembered_keys *keys, struct fault *fault)
{
	return database->engine->keys_put == NULL || database->engine->keys_put(database->self, keys, fault);
}

bool database_keys_since(struct database *database, struct key_parcel *parcel, size_t max,
	struct arena *arena, struct fault *fault)
{
	if (database->engine->keys_since != NULL)
		return database->engine->keys_since(database->self, parcel, max, arena, fault);
	parcel->keys.count = 0;
	parcel->more = false;
	return true;
}
