#include "service/retinue.h"

#include "base/clock.h"
#include "metrics/counters.h"
#include "report/sink.h"
#include "settings/settings.h"
#include "store/feed.h"
#include "store/ring.h"

#include <string.h>
#include <syslog.h>

/* The writer may have to bring what it holds to a slow disk (writer.c); together with drain-seconds less than
 * what systemd waits for. */
enum { EXPORTER_END_MS = 5000, WRITER_END_MS = 20000 };

bool retinue_open(struct retinue *retinue, struct fault *fault)
{
	*retinue = (struct retinue){
		.exporter = {.role = "exporter", .lifeline = -1, .end_limit_ms = EXPORTER_END_MS},
		.writer = {.role = "writer", .lifeline = -1, .end_limit_ms = WRITER_END_MS},
	};
	retinue->counters_fd = counters_memory_new(clock_wall(), fault);
	if (retinue->counters_fd < 0)
		return false;
	retinue->counters = counters_map(retinue->counters_fd, fault);
	retinue->ring_fd = ring_memory_new(fault);
	retinue->ring = retinue->ring_fd >= 0 ? ring_map(retinue->ring_fd) : NULL;
	return retinue->counters != NULL && retinue->ring != NULL &&
	       feed_ends(&retinue->feed_sending, &retinue->feed_receiving, fault);
}

static struct companion_wish wish_for(const struct retinue *retinue, const struct retinue_orders *orders)
{
	return (struct companion_wish){
		.program = orders->program,
		.settings_fd = orders->settings_fd,
		.counters_fd = retinue->counters_fd,
		.feed_fd = retinue->feed_receiving,
		.ring_fd = retinue->ring_fd,
		.generation = orders->generation,
	};
}

static struct companion_wish exporter_wish(const struct retinue *retinue, const struct retinue_orders *orders)
{
	struct companion_wish wish = wish_for(retinue, orders);

	wish.wanted = orders->serving && orders->settings->metrics_socket[0] != '\0';
	return wish;
}

/* The writer outlives the workers: their last verdicts are still to be written. */
static struct companion_wish writer_wish(const struct retinue *retinue, const struct retinue_orders *orders)
{
	struct companion_wish wish = wish_for(retinue, orders);

	wish.wanted = (orders->serving || (orders->has_crew && retinue->writer.pid > 0)) &&
		      strcmp(orders->settings->store, "none") != 0;
	return wish;
}

static enum companion_news keep(struct companion *companion, const struct companion_wish *wish,
	const char *without, struct sink *sink)
{
	struct fault fault = {""};
	enum companion_news news = companion_keep(companion, wish, clock_monotonic_ms(), &fault);

	if (news == COMPANION_KILLED)
		sink_say(sink, LOG_WARNING, "the %s %s", companion->role, fault.text);
	else if (news != COMPANION_NO_NEWS)
		sink_say(sink, LOG_WARNING, "%s for %d s: the %s %s; mail goes on", without,
			(int)(companion->back_off_ms / 1000), companion->role, fault.text);
	return news;
}

/* What a writer had in its memory when it ended as none should. */
static void count_lost(struct counters *counters, struct sink *sink)
{
	uint64_t lost = atomic_exchange(&counters->rows_held, 0);

	if (lost == 0)
		return;
	(void)atomic_fetch_add(&counters->rows_lost, lost);
	sink_say(sink, LOG_WARNING, "verdicts are lost to the store: the writer held %llu",
		(unsigned long long)lost);
}

void retinue_keep(struct retinue *retinue, const struct retinue_orders *orders, struct sink *sink)
{
	struct companion_wish exporter = exporter_wish(retinue, orders);
	struct companion_wish writer = writer_wish(retinue, orders);

	enum companion_news news;

	(void)keep(&retinue->exporter, &exporter, "no metrics", sink);
	news = keep(&retinue->writer, &writer, "nothing goes into the store", sink);
	if (news == COMPANION_DIED || news == COMPANION_KILLED)
		count_lost(retinue->counters, sink);
}

void retinue_bury(struct retinue *retinue, int worker)
{
	gauges_give_back(retinue->counters, worker);
	ring_bury(retinue->ring, worker);
}

bool retinue_is_busy(const struct retinue *retinue, const struct retinue_orders *orders)
{
	struct companion_wish exporter = exporter_wish(retinue, orders);
	struct companion_wish writer = writer_wish(retinue, orders);

	return companion_is_busy(&retinue->exporter, &exporter) ||
	       companion_is_busy(&retinue->writer, &writer);
}

bool retinue_is_gone(const struct retinue *retinue)
{
	return retinue->exporter.pid == 0 && retinue->writer.pid == 0;
}
