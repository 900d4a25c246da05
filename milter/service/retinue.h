/* What the supervisor keeps beside its workers: the shared counters, the way to the store, and the
 * companions that work on them (exporter, writer). */
#ifndef SERVICE_RETINUE_H
#define SERVICE_RETINUE_H

#include "service/companion.h"

struct counters;
struct ring;
struct settings;
struct sink;

struct retinue {
	struct counters *counters;
	int counters_fd;                  /* for those born later */
	int feed_sending, feed_receiving; /* both ends stay open: rows wait while a writer is replaced */
	int ring_fd;                      /* memory beside them */
	struct ring *ring;
	struct companion exporter, writer;
};

/* What the supervisor is doing, for its companions. */
struct retinue_orders {
	const struct settings *settings;
	const char *program;
	int settings_fd;
	unsigned generation;
	bool serving;  /* the workers were up, and no stop was asked for */
	bool has_crew; /* there are workers */
};

bool retinue_open(struct retinue *retinue, struct fault *fault);

/* At every tick; what goes wrong is said. */
void retinue_keep(struct retinue *retinue, const struct retinue_orders *orders, struct sink *sink);

/* A worker is dead: what it held of what all share is given back. */
void retinue_bury(struct retinue *retinue, int worker);

/* Is something due, so that the supervisor must look again soon? */
bool retinue_is_busy(const struct retinue *retinue, const struct retinue_orders *orders);
bool retinue_is_gone(const struct retinue *retinue);

#endif
