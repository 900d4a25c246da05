#include "service/writer.h"

#include "base/clock.h"
#include "memory/key_memory.h"
#include "metrics/counters.h"
#include "report/sink.h"
#include "service/companion.h"
#include "service/key_exchange.h"
#include "service/privileges.h"
#include "service/sandbox.h"
#include "service/worker.h"
#include "settings/settings.h"
#include "store/intake.h"
#include "store/keeper.h"
#include "store/ring.h"
#include "store/row.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

enum {
	ROWS_AT_ONCE = 1000,
	WAIT_MS = 1000,
	NICENESS = 5,        /* mail has the processor first */
	LAST_WAIT_MS = 2000, /* for the database, when the end has come; the spool gets what is left */
	MEGABYTE = 1000 * 1000,
};

struct writer {
	struct settings *settings;
	struct sink *sink;
	struct counters *counters;
	struct ring *ring; /* NULL: a supervisor of another version has none */
	struct intake *intake;
	struct keeper *keeper;
	struct keeper_counts told;
	struct key_exchange exchange;
	bool has_more;  /* the spool is being emptied */
	int64_t end_ms; /* when the lifeline was seen closed; 0: not yet */
};

static void complain(void *self, const char *text)
{
	sink_say(((struct writer *)self)->sink, LOG_WARNING, "%s", text);
}

static bool is_ending(struct writer *writer)
{
	struct pollfd lifeline = {.fd = COMPANION_LIFELINE_FD, .events = POLLIN};

	if (writer->end_ms == 0 && poll(&lifeline, 1, 0) > 0)
		writer->end_ms = clock_monotonic_ms();
	return writer->end_ms != 0;
}

/* Asked while the database lets us wait. */
static bool has_no_time(void *self)
{
	struct writer *writer = self;

	return is_ending(writer) && clock_monotonic_ms() - writer->end_ms >= LAST_WAIT_MS;
}

static bool attend(void *self, struct database *database, int64_t now_s, struct fault *fault)
{
	struct fault reason = {""};

	if (key_exchange_tend(&((struct writer *)self)->exchange, database, now_s, &reason))
		return true;
	fault_set(fault, "keys that verified are not exchanged with other machines: %.150s", reason.text);
	return false;
}

static struct keeper_plan plan_of(struct writer *writer)
{
	const struct settings *settings = writer->settings;

	return (struct keeper_plan){
		.where = settings->store,
		.spool_path = settings->store_spool,
		.spool_most = (uint64_t)settings->store_spool_megabytes * MEGABYTE,
		.days = (int)settings->store_days,
		.most_octets = (uint64_t)settings->store_megabytes * MEGABYTE,
		.say = complain,
		.attend = attend,
		.is_over = has_no_time,
		.self = writer,
	};
}

static bool prepare(struct writer *writer, struct fault *fault)
{
	struct identity identity;
	struct keeper_plan plan;
	struct sandbox sandbox;
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", COMPANION_SETTINGS_FD);
	writer->settings = settings_read(path, fault);
	writer->counters = counters_map(COMPANION_COUNTERS_FD, fault);
	writer->ring = ring_map(COMPANION_RING_FD);
	if (writer->settings == NULL || writer->counters == NULL)
		return false;
	if (!identity_find(writer->settings->user, &identity, fault) || !identity_take(&identity, fault) ||
		!sandbox_raise_fence(&sandbox, SANDBOX_WRITER, writer->settings, fault))
		return false;
	writer->sink = sink_open(writer->settings, fault);
	if (writer->sink == NULL)
		return false;
	writer->intake = intake_open(COMPANION_FEED_FD, writer->ring, &writer->counters->rows_held, fault);
	if (writer->intake == NULL)
		return false;
	if (writer->settings->key_memory[0] != '\0')
		writer->exchange.memory = key_memory_open(
			writer->settings->key_memory, (struct key_memory_listener){complain, writer});
	plan = plan_of(writer);
	writer->keeper = keeper_open(&plan, clock_wall());
	return sandbox_close(&sandbox, writer->settings, fault);
}

static void tell(struct writer *writer, size_t broken)
{
	struct keeper_counts now = keeper_counts(writer->keeper);

	(void)atomic_fetch_add(&writer->counters->rows_stored, now.stored - writer->told.stored);
	(void)atomic_fetch_add(&writer->counters->rows_spooled, now.spooled - writer->told.spooled);
	(void)atomic_fetch_add(&writer->counters->rows_lost, now.lost - writer->told.lost + broken);
	(void)atomic_fetch_add(&writer->counters->store_failures, now.failures - writer->told.failures);
	writer->told = now;
}

/* One round; how many rows it had. */
static size_t write_some(struct writer *writer, int wait_ms)
{
	static struct row rows[ROWS_AT_ONCE];
	size_t broken = 0;
	size_t count = intake_take(writer->intake, rows, ROWS_AT_ONCE, wait_ms, &broken);

	keeper_put(writer->keeper, rows, count, clock_wall());
	if (!is_ending(writer))
		writer->has_more = keeper_tend(writer->keeper, clock_wall());
	tell(writer, broken);
	(void)atomic_fetch_sub(&writer->counters->rows_held, count + broken);
	return count + broken;
}

int writer_run(void)
{
	static struct writer writer;
	struct fault fault = {""};

	(void)unsetenv("NOTIFY_SOCKET");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
	if (!prepare(&writer, &fault)) {
		(void)fprintf(stderr, "sekishod: writer: %s\n", fault.text);
		return EXIT_CONFIG;
	}
	while (!is_ending(&writer))
		(void)write_some(&writer, writer.has_more ? 0 : WAIT_MS);
	intake_finish(writer.intake);
	while (write_some(&writer, 0) > 0)
		;
	keeper_close(&writer.keeper);
	key_memory_close(&writer.exchange.memory);
	intake_close(&writer.intake);
	ring_unmap(&writer.ring);
	sink_close(&writer.sink);
	settings_free(&writer.settings);
	return EXIT_SUCCESS;
}
