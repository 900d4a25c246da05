#include "service/obituary.h"

#include "base/clock.h"
#include "report/sink.h"
#include "service/crew.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>

/* What an admin could not guess. */
static const char *hint(int signal)
{
	switch (signal) {
	case SIGSYS:
		return ": its sandbox caught a forbidden system call; an intruder, or a library newer than "
		       "we know";
	case SIGABRT:
		return ": no memory (worker-memory-limit), or a library gave up";
	default:
		return "";
	}
}

void obituary_say(struct sink *sink, const struct member *dead, int status)
{
	long lived_s = (long)((clock_monotonic_ms() - dead->started_ms) / 1000);

	if (WIFSIGNALED(status))
		sink_say(sink, LOG_ERR, "worker %ld was ended by signal %d (%s) after %ld s%s",
			(long)dead->pid, WTERMSIG(status), strsignal(WTERMSIG(status)), lived_s,
			hint(WTERMSIG(status)));
	else if (dead->state != MEMBER_DRAINING || WEXITSTATUS(status) != EXIT_SUCCESS)
		sink_say(sink, dead->state == MEMBER_DRAINING ? LOG_WARNING : LOG_ERR,
			"worker %ld ended with status %d after %ld s", (long)dead->pid, WEXITSTATUS(status),
			lived_s);
}
