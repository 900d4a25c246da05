/* How long a body is once canonicalised (RFC 6376 section 3.4), without keeping it: needed to know
 * what l= leaves unsigned. */
#ifndef MESSAGE_BODY_LENGTH_H
#define MESSAGE_BODY_LENGTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct body_length {
	bool relaxed;
	uint64_t octets;      /* up to the end of the last line that is not empty */
	uint64_t empty_lines; /* behind that */
	uint64_t line;        /* of the line under way, without blanks at its end */
	bool blank, cr;       /* just seen */
};

struct body_length body_length_new(bool relaxed);
void body_length_add(struct body_length *length, const char *octets, size_t len);

/* When the body is complete; its last line must have its CRLF. */
uint64_t body_length_result(const struct body_length *length);

#endif
