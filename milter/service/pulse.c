#include "service/pulse.h"

#include "metrics/counters.h"
#include "session/diagnosis_queue.h"
#include "session/session.h"

#include <dirent.h>
#include <unistd.h>

/* Counting descriptors reads a directory as long as there are connections. */
enum { BEATS_PER_COUNT = 10 };

void pulse_begin(struct pulse *pulse, struct counters *counters, struct dns *dns, struct sink *sink,
	struct diagnosis_queue *queue)
{
	*pulse = (struct pulse){.counters = counters,
		.gauges = gauges_take(counters, (int)getpid()),
		.dns = dns,
		.sink = sink,
		.queue = queue};
}

static unsigned open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	if (folder == NULL)
		return 0;
	while (readdir(folder) != NULL)
		count++;
	(void)closedir(folder);
	return count > 3 ? count - 3 : 0; /* ".", ".." and the folder itself */
}

static void tell_sums(struct pulse *pulse, const struct dns_counters *dns)
{
	uint64_t lost = sink_lost(pulse->sink);

	(void)atomic_fetch_add(&pulse->counters->dns_asked, dns->asked - pulse->dns_told.asked);
	(void)atomic_fetch_add(&pulse->counters->dns_from_cache, dns->cached - pulse->dns_told.cached);
	(void)atomic_fetch_add(&pulse->counters->records_lost, lost - pulse->lost_told);
	pulse->dns_told = *dns;
	pulse->lost_told = lost;
}

void pulse_beat(struct pulse *pulse)
{
	struct session_counts counts = session_counts();
	struct dns_counters dns = dns_counters(pulse->dns);

	tell_sums(pulse, &dns);
	if (pulse->gauges == NULL)
		return;
	atomic_store(&pulse->gauges->connections, counts.connections);
	atomic_store(&pulse->gauges->messages, counts.messages);
	atomic_store(&pulse->gauges->diagnoses, (unsigned)diagnosis_queue_length(pulse->queue));
	atomic_store(&pulse->gauges->cached_answers, (unsigned)dns.kept);
	if (pulse->beats++ % BEATS_PER_COUNT == 0)
		atomic_store(&pulse->gauges->descriptors, open_descriptors());
}
