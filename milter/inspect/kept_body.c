#include "inspect/kept_body.h"

#include "base/arena.h"
#include "base/buf.h"

#include <string.h>

enum { FIRST_PLACES = 8 };

void kept_body_begin(struct kept_body *body, struct arena *arena, size_t limit)
{
	*body = (struct kept_body){.arena = arena, .limit = limit, .whole = true};
}

/* The old places stay behind in the arena. */
static void make_place(struct kept_body *body)
{
	size_t places = body->places == 0 ? FIRST_PLACES : 2 * body->places;
	struct span *pieces;

	if (body->count < body->places)
		return;
	pieces = arena_array(body->arena, places, sizeof *pieces);
	if (body->count > 0)
		memcpy(pieces, body->pieces, body->count * sizeof *pieces);
	body->pieces = pieces;
	body->places = places;
}

void kept_body_add(struct kept_body *body, const char *octets, size_t len)
{
	if (!body->whole)
		return;
	if (body->count == BODY_PIECES_MAX || len > body->limit - body->size) {
		body->whole = false;
		return;
	}
	make_place(body);
	body->pieces[body->count++] = (struct span){arena_copy(body->arena, octets, len), len};
	body->size += len;
}

struct span kept_body_octets(struct kept_body *body)
{
	struct buf joined;

	if (!body->whole || body->count == 0)
		return (struct span){"", 0};
	if (body->count > 1) {
		joined = buf_in(body->arena);
		for (size_t i = 0; i < body->count; i++)
			buf_add(&joined, body->pieces[i].at, body->pieces[i].len);
		body->pieces[0] = (struct span){joined.data, joined.len};
		body->count = 1;
	}
	return body->pieces[0];
}
