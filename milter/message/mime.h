/* The MIME structure of a message, as far as the diagnosis needs it: where the parts lie and how they
 * are encoded (RFC 2045, 2046). Tolerant: what cannot be read is one part of unknown type. */
#ifndef MESSAGE_MIME_H
#define MESSAGE_MIME_H

#include "base/text.h"

struct arena;
struct header_list;

enum { MIME_PARTS_MAX = 200, MIME_DEPTH_MAX = 12 };

struct mime_part {
	struct span header;   /* with its line ends; empty for the message itself */
	struct span body;     /* without the line end that belongs to the boundary behind it */
	const char *type;     /* "text/plain", lower case */
	const char *encoding; /* "quoted-printable", lower case; "" when not given */
	const char *charset;  /* lower case, "" when not given */
	const char *boundary; /* of a multipart, else "" */
	bool closed;          /* a multipart whose last delimiter came */
	size_t parent;        /* index; its own for the message itself */
	unsigned depth;
};

/* The message itself first, then the parts, level by level. Spans point into body. */
struct mime {
	const struct mime_part *parts;
	size_t count;
};

struct mime mime_of(const struct header_list *header, struct span body, struct arena *arena);

/* A parameter of a structured field: "boundary" of a Content-Type. "" when absent. */
const char *mime_parameter(const char *value, const char *name, struct arena *arena);

#endif
