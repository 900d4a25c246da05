#include "base/arena.h"

#include "base/arena_guard.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OWN_SIZE = 1024, /* of an arena with its own chunk: many hold a few short texts */
	ALIGNMENT = 16,
	BRIEF_SIZE = 256
};

struct arena_chunk {
	struct arena_chunk *older;
	size_t size, used;
	_Alignas(ALIGNMENT) char octets[];
};

enum { CHUNK_ROOM = ARENA_CHUNK - sizeof(struct arena_chunk) };

_Static_assert(2 * ARENA_HALF == CHUNK_ROOM && ARENA_HALF % ALIGNMENT == 0, "two halves fill a chunk");

struct arena {
	_Alignas(ALIGNMENT) const struct arena_source *source;
	struct arena_chunk *own;    /* right behind this */
	struct arena_chunk *newest; /* the oldest of these is the own one */
	struct arena_chunk *aside;  /* each for one piece that was too large for the newest */
	size_t used;
};

static void *take_from_heap(void)
{
	return malloc(ARENA_CHUNK);
}

static const struct arena_source heap = {take_from_heap, free};
static const struct arena_source *source_of_all = &heap;

void arena_draw_from(const struct arena_source *source)
{
	source_of_all = source;
}

/* All of it is free. */
static struct arena_chunk *chunk_begin(struct arena_chunk *chunk, size_t size, struct arena_chunk *older)
{
	if (chunk == NULL)
		abort();
	chunk->older = older;
	chunk->size = size;
	chunk->used = 0;
	ARENA_FORBID(chunk->octets, size);
	return chunk;
}

static struct arena_chunk *chunk_new(const struct arena *arena, size_t size, struct arena_chunk *older)
{
	if (size <= CHUNK_ROOM)
		return chunk_begin(arena->source->take(), CHUNK_ROOM, older);
	return chunk_begin(malloc(sizeof(struct arena_chunk) + size), size, older);
}

static void chunk_free(const struct arena *arena, struct arena_chunk *chunk)
{
	ARENA_ALLOW(chunk->octets, chunk->size);
	if (chunk->size == CHUNK_ROOM)
		arena->source->give(chunk);
	else
		free(chunk);
}

struct arena *arena_new(void)
{
	struct arena *arena = malloc(OWN_SIZE);

	if (arena == NULL)
		abort();
	*arena = (struct arena){.source = source_of_all, .own = (void *)(arena + 1)};
	arena->newest = chunk_begin(arena->own, OWN_SIZE - sizeof *arena - sizeof(struct arena_chunk), NULL);
	return arena;
}

void arena_free(struct arena **arena)
{
	if (arena == NULL || *arena == NULL)
		return;
	arena_reset(*arena);
	ARENA_ALLOW((*arena)->own->octets, (*arena)->own->size);
	free(*arena);
	*arena = NULL;
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){arena->newest, arena->aside, arena->newest->used, arena->used};
}

static void drop_until(const struct arena *arena, struct arena_chunk **newest, const struct arena_chunk *last)
{
	while (*newest != last) {
		struct arena_chunk *chunk = *newest;

		*newest = chunk->older;
		chunk_free(arena, chunk);
	}
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	drop_until(arena, &arena->newest, mark.newest);
	drop_until(arena, &arena->aside, mark.aside);
	arena->newest->used = mark.newest_used;
	arena->used = mark.used;
	ARENA_FORBID(mark.newest->octets + mark.newest_used, mark.newest->size - mark.newest_used);
}

void arena_reset(struct arena *arena)
{
	arena_rewind(arena, (struct arena_mark){.newest = arena->own});
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}

static size_t chunk_left(const struct arena_chunk *chunk)
{
	return chunk->size - chunk->used;
}

/* A chunk with room for the piece. It is put aside when the newest has more left than this one will have. */
static struct arena_chunk *chunk_for(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk;

	if (chunk_left(arena->newest) >= size)
		return arena->newest;
	if (size > CHUNK_ROOM || CHUNK_ROOM - size < chunk_left(arena->newest)) {
		chunk = chunk_new(arena, size, arena->aside);
		arena->aside = chunk;
	} else {
		chunk = chunk_new(arena, size, arena->newest);
		arena->newest = chunk;
	}
	return chunk;
}

void *arena_room(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk;
	char *memory;
	size_t room;

	if (size > SIZE_MAX / 2)
		abort();
	room = (size + ARENA_GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	chunk = chunk_for(arena, room);
	memory = chunk->octets + chunk->used;
	chunk->used += room;
	arena->used += room;
	ARENA_ALLOW(memory, size);
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
