#include "memory/key_memory.h"

#include "base/clock.h"
#include "memory/key_store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RECENT_SLOTS = 8192, /* keys of the day, known without the file: 64 KB */
	QUIET_MS = 60000,    /* between complaints, and between attempts to open */
	DAY = 86400,
};

struct key_memory {
	char *path;
	struct key_memory_listener listener;
	pthread_mutex_t lock; /* over all that follows */
	struct key_store *store;
	int64_t closed_until_ms, quiet_until_ms;
	uint64_t recent[RECENT_SLOTS]; /* hashes of key and day */
};

/* FNV-1a: a collision only means that a key is written a day later. */
static uint64_t hash_of(const struct remembered_key *key, int64_t now)
{
	const char *parts[] = {key->domain, key->selector, key->p};
	uint64_t hash = 0xcbf29ce484222325u ^ (uint64_t)(now / DAY);

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		for (const char *c = parts[i]; *c != '\0'; c++)
			hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
		hash = (hash ^ 0x100u) * 0x100000001b3u;
	}
	return hash;
}

struct key_memory *key_memory_open(const char *path, struct key_memory_listener listener)
{
	struct key_memory *memory = calloc(1, sizeof *memory);

	if (memory == NULL || (memory->path = strdup(path)) == NULL)
		abort();
	memory->listener = listener;
	memory->closed_until_ms = memory->quiet_until_ms = clock_monotonic_ms();
	(void)pthread_mutex_init(&memory->lock, NULL);
	return memory;
}

void key_memory_close(struct key_memory **memory)
{
	if (memory == NULL || *memory == NULL)
		return;
	key_store_close(&(*memory)->store);
	(void)pthread_mutex_destroy(&(*memory)->lock);
	free((*memory)->path);
	free(*memory);
	*memory = NULL;
}

/* Locked. Opened again in a minute, a damaged one at once and anew. */
static void out_of_order(struct key_memory *memory, const struct fault *why)
{
	int64_t now_ms = clock_monotonic_ms();
	char text[sizeof why->text + 512];
	bool anew = memory->store != NULL && key_store_set_aside(&memory->store, memory->path);

	memory->closed_until_ms = anew ? now_ms : now_ms + QUIET_MS;
	if (now_ms < memory->quiet_until_ms || memory->listener.complain == NULL)
		return;
	memory->quiet_until_ms = now_ms + QUIET_MS;
	(void)snprintf(text, sizeof text, "key-memory %.400s: %s; %s", memory->path, why->text,
		anew ? "damaged, a new one is begun" : "going on without it for a minute");
	memory->listener.complain(memory->listener.self, text);
}

/* Locked. */
static bool is_open(struct key_memory *memory)
{
	struct fault fault = {""};

	if (memory->store != NULL && key_store_is_in_place(memory->store, memory->path))
		return true;
	if (memory->store == NULL && clock_monotonic_ms() < memory->closed_until_ms)
		return false;
	key_store_close(&memory->store);
	memory->store = key_store_open(memory->path, &fault);
	if (memory->store == NULL)
		out_of_order(memory, &fault);
	return memory->store != NULL;
}

bool key_memory_is_due(struct key_memory *memory, const struct remembered_key *key, int64_t now)
{
	uint64_t hash = hash_of(key, now);
	bool due;

	(void)pthread_mutex_lock(&memory->lock);
	due = memory->recent[hash % RECENT_SLOTS] != hash;
	(void)pthread_mutex_unlock(&memory->lock);
	return due;
}

void key_memory_remember(struct key_memory *memory, const struct remembered_key *key, int64_t now)
{
	uint64_t hash = hash_of(key, now);
	struct fault fault = {""};

	(void)pthread_mutex_lock(&memory->lock);
	if (memory->recent[hash % RECENT_SLOTS] != hash) {
		memory->recent[hash % RECENT_SLOTS] = hash;
		if (is_open(memory) && !key_store_write(memory->store, key, now, &fault))
			out_of_order(memory, &fault);
	}
	(void)pthread_mutex_unlock(&memory->lock);
}

struct remembered_keys key_memory_of(struct key_memory *memory, const char *domain, struct arena *arena)
{
	struct remembered_keys keys = {.count = 0};
	struct fault fault = {""};

	(void)pthread_mutex_lock(&memory->lock);
	if (is_open(memory) && !key_store_read(memory->store, domain, arena, &keys, &fault))
		out_of_order(memory, &fault);
	(void)pthread_mutex_unlock(&memory->lock);
	return keys;
}

/* Locked before. */
static bool unlock(struct key_memory *memory, bool good, const struct fault *fault)
{
	if (!good && memory->store != NULL && fault->text[0] != '\0')
		out_of_order(memory, fault);
	(void)pthread_mutex_unlock(&memory->lock);
	return good;
}

bool key_memory_marks(struct key_memory *memory, const char *origin, struct key_marks *marks)
{
	struct fault fault = {""};

	(void)pthread_mutex_lock(&memory->lock);
	return unlock(
		memory, is_open(memory) && key_store_marks(memory->store, origin, marks, &fault), &fault);
}

bool key_memory_set_marks(struct key_memory *memory, const char *origin, const struct key_marks *marks)
{
	struct fault fault = {""};

	(void)pthread_mutex_lock(&memory->lock);
	return unlock(
		memory, is_open(memory) && key_store_set_marks(memory->store, origin, marks, &fault), &fault);
}

bool key_memory_since(struct key_memory *memory, int64_t since, size_t max, struct arena *arena,
	struct remembered_keys *keys)
{
	struct fault fault = {""};

	(void)pthread_mutex_lock(&memory->lock);
	return unlock(memory,
		is_open(memory) && key_store_since(memory->store, since, max, arena, keys, &fault), &fault);
}

bool key_memory_merge(struct key_memory *memory, const struct remembered_keys *keys)
{
	struct fault fault = {""};

	(void)pthread_mutex_lock(&memory->lock);
	return unlock(memory, is_open(memory) && key_store_merge(memory->store, keys, &fault), &fault);
}
