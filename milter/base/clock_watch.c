#include "base/clock_watch.h"

#include "base/clock.h"

enum { STEP_LEAST_MS = 1000 };

/* Should this thread be held up between the two, the clock seems to be set back: that is harmless. */
static int64_t ahead(void)
{
	int64_t wall_ms = clock_wall_ms();

	return wall_ms - clock_monotonic_ms();
}

void clock_watch_begin(struct clock_watch *watch)
{
	watch->ahead_ms = ahead();
}

int64_t clock_watch_look(struct clock_watch *watch)
{
	return clock_watch_note(watch, ahead());
}

/* A small difference may be the slewing of NTP: what it is measured from stays, so that many small ones
 * count. */
int64_t clock_watch_note(struct clock_watch *watch, int64_t ahead_ms)
{
	int64_t back_ms = watch->ahead_ms - ahead_ms;

	if (back_ms >= STEP_LEAST_MS || back_ms < 0)
		watch->ahead_ms = ahead_ms;
	return back_ms >= STEP_LEAST_MS ? back_ms : 0;
}
