/* What somebody meant who typed on a Japanese keyboard or copied out of a word processor. */
#ifndef DIAGNOSE_HALF_WIDTH_H
#define DIAGNOSE_HALF_WIDTH_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/* The text in ASCII: full-width forms, dashes and blanks of any kind become what they look like;
 * typographic quotation marks, invisible characters and what looks like nothing in ASCII go. */
const char *half_width(const char *text, struct arena *arena);

/* The character at text, which is not empty, and its octets; an octet that is no UTF-8 stands for itself. */
uint32_t half_width_code_point(const char *text, size_t *len);

#endif
