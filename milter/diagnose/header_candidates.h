/* Values that a signed header field may have had: each undoes one thing that software does. */
#ifndef DIAGNOSE_HEADER_CANDIDATES_H
#define DIAGNOSE_HEADER_CANDIDATES_H

#include "diagnose/header_change.h"

struct effort;
struct header_field;

/* One value, behind the colon; NULL means the field was absent. */
struct header_candidate {
	enum header_change_kind kind;
	const char *value;
	const char *text; /* what was added, for HEADER_SUBJECT_PREFIX; else "" */
	const char *name; /* as the name was written; NULL: as it came */
	size_t len;       /* of the value */
};

struct header_candidates {
	struct arena *arena;
	struct header_candidate *items;
	size_t count, size;
	struct effort *effort; /* of those who make many: they end with it; NULL: no limit */
};

struct header_candidates header_candidates_new(struct arena *arena);

/* Unless the value is there already. */
void header_candidates_add(
	struct header_candidates *list, enum header_change_kind kind, const char *value, const char *text);

/* The same value with the name of the field in other letters. */
void header_candidates_add_name(struct header_candidates *list, const char *name, const char *value);

/* For a field that is there. */
void header_candidates_of(
	struct header_candidates *list, const struct header_facts *facts, const struct header_field *field);

/* For a name that h= lists and no field has. */
void header_candidates_missing(
	struct header_candidates *list, const struct header_facts *facts, struct span name);

/* The Subject's own: prefixes and suffixes, also inside encoded words. */
void header_candidates_subject(struct header_candidates *list, const struct header_field *field);

/* The text of a Subject, with and without its tag, or a display name, encoded anew in the usual ways.
 * Many: for last. */
void header_candidates_reencoded(struct header_candidates *list, const struct header_field *field);

/* Other ways to fold the same text; they only matter to the simple form. */
void header_candidates_refolded(struct header_candidates *list, const struct header_field *field);

/* Other ways to write its name, which h= may tell; likewise. */
void header_candidates_renamed(
	struct header_candidates *list, const struct header_field *field, const char *listed);

/* Quotes and brackets of addresses; the author whom a list replaced. */
void header_candidates_addresses(
	struct header_candidates *list, const struct header_facts *facts, const struct header_field *field);

/* Length of one tag ("[ml]", "SPAM:") at the start of the text; 0 when there is none. */
size_t subject_tag_length(struct span text);

#endif
