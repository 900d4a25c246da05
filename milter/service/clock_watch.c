#include "service/clock_watch.h"

#include "base/clock.h"

enum { STEP_LEAST_S = 2 };

static int64_t ahead(void)
{
	return clock_wall() - clock_monotonic_ms() / 1000;
}

void clock_watch_begin(struct clock_watch *watch)
{
	watch->ahead_s = ahead();
}

/* A small difference is rounding, or the slewing of NTP: it is kept, so that many small ones count. */
int64_t clock_watch_look(struct clock_watch *watch)
{
	int64_t now_ahead = ahead(), back = watch->ahead_s - now_ahead;

	if (back >= STEP_LEAST_S || now_ahead > watch->ahead_s)
		watch->ahead_s = now_ahead;
	return back >= STEP_LEAST_S ? back : 0;
}
