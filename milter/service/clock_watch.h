/* Notices that the wall clock was set back. libunbound measures by it how long a silent resolver rests:
 * workers that saw the time from before may ask nobody until it comes again. */
#ifndef SERVICE_CLOCK_WATCH_H
#define SERVICE_CLOCK_WATCH_H

#include <stdint.h>

struct clock_watch {
	int64_t ahead_s; /* of the monotonic clock */
};

void clock_watch_begin(struct clock_watch *watch);

/* By how many seconds it was set back since the last look; 0 for less than 2, or forward. */
int64_t clock_watch_look(struct clock_watch *watch);

#endif
