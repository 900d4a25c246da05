#include "base/chunk_pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

enum {
	SLAB_OCTETS = 64 * ARENA_CHUNK, /* aligned to its size: a chunk tells its slab by its address */
	EMPTY_MAX = 4,                  /* slabs kept for the next messages */
};

/* In the place of its first chunk. */
struct slab {
	struct slab *next, *previous; /* in the list that it is in */
	struct returned *returned;    /* the one that came last is taken first: it is in the caches */
	unsigned taken;               /* chunks that are with somebody */
	unsigned fresh; /* of those behind, none was taken yet: the kernel has given nothing for them */
};

struct returned {
	struct returned *older;
};

enum { CHUNKS = SLAB_OCTETS / ARENA_CHUNK };

static struct {
	pthread_mutex_t lock;
	struct slab *giving; /* those with chunks here and chunks with somebody */
	struct slab *empty;  /* for when these have nothing left */
	unsigned empty_count;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void list_add(struct slab *slab)
{
	slab->previous = NULL;
	slab->next = pool.giving;
	if (slab->next != NULL)
		slab->next->previous = slab;
	pool.giving = slab;
}

static void list_remove(struct slab *slab)
{
	if (slab->next != NULL)
		slab->next->previous = slab->previous;
	if (slab->previous != NULL)
		slab->previous->next = slab->next;
	else
		pool.giving = slab->next;
}

/* The kernel aligns to pages only: what is too much on both sides goes back at once. */
static struct slab *slab_new(void)
{
	char *octets =
		mmap(NULL, 2 * SLAB_OCTETS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;
	struct slab *slab;

	if (octets == MAP_FAILED)
		return NULL;
	before = (SLAB_OCTETS - (uintptr_t)octets % SLAB_OCTETS) % SLAB_OCTETS;
	if (before > 0)
		(void)munmap(octets, before);
	(void)munmap(octets + before + SLAB_OCTETS, SLAB_OCTETS - before);
	slab = (void *)(octets + before);
	*slab = (struct slab){.fresh = 1};
	return slab;
}

static struct slab *slab_with_chunks(void)
{
	struct slab *slab = pool.giving;

	if (slab != NULL)
		return slab;
	slab = pool.empty;
	if (slab != NULL) {
		pool.empty = slab->next;
		pool.empty_count--;
	} else {
		slab = slab_new();
	}
	if (slab != NULL)
		list_add(slab);
	return slab;
}

static void *slab_take(struct slab *slab)
{
	void *chunk = slab->returned;

	if (chunk != NULL)
		slab->returned = slab->returned->older;
	else
		chunk = (char *)slab + (size_t)slab->fresh++ * ARENA_CHUNK;
	slab->taken++;
	if (slab->taken == CHUNKS - 1)
		list_remove(slab);
	return chunk;
}

static void *take(void)
{
	struct slab *slab;
	void *chunk;

	(void)pthread_mutex_lock(&pool.lock);
	slab = slab_with_chunks();
	chunk = slab != NULL ? slab_take(slab) : NULL;
	(void)pthread_mutex_unlock(&pool.lock);
	return chunk;
}

/* True when nobody needs the slab any more. */
static bool slab_give(struct slab *slab, struct returned *chunk)
{
	chunk->older = slab->returned;
	slab->returned = chunk;
	if (slab->taken-- == CHUNKS - 1)
		list_add(slab);
	if (slab->taken > 0)
		return false;
	list_remove(slab);
	if (pool.empty_count == EMPTY_MAX)
		return true;
	slab->next = pool.empty;
	pool.empty = slab;
	pool.empty_count++;
	return false;
}

static void give(void *chunk)
{
	struct slab *slab = (void *)((char *)chunk - (uintptr_t)chunk % SLAB_OCTETS);
	bool useless;

	(void)pthread_mutex_lock(&pool.lock);
	useless = slab_give(slab, chunk);
	(void)pthread_mutex_unlock(&pool.lock);
	if (useless)
		(void)munmap(slab, SLAB_OCTETS);
}

const struct arena_source chunk_pool = {take, give};
