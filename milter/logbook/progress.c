#include "logbook/progress.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { LOOK_EVERY = 4096, SHOW_EVERY_MS = 250 };

void progress_begin(struct progress *progress, bool wanted)
{
	*progress = (struct progress){
		.wanted = wanted && isatty(STDERR_FILENO), .shown_ms = clock_monotonic_ms()};
}

bool progress_is_due(struct progress *progress)
{
	progress->lines++;
	return progress->wanted && progress->lines % LOOK_EVERY == 0 &&
	       clock_monotonic_ms() - progress->shown_ms >= SHOW_EVERY_MS;
}

void progress_show(struct progress *progress, uint64_t done, uint64_t all)
{
	progress->shown = true;
	progress->shown_ms = clock_monotonic_ms();
	if (all > 0 && done <= all)
		(void)fprintf(stderr, "\r%3u%%  %" PRIu64 " lines\033[K",
			(unsigned)(100.0 * (double)done / (double)all), progress->lines);
	else
		(void)fprintf(stderr, "\r%" PRIu64 " lines\033[K", progress->lines);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		(void)fputs("\r\033[K", stderr);
}
