#include "metrics/counters.h"

#include "base/shared_memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const unsigned histogram_bounds_ms[HISTOGRAM_BOUNDS] = {
	1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000};

void histogram_add(struct histogram *histogram, int took_ms)
{
	unsigned took = took_ms > 0 ? (unsigned)took_ms : 0;
	size_t bucket = 0;

	while (bucket < HISTOGRAM_BOUNDS && took > histogram_bounds_ms[bucket])
		bucket++;
	(void)atomic_fetch_add_explicit(&histogram->buckets[bucket], 1, memory_order_relaxed);
	(void)atomic_fetch_add_explicit(&histogram->sum_ms, took, memory_order_relaxed);
}

int counters_memory_new(int64_t now, struct fault *fault)
{
	int memory = shared_memory_new("sekisho-counters", sizeof(struct counters));
	struct counters *counters;

	if (memory < 0) {
		fault_set(fault, "no memory for the counters: %s", strerror(errno));
		return -1;
	}
	counters = counters_map(memory, fault);
	if (counters == NULL) {
		(void)close(memory);
		return -1;
	}
	counters->started = now;
	(void)munmap(counters, sizeof *counters);
	return memory;
}

struct counters *counters_map(int memory, struct fault *fault)
{
	struct counters *counters = shared_memory_map(memory, sizeof *counters);

	if (counters == NULL && errno == EINVAL)
		fault_set(fault, "the counters are of another size than ours");
	else if (counters == NULL)
		fault_set(fault, "the counters cannot be mapped: %s", strerror(errno));
	return counters;
}

struct counters *counters_private(void)
{
	void *mapped = mmap(
		NULL, sizeof(struct counters), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mapped != MAP_FAILED ? mapped : NULL;
}

struct gauges *gauges_take(struct counters *counters, int pid)
{
	for (size_t i = 0; i < GAUGES_MAX; i++) {
		int nobody = 0;

		if (atomic_compare_exchange_strong(&counters->gauges[i].pid, &nobody, pid))
			return &counters->gauges[i];
	}
	return NULL;
}

void gauges_give_back(struct counters *counters, int pid)
{
	for (size_t i = 0; i < GAUGES_MAX; i++) {
		struct gauges *gauges = &counters->gauges[i];

		if (atomic_load(&gauges->pid) != pid)
			continue;
		atomic_store(&gauges->connections, 0);
		atomic_store(&gauges->messages, 0);
		atomic_store(&gauges->diagnoses, 0);
		atomic_store(&gauges->descriptors, 0);
		atomic_store(&gauges->cached_answers, 0);
		atomic_store(&gauges->pid, 0);
	}
}
