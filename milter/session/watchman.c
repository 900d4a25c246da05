#include "session/watchman.h"

#include "base/clock.h"
#include "diagnose/findings.h"
#include "report/sink.h"
#include "report/watch.h"

#include <pthread.h>
#include <syslog.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct watch watch;

void watchman_look(const struct findings *findings, struct sink *sink, struct arena *arena)
{
	struct observation seen;
	const char *line;

	if (findings->verdicts->skipped)
		return;
	seen = observation_of(findings);
	(void)pthread_mutex_lock(&lock);
	line = watch_note(&watch, &seen, clock_monotonic_ms() / 1000, arena);
	(void)pthread_mutex_unlock(&lock);
	if (line[0] != '\0')
		sink_say(sink, LOG_WARNING, "%s", line);
}
