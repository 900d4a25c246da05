/* Memory that lives as long as one message: allocated piecewise, given back all at once.
 * Never returns NULL: sizes are bounded by the callers, and when memory itself ends the worker
 * ends (the supervisor starts another, the MTA tries the message again). Not thread-safe. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena **arena);

/* Forgets everything handed out; keeps 1 KB. */
void arena_reset(struct arena *arena);

/* Octets in use, for limits and metrics. */
size_t arena_used(const struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same, not zeroed: for those who fill it at once, or never look behind what they wrote. */
void *arena_room(struct arena *arena, size_t size);

/* The array, zeroed; the product of the sizes is checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy with a NUL behind it; the octets themselves may contain NULs. */
char *arena_copy(struct arena *arena, const char *octets, size_t len);
char *arena_text(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For what is tried and thrown away: arena_rewind forgets what was handed out since the mark. Marks nest. */
struct arena_mark {
	struct arena_chunk *newest, *aside;
	size_t newest_used, used;
};

struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

enum {
	ARENA_CHUNK = 4096, /* octets that an arena takes at a time; a larger piece comes from malloc */
	ARENA_HALF = 2032,  /* for those who can take their memory in pieces: two of these fill a chunk */
};

/* Where chunks come from and go to. Any thread. */
struct arena_source {
	void *(*take)(void); /* ARENA_CHUNK octets, aligned for any type; NULL: there are none */
	void (*give)(void *chunk);
};

/* For all arenas made from now on, before there are threads; otherwise it is malloc. */
void arena_draw_from(const struct arena_source *source);

#endif
