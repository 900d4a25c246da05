/* A process beside the workers that meets no mail, such as the exporter of metrics. The supervisor keeps
 * it running while the settings want it; mail never depends on it. */
#ifndef SERVICE_COMPANION_H
#define SERVICE_COMPANION_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Descriptors a companion is born with; when the lifeline closes it ends. */
enum {
	COMPANION_LIFELINE_FD = 3,
	COMPANION_SETTINGS_FD = 4,
	COMPANION_COUNTERS_FD = 5,
	COMPANION_FEED_FD = 6, /* what the workers tell the store */
	COMPANION_RING_FD = 7, /* and by which way when there is much */
	COMPANION_FDS = 5
};

struct companion {
	const char *role; /* "exporter": the argument --exporter, and the name in messages */
	pid_t pid;        /* 0 when it does not run */
	int lifeline;
	unsigned generation; /* of the configuration it was started with */
	int64_t start_again_ms, kill_at_ms;
	int64_t back_off_ms;
	int end_limit_ms; /* from the closing of the lifeline to SIGKILL */
};

/* What the supervisor wants of it now. */
struct companion_wish {
	bool wanted;
	const char *program;
	int settings_fd, counters_fd, feed_fd, ring_fd;
	unsigned generation;
};

/* KILLED: it was told to end, and did not in time. */
enum companion_news { COMPANION_NO_NEWS, COMPANION_DIED, COMPANION_NOT_STARTED, COMPANION_KILLED };

/* Starts it, ends it, or starts it anew for another generation; call at every tick. *fault has the reason
 * of what is no good news. */
enum companion_news companion_keep(
	struct companion *companion, const struct companion_wish *wish, int64_t now_ms, struct fault *fault);

/* Is something due, so that the supervisor must look again soon? */
bool companion_is_busy(const struct companion *companion, const struct companion_wish *wish);

#endif
