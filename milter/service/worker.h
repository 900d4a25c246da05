/* A worker process: takes over the listening socket, gives up its privileges, opens its equipment and
 * serves until it is told to drain or its supervisor is gone. It may die: only its own messages go
 * with it, and the MTA tries those again. */
#ifndef SERVICE_WORKER_H
#define SERVICE_WORKER_H

#include "base/fault.h"

#include <stdbool.h>

struct settings;

/* Descriptors a worker is born with. */
enum {
	WORKER_LISTENING_FD = 3,
	WORKER_LIFELINE_FD = 4,
	WORKER_SETTINGS_FD = 5,
	WORKER_COUNTERS_FD = 6,
	WORKER_FEED_FD = 7, /* only with a store, as the next */
	WORKER_RING_FD = 8,
	WORKER_FDS = 6
};

/* What goes over the lifeline; when the supervisor's end closes, that means WORKER_DRAIN too. */
enum {
	WORKER_READY = 'R', /* worker to supervisor: serving */
	WORKER_DRAIN = 'D', /* accept nothing more, end with the last connection */
	WORKER_STOP = 'S'   /* the same, but do not wait for connections without a message */
};

/* Exit statuses (sysexits.h). */
enum { EXIT_CONFIG = 78, EXIT_SOFTWARE_FAULT = 70, EXIT_USAGE = 64 };

/* The body of the worker process; returns only when it cannot start, with the exit status.
 * announce: write the start line. */
int worker_run(const char *zone_path, bool announce);

/* Would a worker start with these settings? Drops privileges: call in a process of its own. */
bool worker_try(const struct settings *settings, const char *zone_path, struct fault *fault);

#endif
