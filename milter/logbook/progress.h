/* How far a long reading is: one line on standard error that is written over, on a terminal only. */
#ifndef LOGBOOK_PROGRESS_H
#define LOGBOOK_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool wanted, shown;
	uint64_t lines;
	int64_t shown_ms;
};

void progress_begin(struct progress *progress, bool wanted);

/* Once for each line: is it time to show something? */
bool progress_is_due(struct progress *progress);

/* Octets done and all of them; 0 when nobody knows. */
void progress_show(struct progress *progress, uint64_t done, uint64_t all);
void progress_end(struct progress *progress);

#endif
