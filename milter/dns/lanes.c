#include "dns/lanes.h"

#include "base/clock.h"
#include "dns/unbound_context.h"

#include <unbound.h>

enum { RENEWAL_LEAST_MS = 1000 }; /* a clock that is set back again and again does not keep us busy */

static void free_contexts(struct ub_ctx *contexts[LANES])
{
	for (int i = 0; i < LANES; i++)
		unbound_context_free(&contexts[i]);
}

static bool open_contexts(const struct lanes *lanes, struct ub_ctx *contexts[LANES], struct fault *fault)
{
	for (int i = 0; i < LANES; i++) {
		contexts[i] = unbound_context_new(lanes->resolvers, lanes->settings,
			i == LANE_CHECKED ? lanes->settings->trust_anchor_file : NULL, lanes->log, fault);
		if (contexts[i] == NULL)
			return false;
	}
	return true;
}

bool lanes_open(struct lanes *lanes, const struct resolvers *resolvers, const struct settings *settings,
	FILE *log, struct fault *fault)
{
	*lanes = (struct lanes){.resolvers = resolvers,
		.settings = settings,
		.log = log,
		.renewed_ms = clock_monotonic_ms() - RENEWAL_LEAST_MS};
	clock_watch_begin(&lanes->clock);
	return open_contexts(lanes, lanes->contexts, fault);
}

void lanes_close(struct lanes *lanes)
{
	free_contexts(lanes->contexts);
	free_contexts(lanes->former);
}

struct ub_ctx *lanes_take(const struct lanes *lanes, const struct question *question)
{
	return lanes->contexts[question->mode == ASK_UNCHECKED ? LANE_UNCHECKED : LANE_CHECKED];
}

bool lanes_are_stale(struct lanes *lanes)
{
	if (clock_watch_look(&lanes->clock) > 0)
		lanes->stale = true;
	return lanes->stale;
}

bool lanes_renew(struct lanes *lanes)
{
	struct ub_ctx *fresh[LANES] = {NULL};
	struct fault why = {.text = ""};
	int64_t now_ms;

	if (!lanes_are_stale(lanes))
		return false;
	now_ms = clock_monotonic_ms();
	if (now_ms - lanes->renewed_ms < RENEWAL_LEAST_MS)
		return false;
	lanes->renewed_ms = now_ms;
	if (!open_contexts(lanes, fresh, &why)) {
		free_contexts(fresh);
		return false;
	}
	lanes_drop_former(lanes);
	for (int i = 0; i < LANES; i++) {
		lanes->former[i] = lanes->contexts[i];
		lanes->contexts[i] = fresh[i];
	}
	lanes->stale = false;
	return true;
}

/* One that is freed takes the log of all contexts of this process with it. */
void lanes_drop_former(struct lanes *lanes)
{
	for (int i = 0; i < LANES; i++) {
		if (lanes->former[i] == NULL)
			continue;
		unbound_context_free(&lanes->former[i]);
		(void)ub_ctx_debugout(lanes->contexts[i], lanes->log);
	}
}
