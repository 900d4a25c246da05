#include "service/supervisor.h"

#include "base/clock.h"
#include "base/clock_watch.h"
#include "metrics/counters.h"
#include "report/sink.h"
#include "service/configuration.h"
#include "service/crew.h"
#include "service/obituary.h"
#include "service/orders.h"
#include "service/pid_file.h"
#include "service/privileges.h"
#include "service/readiness.h"
#include "service/retinue.h"
#include "service/state_folder.h"
#include "service/worker.h"
#include "settings/settings.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>

enum {
	TICK_MS = 200,             /* while something is due */
	QUIET_TICK_S = 1,          /* else: a look at the clock */
	SHORT_LIFE_MS = 2000,      /* a worker that dies younger than this waits for the next */
	BACK_OFF_MIN_MS = 1000,    /* first such wait */
	BACK_OFF_MAX_MS = 30000,   /* and the longest */
	KILL_AFTER_DRAIN_MS = 5000 /* workers keep drain-seconds themselves; this is for stuck ones */
};

struct supervisor {
	const struct supervision *supervision;
	struct configuration configuration;
	struct configuration next; /* while reloading */
	bool reloading, stopping, was_up;
	unsigned generation; /* of the configuration; the next one's is higher by one */
	int listening_fd;
	int pid_file;
	char pid_path[4096]; /* where it was taken, whatever a reload says */
	struct sink *sink;
	struct crew crew;
	struct retinue retinue;
	struct clock_watch clock;
	int64_t start_again_ms;
	int64_t back_off_ms;
	int exit_status;
};

static int64_t drain_deadline(const struct supervisor *supervisor)
{
	return clock_monotonic_ms() + supervisor->configuration.settings->drain_seconds * 1000 +
	       KILL_AFTER_DRAIN_MS;
}

/* Starts what is missing of a generation. */
static void fill_up(
	struct supervisor *supervisor, const struct configuration *configuration, unsigned generation)
{
	struct fault fault = {""};
	size_t active = crew_active(&supervisor->crew, generation);
	bool announce = active == 0 && (generation != supervisor->generation || !supervisor->was_up);

	for (; active < (size_t)configuration->settings->workers; active++) {
		const struct birth birth = {
			.program = supervisor->supervision->program,
			.listening_fd = supervisor->listening_fd,
			.settings_fd = configuration->copy_fd,
			.counters_fd = supervisor->retinue.counters_fd,
			.feed_fd = strcmp(configuration->settings->store, "none") != 0
					   ? supervisor->retinue.feed_sending
					   : -1,
			.ring_fd = supervisor->retinue.ring_fd,
			.zone_path = supervisor->supervision->zone_path,
			.generation = generation,
			.announce = announce,
		};

		announce = false;
		if (!crew_start(&supervisor->crew, &birth, &fault)) {
			sink_say(supervisor->sink, LOG_ERR, "no new worker: %s", fault.text);
			supervisor->start_again_ms = clock_monotonic_ms() + BACK_OFF_MIN_MS;
			return;
		}
		atomic_fetch_add(&supervisor->retinue.counters->workers_started, 1);
	}
}

static void begin_stop(struct supervisor *supervisor, int exit_status)
{
	if (supervisor->stopping)
		return;
	supervisor->stopping = true;
	supervisor->exit_status = exit_status;
	readiness_stopping();
	sink_say(supervisor->sink, LOG_NOTICE,
		"stopping: no new connections, messages in progress are finished");
	listener_close(&supervisor->listening_fd, &supervisor->configuration.address);
	crew_stop_all(&supervisor->crew, drain_deadline(supervisor));
}

/* What only a restart can change. */
static void warn_of_fixed_options(const struct supervisor *supervisor)
{
	const struct settings *now = supervisor->configuration.settings;
	const struct settings *next = supervisor->next.settings;

	if (strcmp(now->socket, next->socket) != 0 || strcmp(now->pid_file, next->pid_file) != 0 ||
		strcmp(now->socket_mode, next->socket_mode) != 0 ||
		strcmp(now->socket_group, next->socket_group) != 0)
		sink_say(supervisor->sink, LOG_WARNING,
			"socket, socket-mode, socket-group and pid-file change only with a restart");
}

/* Mail goes on without what is remembered. */
static void make_folders(const struct supervisor *supervisor, const struct settings *settings)
{
	struct identity workers;
	struct fault fault = {""};

	if (identity_find(settings->user, &workers, &fault))
		(void)state_folders_make(settings, workers.user, workers.group, &fault);
	if (fault.text[0] != '\0')
		sink_say(supervisor->sink, LOG_WARNING, "%s", fault.text);
}

