/* What a worker tells of itself, in the shared counters, at every tick: what it has at the moment, and
 * what its resolver and its log have counted since the last time. */
#ifndef SERVICE_PULSE_H
#define SERVICE_PULSE_H

#include "dns/dns.h"
#include "report/sink.h"

struct counters;
struct diagnosis_queue;
struct gauges;

struct pulse {
	struct counters *counters;
	struct gauges *gauges; /* NULL when all places are taken: then it tells sums only */
	struct dns *dns;
	struct sink *sink;
	struct diagnosis_queue *queue;
	struct dns_counters dns_told;
	uint64_t lost_told;
	unsigned beats;
};

/* All borrowed. */
void pulse_begin(struct pulse *pulse, struct counters *counters, struct dns *dns, struct sink *sink,
	struct diagnosis_queue *queue);

/* One thread only. */
void pulse_beat(struct pulse *pulse);

#endif
