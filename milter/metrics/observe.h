/* One message → the counters. */
#ifndef METRICS_OBSERVE_H
#define METRICS_OBSERVE_H

struct counters;
struct decision;
struct findings;

/* Once per message, when its findings are final. Any thread. */
void counters_observe(
	struct counters *counters, const struct findings *findings, const struct decision *decision);

/* The store was full: a verdict is lost to it. */
void counters_lost_row(struct counters *counters);

#endif