static void begin_reload(struct supervisor *supervisor)
{
	struct fault fault = {""};

	readiness_reloading();
	if (!configuration_load(&supervisor->next, supervisor->supervision->config_path,
		    supervisor->supervision->zone_path, &fault)) {
		sink_say(supervisor->sink, LOG_ERR, "reload refused, the old settings stay: %s", fault.text);
		atomic_fetch_add(&supervisor->retinue.counters->reloads_refused, 1);
		readiness_up("Serving; the last reload was refused");
		return;
	}
	warn_of_fixed_options(supervisor);
	make_folders(supervisor, supervisor->next.settings);
	supervisor->reloading = true;
	fill_up(supervisor, &supervisor->next, supervisor->generation + 1);
}

/* Workers help themselves (dns/lanes.h); the admin is told what the times in the log are worth. */
static void mind_clock(struct supervisor *supervisor)
{
	int64_t back_ms = clock_watch_look(&supervisor->clock);

	if (back_ms > 0)
		sink_say(supervisor->sink, LOG_WARNING, "the clock was set back by %lld s",
			(long long)((back_ms + 500) / 1000));
}

/* The new workers serve: the old ones finish what they have. */
static void end_reload(struct supervisor *supervisor)
{
	struct fault fault = {""};
	struct sink *sink = sink_open(supervisor->next.settings, &fault);

	crew_end(&supervisor->crew, supervisor->generation, drain_deadline(supervisor));
	supervisor->generation++;
	configuration_free(&supervisor->configuration);
	/* the socket stays what it was when it was opened */
	supervisor->configuration = (struct configuration){
		.settings = supervisor->next.settings,
		.copy_fd = supervisor->next.copy_fd,
		.owner = supervisor->configuration.owner,
		.address = supervisor->configuration.address,
	};
	supervisor->next = (struct configuration){.copy_fd = -1};
	supervisor->reloading = false;
	supervisor->back_off_ms = 0;
	atomic_fetch_add(&supervisor->retinue.counters->reloads, 1);
	if (sink != NULL) {
		sink_close(&supervisor->sink);
		supervisor->sink = sink;
	}
	sink_say(supervisor->sink, LOG_NOTICE,
		"reloaded: new workers serve, the old ones finish their messages");
	readiness_up("Serving");
}

static void give_up_reload(struct supervisor *supervisor)
{
	sink_say(supervisor->sink, LOG_ERR,
		"reload given up, the old settings stay: a new worker did not start");
	atomic_fetch_add(&supervisor->retinue.counters->reloads_refused, 1);
	crew_end(&supervisor->crew, supervisor->generation + 1, drain_deadline(supervisor));
	configuration_free(&supervisor->next);
	supervisor->reloading = false;
	readiness_up("Serving; the last reload was given up");
}

static void replace(struct supervisor *supervisor, const struct member *dead)
{
	int64_t now = clock_monotonic_ms();

	if (now - dead->started_ms >= SHORT_LIFE_MS)
		supervisor->back_off_ms = 0;
	else if (supervisor->back_off_ms == 0)
		supervisor->back_off_ms = BACK_OFF_MIN_MS;
	else if (supervisor->back_off_ms * 2 < BACK_OFF_MAX_MS)
		supervisor->back_off_ms *= 2;
	else
		supervisor->back_off_ms = BACK_OFF_MAX_MS;
	supervisor->start_again_ms = now + supervisor->back_off_ms;
	if (supervisor->back_off_ms > 0)
		sink_say(supervisor->sink, LOG_NOTICE, "the next worker starts in %d s",
			(int)(supervisor->back_off_ms / 1000));
}

static void bury_the_dead(struct supervisor *supervisor)
{
	struct member dead;
	int status;

	while (crew_reap(&supervisor->crew, &dead, &status)) {
		obituary_say(supervisor->sink, &dead, status);
		retinue_bury(&supervisor->retinue, dead.pid);
		if (dead.state == MEMBER_DRAINING || supervisor->stopping)
			continue;
		atomic_fetch_add(&supervisor->retinue.counters->workers_died, 1);
		if (supervisor->reloading && dead.generation != supervisor->generation)
			give_up_reload(supervisor);
		else if (!supervisor->was_up && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONFIG)
			begin_stop(supervisor, EXIT_CONFIG);
		else
			replace(supervisor, &dead);
	}
}

static struct retinue_orders retinue_orders(const struct supervisor *supervisor)
{
	return (struct retinue_orders){
		.settings = supervisor->configuration.settings,
		.program = supervisor->supervision->program,
		.settings_fd = supervisor->configuration.copy_fd,
		.generation = supervisor->generation,
		.serving = supervisor->was_up && !supervisor->stopping,
		.has_crew = supervisor->crew.count > 0,
	};
}

