#include "service/companion.h"

#include "service/offspring.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BACK_OFF_MIN_MS = 1000,  /* before it is started again */
	BACK_OFF_MAX_MS = 60000, /* and at most */
};

static void start(struct companion *companion, const struct companion_wish *wish, struct fault *fault)
{
	char option[32];
	const char *arguments[] = {"sekishod", option, NULL};
	struct offspring offspring = {
		.program = wish->program, .arguments = arguments, .descriptor_count = COMPANION_FDS};
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
		fault_set(fault, "no lifeline: %s", strerror(errno));
		return;
	}
	(void)snprintf(option, sizeof option, "--%s", companion->role);
	offspring.descriptors[0] = ends[1];
	offspring.descriptors[1] = wish->settings_fd;
	offspring.descriptors[2] = wish->counters_fd;
	offspring.descriptors[3] = wish->feed_fd;
	offspring.descriptors[4] = wish->ring_fd;
	pid = offspring_start(&offspring, fault);
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return;
	}
	companion->pid = pid;
	companion->lifeline = ends[0];
	companion->generation = wish->generation;
	companion->kill_at_ms = INT64_MAX;
}

static void let_go(struct companion *companion)
{
	if (companion->lifeline >= 0)
		(void)close(companion->lifeline);
	companion->lifeline = -1;
}

static bool is_ending(const struct companion *companion)
{
	return companion->pid > 0 && companion->lifeline < 0;
}

/* What there is to say about its end, with fault; no news when it was told to and did. */
static enum companion_news look_for_end(struct companion *companion, struct fault *fault)
{
	bool told = is_ending(companion);
	int status = 0;

	if (companion->pid <= 0 || waitpid(companion->pid, &status, WNOHANG) != companion->pid)
		return COMPANION_NO_NEWS;
	companion->pid = 0;
	let_go(companion);
	if (told && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		fault_set(fault, "did not end within %d s and was killed", companion->end_limit_ms / 1000);
		return COMPANION_KILLED;
	}
	if (told)
		return COMPANION_NO_NEWS;
	fault_set(fault, "ended with %s %d", WIFSIGNALED(status) ? "signal" : "status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return COMPANION_DIED;
}

static void back_off(struct companion *companion, int64_t now_ms)
{
	companion->back_off_ms = companion->back_off_ms == 0                    ? BACK_OFF_MIN_MS
				 : companion->back_off_ms * 2 < BACK_OFF_MAX_MS ? companion->back_off_ms * 2
										: BACK_OFF_MAX_MS;
	companion->start_again_ms = now_ms + companion->back_off_ms;
}

static void end(struct companion *companion, int64_t now_ms)
{
	if (!is_ending(companion)) {
		let_go(companion);
		companion->kill_at_ms = now_ms + companion->end_limit_ms;
		companion->back_off_ms = companion->start_again_ms = 0;
	} else if (now_ms >= companion->kill_at_ms) {
		(void)kill(companion->pid, SIGKILL);
		companion->kill_at_ms = INT64_MAX;
	}
}

enum companion_news companion_keep(
	struct companion *companion, const struct companion_wish *wish, int64_t now_ms, struct fault *fault)
{
	enum companion_news news = look_for_end(companion, fault);

	if (news == COMPANION_DIED)
		back_off(companion, now_ms);
	if (news != COMPANION_NO_NEWS)
		return news;
	if (companion->pid > 0) {
		if (!wish->wanted || companion->generation != wish->generation)
			end(companion, now_ms);
		return COMPANION_NO_NEWS;
	}
	if (!wish->wanted || now_ms < companion->start_again_ms)
		return COMPANION_NO_NEWS;
	start(companion, wish, fault);
	if (companion->pid > 0)
		return COMPANION_NO_NEWS;
	back_off(companion, now_ms);
	return COMPANION_NOT_STARTED;
}

bool companion_is_busy(const struct companion *companion, const struct companion_wish *wish)
{
	bool runs = companion->pid > 0;

	return runs != wish->wanted || is_ending(companion) ||
	       (runs && companion->generation != wish->generation);
}
