#include "inspect/kept_body.h"

#include "base/arena.h"

#include <string.h>

struct body_piece {
	struct body_piece *next;
	size_t size, len;
	char octets[];
};

enum { PIECE_MAX = ARENA_HALF - sizeof(struct body_piece) };

void kept_body_begin(struct kept_body *body, struct arena *arena, size_t limit)
{
	*body = (struct kept_body){.arena = arena, .limit = limit, .whole = true};
	arena_reset(arena);
}

/* Most bodies come at once, and many are short. When more comes it may come octet by octet. */
static struct body_piece *piece_add(struct kept_body *body, size_t len, bool more_to_come)
{
	size_t size = len < PIECE_MAX && !more_to_come ? len : PIECE_MAX;
	struct body_piece *piece = arena_room(body->arena, sizeof *piece + size);

	*piece = (struct body_piece){.size = size};
	if (body->last != NULL)
		body->last->next = piece;
	else
		body->first = piece;
	body->last = piece;
	return piece;
}

void kept_body_add(struct kept_body *body, const char *octets, size_t len)
{
	bool goes_on = body->size > 0;

	if (!body->whole)
		return;
	if (len > body->limit - body->size) {
		body->whole = false;
		return;
	}
	body->size += len;
	while (len > 0) {
		struct body_piece *piece = body->last;
		size_t part;

		if (piece == NULL || piece->len == piece->size)
			piece = piece_add(body, len, goes_on);
		part = piece->size - piece->len < len ? piece->size - piece->len : len;
		memcpy(piece->octets + piece->len, octets, part);
		piece->len += part;
		octets += part;
		len -= part;
	}
}

struct span kept_body_join(struct kept_body *body, struct arena *arena)
{
	char *joined, *to;

	if (!body->whole || body->first == NULL)
		return (struct span){"", 0};
	joined = to = arena_room(arena, body->size + 1);
	for (const struct body_piece *piece = body->first; piece != NULL; piece = piece->next) {
		memcpy(to, piece->octets, piece->len);
		to += piece->len;
	}
	*to = '\0';
	kept_body_forget(body);
	return (struct span){joined, body->size};
}

void kept_body_forget(struct kept_body *body)
{
	arena_reset(body->arena);
	body->first = body->last = NULL;
}
