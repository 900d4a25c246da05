/* Counts since the start, in memory that all processes of one sekishod share: a worker that dies and a
 * reload leave them as they are. Without locks; any thread of any process may count and read. */
#ifndef METRICS_COUNTERS_H
#define METRICS_COUNTERS_H

#include "base/fault.h"
#include "diagnose/diagnosis.h"
#include "facts/result.h"
#include "settings/settings.h"

#include <stdatomic.h>
#include <stdint.h>

enum method { METHOD_SPF, METHOD_DKIM, METHOD_DMARC, METHOD_ARC, METHOD_IPREV, METHODS };

enum { RESULTS = RESULT_PERMERROR + 1, ACTIONS = ACTION_TEMPFAIL + 1 };
enum { DNS_KINDS = ANSWER_NO_REPLY + 1, DNS_TROUBLES = TROUBLE_LOCAL + 1 };

/* As many as a crew can have (service/crew.h). */
enum { GAUGES_MAX = 256 };

/* How long things took: how many up to each bound, the longer ones behind the last. */
enum { HISTOGRAM_BOUNDS = 14 };
extern const unsigned histogram_bounds_ms[HISTOGRAM_BOUNDS];

struct histogram {
	atomic_uint_fast64_t buckets[HISTOGRAM_BOUNDS + 1];
	atomic_uint_fast64_t sum_ms;
};

void histogram_add(struct histogram *histogram, int took_ms);

/* What one worker has at the moment. */
struct gauges {
	atomic_int pid; /* 0: nobody's */
	atomic_uint connections, messages, diagnoses, descriptors, cached_answers;
};

struct counters {
	int64_t started; /* seconds since 1970 */
	atomic_uint_fast64_t messages, skipped, oversized, forged_fields, overridden;
	atomic_uint_fast64_t results[METHODS][RESULTS];
	atomic_uint_fast64_t signatures[RESULTS];
	atomic_uint_fast64_t causes[CAUSE_COUNT];
	atomic_uint_fast64_t actions[ACTIONS], would[ACTIONS];
	atomic_uint_fast64_t diagnoses_complete, diagnoses_partial;
	atomic_uint_fast64_t dns_asked, dns_from_cache;
	atomic_uint_fast64_t dns_kinds[DNS_KINDS], dns_troubles[DNS_TROUBLES];
	atomic_uint_fast64_t records_lost;
	atomic_uint_fast64_t rows_stored, rows_spooled, rows_lost, store_failures;
	atomic_uint_fast64_t rows_held; /* now, in the memory of the writer */
	atomic_uint_fast64_t workers_started, workers_died, reloads, reloads_refused;
	struct histogram message_ms, dns_ms, diagnosis_ms;
	struct gauges gauges[GAUGES_MAX];
};

/* The descriptor of the memory, to be inherited and mapped; close-on-exec. -1 with the reason in fault. */
int counters_memory_new(int64_t now, struct fault *fault);

/* NULL with the reason in fault. The mapping lives until the process ends. */
struct counters *counters_map(int memory, struct fault *fault);

/* Such memory for this process alone. NULL when there is none. */
struct counters *counters_private(void);

/* A worker's place; NULL when there is none left. Given back by whoever sees it end. */
struct gauges *gauges_take(struct counters *counters, int pid);
void gauges_give_back(struct counters *counters, int pid);

#endif