static bool is_complete(
	const struct supervisor *supervisor, const struct configuration *configuration, unsigned generation)
{
	return crew_serving(&supervisor->crew, generation) >= (size_t)configuration->settings->workers;
}

/* One round of decisions; everything that happened since the last one is already noted. */
static void decide_next(struct supervisor *supervisor)
{
	struct retinue_orders orders_now;

	crew_listen(&supervisor->crew);
	bury_the_dead(supervisor);
	orders_now = retinue_orders(supervisor);
	retinue_keep(&supervisor->retinue, &orders_now, supervisor->sink);
	if (crew_kill_overdue(&supervisor->crew, clock_monotonic_ms()) > 0)
		sink_say(supervisor->sink, LOG_WARNING, "a worker that did not end in time was killed");
	if (orders.stop)
		begin_stop(supervisor, EXIT_SUCCESS);
	if (supervisor->stopping)
		return;
	if (orders.reload && !supervisor->reloading && supervisor->was_up) {
		orders.reload = 0;
		begin_reload(supervisor);
	}
	mind_clock(supervisor);
	if (clock_monotonic_ms() >= supervisor->start_again_ms)
		fill_up(supervisor, &supervisor->configuration, supervisor->generation);
	if (supervisor->reloading && is_complete(supervisor, &supervisor->next, supervisor->generation + 1))
		end_reload(supervisor);
	if (!supervisor->was_up &&
		is_complete(supervisor, &supervisor->configuration, supervisor->generation)) {
		supervisor->was_up = true;
		readiness_up("Serving");
	}
}

static bool is_quiet(const struct supervisor *supervisor)
{
	const struct crew *crew = &supervisor->crew;
	struct retinue_orders orders_now = retinue_orders(supervisor);

	return !supervisor->stopping && !supervisor->reloading && supervisor->was_up &&
	       !retinue_is_busy(&supervisor->retinue, &orders_now) &&
	       crew->count == (size_t)supervisor->configuration.settings->workers &&
	       crew_serving(crew, supervisor->generation) == crew->count;
}

static void supervise(struct supervisor *supervisor)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
	const struct timespec quiet = {.tv_sec = QUIET_TICK_S};
	static struct pollfd watched[CREW_MAX];
	sigset_t while_waiting;

	orders_take(&while_waiting);
	clock_watch_begin(&supervisor->clock);
	for (;;) {
		decide_next(supervisor);
		if (supervisor->stopping && supervisor->crew.count == 0 &&
			retinue_is_gone(&supervisor->retinue))
			return;
		(void)ppoll(watched, crew_watch(&supervisor->crew, watched),
			is_quiet(supervisor) ? &quiet : &tick, &while_waiting);
	}
}

/* Everything that can be wrong is found here, before anybody can connect. */
static bool open_house(struct supervisor *supervisor, struct fault *fault)
{
	struct configuration *configuration = &supervisor->configuration;

	if (!configuration_load(configuration, supervisor->supervision->config_path,
		    supervisor->supervision->zone_path, fault) ||
		!retinue_open(&supervisor->retinue, fault))
		return false;
	(void)snprintf(
		supervisor->pid_path, sizeof supervisor->pid_path, "%s", configuration->settings->pid_file);
	supervisor->pid_file = pid_file_take(supervisor->pid_path, fault);
	if (supervisor->pid_file < 0 && fault->text[0] != '\0')
		return false;
	supervisor->sink = sink_open(configuration->settings, fault);
	if (supervisor->sink == NULL)
		return false;
	make_folders(supervisor, configuration->settings);
	supervisor->listening_fd = listener_open(&configuration->address, &configuration->owner, fault);
	return supervisor->listening_fd >= 0;
}

int supervisor_run(const struct supervision *supervision)
{
	static struct supervisor supervisor;
	struct fault fault = {""};

	supervisor = (struct supervisor){
		.supervision = supervision,
		.configuration = {.copy_fd = -1},
		.next = {.copy_fd = -1},
		.listening_fd = -1,
		.pid_file = -1,
		.exit_status = EXIT_CONFIG,
	};
	if (open_house(&supervisor, &fault)) {
		supervise(&supervisor);
		sink_say(supervisor.sink, LOG_NOTICE, "stopped");
	} else {
		(void)fprintf(stderr, "sekishod: %s\n", fault.text);
	}
	pid_file_release(&supervisor.pid_file, supervisor.pid_path);
	sink_close(&supervisor.sink);
	configuration_free(&supervisor.configuration);
	return supervisor.exit_status;
}
