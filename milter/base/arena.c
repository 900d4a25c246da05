#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SIZE = 1024, /* of the oldest chunk: many arenas hold a few short texts */
	CHUNK_SIZE = 16384,
	ALIGNMENT = 16,
	SPARE_MAX = 7,
	BRIEF_SIZE = 256
};

struct chunk {
	struct chunk *older;
	size_t size, used;
	_Alignas(ALIGNMENT) char octets[];
};

struct arena {
	struct chunk *newest;
	struct chunk *spare; /* of the standard size, kept over a reset: the next message needs as many */
	size_t spare_count;
	size_t used;
};

static struct chunk *chunk_new(size_t size, struct chunk *older)
{
	struct chunk *chunk = malloc(sizeof *chunk + size);

	if (chunk == NULL)
		abort();
	chunk->older = older;
	chunk->size = size;
	chunk->used = 0;
	return chunk;
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof *arena);

	if (arena == NULL)
		abort();
	arena->newest = chunk_new(FIRST_SIZE, NULL);
	return arena;
}

static struct chunk *chunk_for(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->spare;

	if (size > CHUNK_SIZE || chunk == NULL)
		return chunk_new(size > CHUNK_SIZE ? size : CHUNK_SIZE, arena->newest);
	arena->spare = chunk->older;
	arena->spare_count--;
	chunk->older = arena->newest;
	chunk->used = 0;
	return chunk;
}

/* Puts all chunks by but the oldest, which is small; frees those that are too many. */
static void drop_younger_chunks(struct arena *arena, size_t spare_max)
{
	while (arena->newest->older != NULL) {
		struct chunk *chunk = arena->newest;

		arena->newest = chunk->older;
		if (chunk->size != CHUNK_SIZE || arena->spare_count >= spare_max) {
			free(chunk);
			continue;
		}
		chunk->older = arena->spare;
		arena->spare = chunk;
		arena->spare_count++;
	}
}

void arena_free(struct arena **arena)
{
	if (arena == NULL || *arena == NULL)
		return;
	drop_younger_chunks(*arena, 0);
	while ((*arena)->spare != NULL) {
		struct chunk *older = (*arena)->spare->older;

		free((*arena)->spare);
		(*arena)->spare = older;
	}
	free((*arena)->newest);
	free(*arena);
	*arena = NULL;
}

void arena_reset(struct arena *arena)
{
	drop_younger_chunks(arena, SPARE_MAX);
	arena->newest->used = 0;
	arena->used = 0;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}

void *arena_room(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->newest;
	char *memory;

	if (size > SIZE_MAX / 2)
		abort();
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (chunk->size - chunk->used < size) {
		chunk = chunk_for(arena, size);
		arena->newest = chunk;
	}
	memory = chunk->octets + chunk->used;
	chunk->used += size;
	arena->used += size;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(arena_room(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / 2 / size)
		abort();
	return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *octets, size_t len)
{
	char *copy = arena_room(arena, len + 1);

	if (len > 0)
		memcpy(copy, octets, len);
	copy[len] = '\0';
	return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
	return arena_copy(arena, text, strlen(text));
}

/* Most texts are short: they are made once, and copied. */
char *arena_printf(struct arena *arena, const char *format, ...)
{
	char brief[BRIEF_SIZE];
	va_list args, again;
	char *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(brief, sizeof brief, format, args);
	va_end(args);
	if (len < 0)
		abort();
	text = arena_alloc(arena, (size_t)len + 1);
	if ((size_t)len < sizeof brief)
		memcpy(text, brief, (size_t)len);
	else
		(void)vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}
