/* The canonical lines of a body under a running hash that counts what it costs: what the searches for
 * added text share. */
#ifndef DIAGNOSE_BODY_LINES_H
#define DIAGNOSE_BODY_LINES_H

#include "diagnose/body_change.h"

/* Each line ends with CRLF; empty ones at the end are kept here. */
struct body_lines {
	const char *octets;
	const size_t *starts; /* count + 1 of them */
	size_t count, filled; /* filled: without the empty ones at the end */
};

struct body_search {
	const struct body_facts *facts;
	struct arena *arena;
	struct body_lines lines;
	const size_t *part_lines; /* the first line of each MIME part; [0] is the message itself */
	const struct span *part_headers;
	size_t part_count;
	struct digest_stream *stream, *rest;
	struct effort *effort;
	bool out_of_budget;
};

void body_search_begin(struct body_search *search, const struct body_facts *facts, struct effort *effort,
	struct arena *arena);
void body_search_end(struct body_search *search);

/* Without its line end. */
struct span body_line(const struct body_lines *lines, size_t number);

/* Adds octets of the canonical body to a hash; false when the budget is spent. */
bool body_search_hash(struct body_search *search, struct digest_stream *stream, size_t from, size_t to);

/* Is what the stream has seen what was signed? */
bool body_search_hits(struct body_search *search, struct digest_stream *stream);

/* Does the text at the start of some one line make the body what was signed? */
bool body_search_insertion(struct body_search *search, const char *text);

/* The first line in the range that says something, for people. */
const char *body_search_text(const struct body_search *search, size_t from, size_t to);

#endif
