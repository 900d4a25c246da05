#include "service/worker.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/turnstile.h"
#include "metrics/counters.h"
#include "replay/evidence_writer.h"
#include "report/sink.h"
#include "service/equipment.h"
#include "service/gate.h"
#include "service/heap.h"
#include "service/instrument.h"
#include "service/privileges.h"
#include "service/pulse.h"
#include "service/sandbox.h"
#include "service/start_line.h"
#include "session/diagnosis_queue.h"
#include "session/outlets.h"
#include "session/session.h"
#include "settings/settings.h"
#include "store/feed.h"
#include "store/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

enum {
	TICK_MS = 500,                  /* how often the gate looks at the descriptors */
	DRAIN_TICK_MS = 50,             /* how often a draining worker looks whether it is done */
	ARRIVAL_MS = 1000,              /* a connection just accepted has begun to talk by then */
	IDLE_WHEN_STOPPED_MS = 3000,    /* a connection without a message may begin one until then */
	DIAGNOSE_WHEN_STOPPED_MS = 3000 /* diagnoses still to be made; later ones are cut short */
};

enum { INTERRUPT = SIGURG };

struct worker {
	struct settings *settings;
	struct equipment equipment;
	struct outlets outlets;
	struct session_shared shared;
	struct pulse pulse;
	struct feed feed;
	struct gate gate;
	struct heap heap;
	struct sandbox sandbox;
	pthread_t server;
	int64_t drain_began_ms;
	bool stop;      /* not only drain */
	bool is_orphan; /* the supervisor is gone without a word */
};

static volatile sig_atomic_t asked_to_drain;
static atomic_bool server_gone;

static void on_drain_signal(int number)
{
	(void)number;
	asked_to_drain = 1;
}

/* libmilter stops on these and abandons messages in progress. It waits for them on a thread of its
 * own; the kernel gives them to the first thread while that does not block them, so they are ours. */
static const int drain_signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};

static void set_drain_signals_blocked(int how)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof drain_signals / sizeof drain_signals[0]; i++)
		(void)sigaddset(&set, drain_signals[i]);
	(void)pthread_sigmask(how, &set, NULL);
}

