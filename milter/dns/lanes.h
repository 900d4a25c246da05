/* The two libunbound contexts that questions go through: one validates, one takes what comes. Both are made
 * anew when the wall clock was set back: libunbound measures by it how long a silent resolver rests, and
 * would ask nobody until the time from before comes again. One thread's. */
#ifndef DNS_LANES_H
#define DNS_LANES_H

#include "base/clock_watch.h"
#include "dns/resolvers.h"
#include "facts/answer.h"

#include <stdio.h>

struct ub_ctx;

enum lane { LANE_CHECKED, LANE_UNCHECKED, LANES };

struct lanes {
	struct ub_ctx *contexts[LANES], *former[LANES];
	const struct resolvers *resolvers;
	const struct settings *settings;
	FILE *log;
	struct clock_watch clock;
	bool stale;
	int64_t renewed_ms;
};

/* Resolvers, settings and log are borrowed until they are closed. False with the reason in fault. */
bool lanes_open(struct lanes *lanes, const struct resolvers *resolvers, const struct settings *settings,
	FILE *log, struct fault *fault);

/* Also of those that were opened in part, or not at all (zeroed). */
void lanes_close(struct lanes *lanes);

struct ub_ctx *lanes_take(const struct lanes *lanes, const struct question *question);

/* Was the clock set back since they were opened? Costs two looks at clocks. */
bool lanes_are_stale(struct lanes *lanes);

/* Opens new ones when they are stale, once a second at most; true when it did. What was under way in the old
 * ones is forgotten: its callbacks are not called any more. Not from inside of such a callback. */
bool lanes_renew(struct lanes *lanes);

/* Ends the old ones, which waits for their threads: best when the new ones have something to do. */
void lanes_drop_former(struct lanes *lanes);

#endif
