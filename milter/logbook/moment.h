/* The day and the hour of an entry as keys for counting, in the zone of this machine. Not thread-safe. */
#ifndef LOGBOOK_MOMENT_H
#define LOGBOOK_MOMENT_H

#include <stdint.h>

struct moment {
	const char *day, *hour; /* "2026-11-21", "2026-11-21 21"; valid until the next call */
};

struct moment moment_of(int64_t time);

#endif
