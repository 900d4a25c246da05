/* The body as it arrived, kept for the diagnosis up to a limit: in pieces, joined only when wanted. */
#ifndef INSPECT_KEPT_BODY_H
#define INSPECT_KEPT_BODY_H

#include "base/text.h"

#include <stdbool.h>

struct arena;
struct body_piece;

struct kept_body {
	struct arena *arena; /* for nothing else, so that it can be emptied before the message is over */
	struct body_piece *first, *last;
	size_t size, limit; /* octets */
	bool whole;         /* nothing was left out */
};

/* Empties the arena. */
void kept_body_begin(struct kept_body *body, struct arena *arena, size_t limit);
void kept_body_add(struct kept_body *body, const char *octets, size_t len);

/* All of it in one, in another arena; empty when something was left out. Once: the pieces go. */
struct span kept_body_join(struct kept_body *body, struct arena *arena);

/* When nobody will want it. */
void kept_body_forget(struct kept_body *body);

#endif
