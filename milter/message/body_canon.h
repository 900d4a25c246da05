/* The canonical body of DKIM and ARC (RFC 6376 section 3.4) as a stream, without keeping it: how long
 * it is and, through a sink, its octets. What is canonical already goes through in long pieces, uncopied.
 * message/canon.h does the same for a body at hand. */
#ifndef MESSAGE_BODY_CANON_H
#define MESSAGE_BODY_CANON_H

#include "message/canon.h"

#include <stdint.h>

enum { BODY_CANON_BUFFER = 1024 };

struct body_canon {
	enum canon canon;
	/* Takes the canonical octets piece by piece; NULL: they are only counted. */
	void (*sink)(void *receiver, const char *octets, size_t len);
	void *receiver;
	int64_t limit;        /* octets that the sink gets at most (l=); -1: all */
	uint64_t octets;      /* what is certain to be canonical, without what is held back: */
	uint64_t line_ends;   /* CRLF that count when something comes behind them */
	bool cr;              /* an octet CR behind those: half of a line end, or text */
	bool blank, blank_cr; /* relaxed: white space, then perhaps a CR, both not yet among the above */
	char buffer[BODY_CANON_BUFFER]; /* short pieces on their way to the sink */
	size_t buffered;
	uint64_t given; /* to the sink */
};

/* Only counts, until a sink is set. */
struct body_canon body_canon_new(enum canon canon);
void body_canon_add(struct body_canon *body, const char *octets, size_t len);

/* When the body is complete: a last line without CRLF has one. Returns the length of all of it, also of
 * what was beyond the limit. */
uint64_t body_canon_end(struct body_canon *body);

/* The first white space that "relaxed" may have to change, or the end. A blank at the end is such. */
const char *body_canon_change(const char *octets, const char *end);

#endif
