/* The body as it arrived, kept for the diagnosis up to a limit: in pieces, joined only when wanted. */
#ifndef INSPECT_KEPT_BODY_H
#define INSPECT_KEPT_BODY_H

#include "base/text.h"

struct arena;

enum { BODY_PIECES_MAX = 2048 }; /* the MTA sends up to 64 KB in one piece */

struct kept_body {
	struct arena *arena;
	struct span *pieces; /* in the arena, as many as there were */
	size_t count, places;
	size_t size, limit; /* octets */
	bool whole;         /* nothing was left out */
};

void kept_body_begin(struct kept_body *body, struct arena *arena, size_t limit);
void kept_body_add(struct kept_body *body, const char *octets, size_t len);

/* All of it in one; empty when something was left out. */
struct span kept_body_octets(struct kept_body *body);

#endif
