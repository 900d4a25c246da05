/* A cause's sentence: the {words} of a template filled in from named details. Details are often a
 * stranger's text: controls, broken UTF-8 and direction marks become \xHH, long ones are cut. */
#ifndef DIAGNOSE_SENTENCE_H
#define DIAGNOSE_SENTENCE_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct detail {
	const char *name, *value;
};

/* One scope of details; what it lacks is looked up in the outer one. */
struct details {
	const struct detail *items;
	size_t count;
	const struct details *outer; /* or NULL */
};

enum { DETAIL_MAX = 60, DETAIL_NAME_MAX = 253, DETAIL_RECORD_MAX = 1200 }; /* characters; ours */

/* NULL when nobody knows it. The name need not end with a NUL. */
const char *detail_value(const struct details *details, const char *name, size_t name_len);

/* An unknown word becomes "?", and its place in the template is left in *missing (unless NULL). */
const char *sentence_fill(
	const char *template, const struct details *details, struct arena *arena, const char **missing);

/* The text as one safe line of at most max characters; a cut one ends with an ellipsis. */
const char *sentence_quote(const char *text, size_t max, struct arena *arena);

/* "23 h 59 min" for a span of seconds of either sign. */
const char *sentence_duration(int64_t seconds, struct arena *arena);

#endif
