/* Notices that the wall clock was set back, by the clock that never jumps. Whoever measures by the wall
 * clock how long something is good for, then keeps it until the time from before comes again. */
#ifndef BASE_CLOCK_WATCH_H
#define BASE_CLOCK_WATCH_H

#include <stdint.h>

/* One thread's. */
struct clock_watch {
	int64_t ahead_ms; /* of the monotonic clock */
};

void clock_watch_begin(struct clock_watch *watch);

/* By how many milliseconds it was set back since the last look; 0 for less than a second, or forward. */
int64_t clock_watch_look(struct clock_watch *watch);

/* The same when the wall clock is so far ahead of the other one. */
int64_t clock_watch_note(struct clock_watch *watch, int64_t ahead_ms);

#endif
