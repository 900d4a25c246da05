/* The header fields of one message in the order they came, bounded. */
#ifndef MESSAGE_HEADER_LIST_H
#define MESSAGE_HEADER_LIST_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Our limits: a flood gets a verdict and no memory. */
enum { HEADER_FIELDS_MAX = 2000, HEADER_OCTETS_MAX = 1048576, FLOOD_RESULTS_MAX = 20000 };

struct header_field {
	const char *name;  /* as it came, trailing blanks included */
	const char *value; /* everything behind the colon, leading blank included, folds as CRLF; no
			    * final CRLF. NUL-terminated; holds no NUL of its own */
	size_t name_len;   /* without trailing blanks: compare this much */
	size_t value_len;
	size_t number; /* 1 for the first field of this name (any case) from the top, 2 … */
	uint32_t hash; /* of the name, so that a flood of long names stays cheap to number */
};

struct header_list {
	struct arena *arena;
	struct header_field *fields;
	size_t count, size;
	size_t octets;
	size_t dropped; /* fields beyond the limits: counted, not kept */
};

struct header_list header_list_new(struct arena *arena);

/* Copies name and value; bare LF folds become CRLF, a NUL ends the value. False when over the limits
 * (then only counted). From (the first two), Authentication-Results and X-Sekisho-Cause are kept even
 * then, with an empty value: nobody hides a second author or a forged result behind a flood. */
bool header_list_add(struct header_list *list, const char *name, const char *value, size_t value_len);

bool header_field_is(const struct header_field *field, const char *name);

/* The nth (from 1) field of that name from the top, or NULL. */
const struct header_field *header_list_find(const struct header_list *list, const char *name, size_t nth);

/* From the bottom: the last field of that name, or the one so many before it; NULL when there is none. */
const struct header_field *header_list_last(const struct header_list *list, struct span name, size_t skip);
size_t header_list_count(const struct header_list *list, const char *name);

/* Splits the header block of a raw message (CRLF or LF line ends): fills the list, returns the offset
 * of the body. For files; the MTA splits for the milter. */
size_t header_list_read(struct header_list *list, const char *message, size_t len);

#endif
