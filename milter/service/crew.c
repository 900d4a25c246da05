#include "service/crew.h"

#include "base/clock.h"
#include "service/offspring.h"
#include "service/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opening the libraries takes milliseconds; a worker that needs this long never will. */
enum { START_LIMIT_MS = 60000 };

static pid_t worker_start(const struct birth *birth, int lifeline, struct fault *fault)
{
	const char *arguments[6] = {"sekishod", "--worker"};
	size_t count = 2;
	struct offspring offspring = {.program = birth->program, .arguments = arguments};

	if (birth->announce)
		arguments[count++] = "--announce";
	if (birth->zone_path[0] != '\0') {
		arguments[count++] = "--zone";
		arguments[count] = birth->zone_path;
	}
	offspring.descriptors[WORKER_LISTENING_FD - OFFSPRING_FIRST_FD] = birth->listening_fd;
	offspring.descriptors[WORKER_LIFELINE_FD - OFFSPRING_FIRST_FD] = lifeline;
	offspring.descriptors[WORKER_SETTINGS_FD - OFFSPRING_FIRST_FD] = birth->settings_fd;
	offspring.descriptors[WORKER_COUNTERS_FD - OFFSPRING_FIRST_FD] = birth->counters_fd;
	offspring.descriptors[WORKER_FEED_FD - OFFSPRING_FIRST_FD] = birth->feed_fd;
	offspring.descriptors[WORKER_RING_FD - OFFSPRING_FIRST_FD] = birth->ring_fd;
	offspring.descriptor_count = birth->feed_fd >= 0 ? WORKER_FDS : WORKER_FDS - 2;
	return offspring_start(&offspring, fault);
}

bool crew_start(struct crew *crew, const struct birth *birth, struct fault *fault)
{
	int64_t now = clock_monotonic_ms();
	int ends[2];
	pid_t pid;

	if (crew->count == CREW_MAX) {
		fault_set(fault, "too many workers are still draining");
		return false;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
		fault_set(fault, "no lifeline for a worker: %s", strerror(errno));
		return false;
	}
	pid = worker_start(birth, ends[1], fault);
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return false;
	}
	crew->members[crew->count++] = (struct member){
		.pid = pid,
		.lifeline = ends[0],
		.generation = birth->generation,
		.state = MEMBER_STARTING,
		.started_ms = now,
		.deadline_ms = now + START_LIMIT_MS,
	};
	return true;
}

size_t crew_active(const struct crew *crew, unsigned generation)
{
	size_t active = 0;

	for (size_t i = 0; i < crew->count; i++)
		active += crew->members[i].generation == generation &&
			  crew->members[i].state != MEMBER_DRAINING;
	return active;
}

size_t crew_serving(const struct crew *crew, unsigned generation)
{
	size_t serving = 0;

	for (size_t i = 0; i < crew->count; i++)
		serving +=
			crew->members[i].generation == generation && crew->members[i].state == MEMBER_SERVING;
	return serving;
}

static void member_end(struct member *member, char word, int64_t deadline_ms)
{
	(void)send(member->lifeline, &word, 1, MSG_NOSIGNAL);
	member->state = MEMBER_DRAINING;
	member->deadline_ms = deadline_ms;
}

void crew_end(struct crew *crew, unsigned generation, int64_t deadline_ms)
{
	for (size_t i = 0; i < crew->count; i++)
		if (crew->members[i].generation == generation && crew->members[i].state != MEMBER_DRAINING)
			member_end(&crew->members[i], WORKER_DRAIN, deadline_ms);
}

void crew_stop_all(struct crew *crew, int64_t deadline_ms)
{
	for (size_t i = 0; i < crew->count; i++)
		member_end(&crew->members[i], WORKER_STOP, deadline_ms);
}

size_t crew_watch(const struct crew *crew, struct pollfd watched[CREW_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < crew->count; i++)
		if (crew->members[i].state == MEMBER_STARTING && crew->members[i].lifeline >= 0)
			watched[count++] = (struct pollfd){.fd = crew->members[i].lifeline, .events = POLLIN};
	return count;
}

void crew_listen(struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++) {
		struct member *member = &crew->members[i];
		char word = '\0';
		ssize_t got;

		if (member->state != MEMBER_STARTING || member->lifeline < 0)
			continue;
		got = recv(member->lifeline, &word, 1, MSG_DONTWAIT);
		if (got == 1 && word == WORKER_READY) {
			member->state = MEMBER_SERVING;
		} else if (got == 0) { /* it is dying: the rest comes with its status */
			(void)close(member->lifeline);
			member->lifeline = -1;
		}
	}
}

bool crew_reap(struct crew *crew, struct member *dead, int *status)
{
	for (size_t i = 0; i < crew->count; i++) {
		if (waitpid(crew->members[i].pid, status, WNOHANG) != crew->members[i].pid)
			continue;
		*dead = crew->members[i];
		if (dead->lifeline >= 0)
			(void)close(dead->lifeline);
		crew->members[i] = crew->members[--crew->count];
		return true;
	}
	return false;
}

size_t crew_kill_overdue(struct crew *crew, int64_t now_ms)
{
	size_t killed = 0;

	for (size_t i = 0; i < crew->count; i++) {
		struct member *member = &crew->members[i];

		if (member->state == MEMBER_SERVING || now_ms < member->deadline_ms)
			continue;
		(void)kill(member->pid, SIGKILL);
		member->deadline_ms = INT64_MAX;
		killed++;
	}
	return killed;
}
