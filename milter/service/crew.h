/* The worker processes as the supervisor sees them: started, told to drain, reaped. The lifeline of
 * each is a socket pair; when the supervisor dies it closes, and the worker drains. */
#ifndef SERVICE_CREW_H
#define SERVICE_CREW_H

#include "base/fault.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Twice the most workers (options.def) serve during a reload; draining ones come on top. */
enum { CREW_MAX = 256 };

enum member_state { MEMBER_STARTING, MEMBER_SERVING, MEMBER_DRAINING };

struct member {
	pid_t pid;
	int lifeline;
	unsigned generation; /* counts the configurations */
	enum member_state state;
	int64_t started_ms;
	int64_t deadline_ms; /* killed when still starting or draining then */
};

struct crew {
	struct member members[CREW_MAX];
	size_t count;
};

/* What a new worker is born with. */
struct birth {
	const char *program;
	int listening_fd;
	int settings_fd;
	int counters_fd;
	int feed_fd, ring_fd;  /* -1: nothing goes into the store */
	const char *zone_path; /* "" for none */
	unsigned generation;
	bool announce;
};

bool crew_start(struct crew *crew, const struct birth *birth, struct fault *fault);

/* How many of that generation start or serve, and how many of these serve. */
size_t crew_active(const struct crew *crew, unsigned generation);
size_t crew_serving(const struct crew *crew, unsigned generation);

/* Ends a generation, or everybody: word is WORKER_DRAIN or WORKER_STOP. */
void crew_end(struct crew *crew, unsigned generation, int64_t deadline_ms);
void crew_stop_all(struct crew *crew, int64_t deadline_ms);

/* The lifelines of those that start, to poll for reading. Returns how many. */
size_t crew_watch(const struct crew *crew, struct pollfd watched[CREW_MAX]);

/* Hears who is ready. */
void crew_listen(struct crew *crew);

/* Takes one dead worker off the list: false when there is none. status as of waitpid. */
bool crew_reap(struct crew *crew, struct member *dead, int *status);

/* Kills whoever is over the deadline, and returns how many. */
size_t crew_kill_overdue(struct crew *crew, int64_t now_ms);

#endif
