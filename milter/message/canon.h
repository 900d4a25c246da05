/* The canonical forms of DKIM (RFC 6376 section 3.4) and the choice of signed header fields
 * (section 5.4.2): what a signer hashes, for verdicts and for the diagnosis. */
#ifndef MESSAGE_CANON_H
#define MESSAGE_CANON_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct header_field;
struct header_list;

enum canon { CANON_SIMPLE, CANON_RELAXED };

/* "relaxed/simple" → both; absent parts are simple. False for unknown words. */
bool canon_parse(const char *text, enum canon *header, enum canon *body);

/* One field with its final CRLF. */
void canon_field(struct buf *out, enum canon canon, struct span name, struct span value);

/* The fields that h= names, in that order; NULL where the message has no further field of the name. */
struct canon_selection {
	const struct header_field **fields;
	struct span *names;
	size_t count;
};

struct canon_selection canon_select(
	const struct header_list *header, const char *signed_fields, struct arena *arena);

/* The signature field itself with an empty b=, without final CRLF (section 3.7). */
void canon_signature(struct buf *out, enum canon canon, const struct header_field *signature);

/* All octets that the header hash covers. */
struct buf canon_header(const struct canon_selection *selection, enum canon canon,
	const struct header_field *signature, struct arena *arena);

/* The whole body. Line ends are expected to be CRLF. */
struct buf canon_body(enum canon canon, struct span body, struct arena *arena);

#endif
