/* Counts by name, in a table that does not grow without end: when it is full, the names seen least are
 * given up, and what they had is counted together as "others". So the names that matter stay, whoever
 * fills the log with names of his own. */
#ifndef LOGBOOK_TALLY_H
#define LOGBOOK_TALLY_H

#include "logbook/outcome.h"

struct tally_row {
	const char *key; /* NUL-terminated; may have a NUL inside, see key_len */
	uint32_t key_len, hash;
	uint32_t count;
	uint32_t main; /* of causes: as the one that explains most */
	uint32_t outcomes[OUTCOME_COUNT];
	uint32_t spf_bad, dkim_bad, caused; /* neither pass nor none; with any cause */
	bool at_least;                      /* was perhaps seen before, and given up */
	int64_t first, last;                /* times; 0 when unknown */
	const char *note, *more;            /* an example and what belongs to it; "" without */
};

struct tally;

/* cap: most names kept, at least 16. */
struct tally *tally_new(size_t cap);
void tally_free(struct tally **tally);

/* The row of the name, with its count one higher, for the caller to add the rest. Valid until the next call.
 */
struct tally_row *tally_add(struct tally *tally, struct span key, int64_t time);

/* Keeps the text with the row; each at most max octets. */
void tally_note(struct tally_row *row, struct span note, struct span more, size_t max);

/* Rows in the order of their counts, at most max, into list; returns how many. */
size_t tally_top(const struct tally *tally, const struct tally_row **list, size_t max);
size_t tally_sorted_by_key(const struct tally *tally, const struct tally_row **list, size_t max);

/* Those with most messages that fail DMARC; none without any. */
size_t tally_worst(const struct tally *tally, const struct tally_row **list, size_t max);

size_t tally_size(const struct tally *tally);
const struct tally_row *tally_find(const struct tally *tally, struct span key); /* or NULL */
const struct tally_row *tally_at(const struct tally *tally, size_t i);          /* i < tally_size */

/* Together: those given up. count 0 when none were. others_most: none of them had more when it went. */
const struct tally_row *tally_others(const struct tally *tally);
uint32_t tally_others_most(const struct tally *tally);

#endif