static void handle_drain_signals(void)
{
	struct sigaction action = {.sa_handler = on_drain_signal};

	for (size_t i = 0; i < sizeof drain_signals / sizeof drain_signals[0]; i++)
		(void)sigaction(drain_signals[i], &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static void on_interrupt(int number)
{
	(void)number;
}

/* libmilter begins to wait anew when this one of its threads is interrupted. */
static void *serve(void *nothing)
{
	struct sigaction action = {.sa_handler = on_interrupt};
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, INTERRUPT);
	(void)sigaction(INTERRUPT, &action, NULL);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	(void)session_serve();
	atomic_store(&server_gone, true);
	return nothing;
}

static bool is_listening(int fd)
{
	int listening = 0;
	socklen_t size = sizeof listening;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

static bool take_identity(const struct settings *settings, struct fault *fault)
{
	struct identity identity;

	return identity_find(settings->user, &identity, fault) && identity_take(&identity, fault);
}

/* Of the processors this worker's share, and two more: while a message has its place it may wait for a
 * moment, for a lock or a page, and the next one's thread takes a moment to wake up. */
static unsigned places_to_compute(const struct settings *settings)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	return processors < 1 ? 3 : (unsigned)((processors + settings->workers - 1) / settings->workers + 2);
}

/* After an upgrade the supervisor may be of a version that counts other things: mail goes on. */
static struct counters *take_counters(void)
{
	struct fault why;
	struct counters *counters = counters_map(WORKER_COUNTERS_FD, &why);

	if (counters == NULL) {
		(void)fprintf(stderr,
			"sekishod: worker: %s: what it does is not in the metrics until a restart\n",
			why.text);
		counters = counters_private();
	}
	return counters;
}

static bool prepare(struct worker *worker, const char *zone_path, struct fault *fault)
{
	struct counters *counters;
	struct ring *ring;
	char path[32];

	if (!is_listening(WORKER_LISTENING_FD)) {
		fault_set(fault, "--worker is for sekishod itself: no listening socket was handed over");
		return false;
	}
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", WORKER_SETTINGS_FD);
	worker->settings = settings_read(path, fault);
	(void)close(WORKER_SETTINGS_FD);
	counters = take_counters();
	(void)close(WORKER_COUNTERS_FD);
	ring = ring_map(WORKER_RING_FD); /* without it rows take longer */
	(void)close(WORKER_RING_FD);
	raise_descriptor_limit();
	(void)fcntl(WORKER_LISTENING_FD, F_SETFD, FD_CLOEXEC);
	(void)fcntl(WORKER_LIFELINE_FD, F_SETFD, FD_CLOEXEC);
	(void)fcntl(WORKER_FEED_FD, F_SETFD, FD_CLOEXEC);
	if (worker->settings == NULL || counters == NULL)
		return false;
	if (!instrument_is_at_work())
		limit_memory(worker->settings->worker_memory_limit);
	heap_set_up(&worker->heap);
	turnstile_set_up(places_to_compute(worker->settings));
	if (!gate_set_up(&worker->gate, WORKER_LISTENING_FD, fault) ||
		!take_identity(worker->settings, fault) ||
		!sandbox_raise_fence(&worker->sandbox, SANDBOX_WORKER, worker->settings, fault) ||
		!equipment_open(&worker->equipment, worker->settings, zone_path, fault))
		return false;
	feed_begin(&worker->feed, strcmp(worker->settings->store, "none") != 0 ? WORKER_FEED_FD : -1, ring);
	worker->outlets = (struct outlets){.sink = worker->equipment.sink,
		.counters = counters,
		.feed = &worker->feed,
		.evidence = equipment_open_evidence(&worker->equipment),
		.settings = worker->settings,
		.failure_mask = &worker->equipment.failure_mask};
	worker->shared = (struct session_shared){.inspector = &worker->equipment.inspector,
		.outlets = &worker->outlets,
		.queue = diagnosis_queue_open(&worker->outlets, fault)};
	if (worker->shared.queue == NULL || !session_open(&worker->shared, WORKER_LISTENING_FD, fault) ||
		!sandbox_close(&worker->sandbox, worker->settings, fault))
		return false;
	pulse_begin(&worker->pulse, counters, worker->equipment.dns, worker->equipment.sink,
		worker->shared.queue);
	if (pthread_create(&worker->server, NULL, serve, NULL) != 0) {
		fault_set(fault, "no thread to serve with");
		return false;
	}
	return true;
}

static void announce_start(const struct worker *worker)
{
	struct arena *arena = arena_new();

	sink_say(worker->equipment.sink, LOG_NOTICE, "%s, sandbox=%s", start_line(&worker->equipment, arena),
		sandbox_text(&worker->sandbox));
	if (worker->sandbox.wanted && worker->sandbox.why_not[0] != '\0')
		sink_say(worker->equipment.sink, LOG_WARNING,
			"the sandbox of the workers is not whole: %s (\"sandbox = no\" silences this)",
			worker->sandbox.why_not);
	arena_free(&arena);
}

/* Has the supervisor spoken, or gone? */
static bool lifeline_says_end(struct worker *worker, int wait_ms)
{
	struct pollfd lifeline = {.fd = WORKER_LIFELINE_FD, .events = POLLIN};
	char word = '\0';
	ssize_t got;

	if (poll(&lifeline, 1, wait_ms) <= 0)
		return false;
	got = read(WORKER_LIFELINE_FD, &word, 1);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	worker->stop = got == 1 && word == WORKER_STOP;
	worker->is_orphan = got != 1;
	return true;
}

static void mind_descriptors(struct worker *worker)
{
	bool tight = descriptors_are_short();

	if (tight == worker->gate.is_shut)
		return;
	if (tight)
		gate_shut(&worker->gate);
	else
		gate_open(&worker->gate);
	sink_say(worker->equipment.sink, LOG_WARNING, "%s",
		tight ? "file descriptors run short: no new connections for now (raise LimitNOFILE)"
		      : "enough file descriptors again");
}

static void mind_memory(struct worker *worker)
{
	struct session_counts counts = session_counts();

	heap_tend(&worker->heap, counts.begun,
		counts.messages > 0 || diagnosis_queue_length(worker->shared.queue) > 0,
		clock_monotonic_ms());
}

/* True when nobody is left who could miss us. */
static bool is_drained(const struct worker *worker, int64_t for_ms)
{
	struct session_counts counts = session_counts();

	if (counts.messages > 0 || for_ms < ARRIVAL_MS)
		return false;
	return counts.connections == 0 || (worker->stop && for_ms >= IDLE_WHEN_STOPPED_MS);
}

static int64_t drain_ms(const struct worker *worker)
{
	return (int64_t)worker->settings->drain_seconds * 1000;
}

static void drain(struct worker *worker)
{
	int64_t started = worker->drain_began_ms = clock_monotonic_ms();
	int64_t longest = drain_ms(worker);
	bool lifeline_open = !worker->stop && !worker->is_orphan;

	gate_wall_up(&worker->gate);
	(void)pthread_kill(worker->server, INTERRUPT); /* its poll would hold the socket for up to 5 s */
	for (int64_t now = started; now - started < longest; now = clock_monotonic_ms()) {
		if (atomic_load(&server_gone) || is_drained(worker, now - started))
			return;
		if (lifeline_open && lifeline_says_end(worker, DRAIN_TICK_MS))
			lifeline_open = false; /* told to stop while draining, or the supervisor went */
		else if (!lifeline_open)
			(void)poll(NULL, 0, DRAIN_TICK_MS);
	}
}

/* Only then may be closed what the diagnosis uses. */
static bool finish_diagnoses(const struct worker *worker)
{
	int64_t left = worker->drain_began_ms + drain_ms(worker) - clock_monotonic_ms();

	if (worker->stop && left > DIAGNOSE_WHEN_STOPPED_MS)
		left = DIAGNOSE_WHEN_STOPPED_MS;
	return diagnosis_queue_finish(worker->shared.queue, left > 0 ? (int)left : 0);
}

/* Without exit handlers: libmilter's threads are still there, and its handler takes away what they
 * wait on. When messages are still at work, they go with the process as they are. */
static _Noreturn void leave(struct worker *worker)
{
	struct session_counts counts;
	bool diagnosed;

	session_refuse_new();
	diagnosed = finish_diagnoses(worker);
	evidence_writer_close(&worker->outlets.evidence);
	pulse_beat(&worker->pulse);
	counts = session_counts();
	if (counts.messages > 0)
		sink_say(worker->equipment.sink, LOG_WARNING,
			"%u messages were not done after drain-seconds: the MTA will try them again",
			counts.messages);
	if (counts.connections == 0 && diagnosed && !atomic_load(&server_gone)) {
		diagnosis_queue_free(&worker->shared.queue);
		equipment_close(&worker->equipment);
		settings_free(&worker->settings);
#ifdef __SANITIZE_ADDRESS__
		__lsan_do_leak_check(); /* it is an exit handler itself */
#endif
	}
	_exit(EXIT_SUCCESS);
}

int worker_run(const char *zone_path, bool announce)
{
	static struct worker worker; /* libmilter's threads look at it until the very end */
	struct fault fault = {""};
	const char ready = WORKER_READY;

	(void)unsetenv("NOTIFY_SOCKET");
	handle_drain_signals();
	set_drain_signals_blocked(SIG_BLOCK); /* for all threads to come */
	if (!prepare(&worker, zone_path, &fault)) {
		(void)fprintf(stderr, "sekishod: worker: %s\n", fault.text);
		return EXIT_CONFIG;
	}
	set_drain_signals_blocked(SIG_UNBLOCK); /* for this thread alone */
	if (announce)
		announce_start(&worker);
	(void)!write(WORKER_LIFELINE_FD, &ready, 1);
	while (!asked_to_drain && !lifeline_says_end(&worker, TICK_MS)) {
		if (atomic_load(&server_gone)) {
			sink_say(worker.equipment.sink, LOG_ERR,
				"libmilter stopped serving; a new worker starts");
			_exit(EXIT_SOFTWARE_FAULT);
		}
		mind_descriptors(&worker);
		mind_memory(&worker);
		pulse_beat(&worker.pulse);
	}
	drain(&worker);
	leave(&worker);
}

bool worker_try(const struct settings *settings, const char *zone_path, struct fault *fault)
{
	static struct equipment equipment;
	struct sandbox sandbox;
	bool good;

	if (!take_identity(settings, fault) ||
		!sandbox_raise_fence(&sandbox, SANDBOX_WORKER, settings, fault) ||
		!equipment_open(&equipment, settings, zone_path, fault))
		return false;
	good = sandbox_close(&sandbox, settings, fault);
	equipment_close(&equipment);
	return good;
}
