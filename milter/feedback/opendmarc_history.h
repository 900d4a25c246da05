/* The HistoryFile that OpenDMARC writes for its reports → rows of the store, so that the days before the
 * change are reported too. Lines of "key value", a block for each message, which begins with "job". */
#ifndef FEEDBACK_OPENDMARC_HISTORY_H
#define FEEDBACK_OPENDMARC_HISTORY_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct row;

struct history_taker {
	/* The row lives until it returns; false ends the reading. */
	bool (*take)(void *self, const struct row *row);
	void *self;
};

struct history_counts {
	uint64_t messages; /* given to take */
	uint64_t broken;   /* blocks that are none: no time, no address, no author's domain */
	uint64_t first_broken_line;
};

/* A message has the same id each time it is read. False when the file cannot be read to its end, or take said
 * so. */
bool history_read(
	FILE *file, const struct history_taker *taker, struct history_counts *counts, struct fault *fault);

#endif
