/* All that a worker opens before it serves, in order, and closes after: the public suffix list, the
 * verification libraries, DNS, the log, the key memory. */
#ifndef SERVICE_EQUIPMENT_H
#define SERVICE_EQUIPMENT_H

#include "base/fault.h"
#include "inspect/inspection.h"
#include "inspect/question_rate.h"
#include "message/local_part.h"
#include "service/host_name.h"

#include <stdbool.h>

struct evidence_writer;
struct settings;
struct sink;
struct zone;

struct equipment {
	const struct settings *settings; /* borrowed */
	struct suffixes *suffixes;
	struct libraries *libraries;
	struct arena *zone_arena;
	struct dns *dns;
	struct sink *sink;
	struct key_memory *key_memory;
	struct inspector inspector;
	struct question_rate rate;
	struct remark_memory *remarks;
	struct local_part_mask mask, failure_mask; /* for the log; for failure reports */
	char host[HOST_NAME_SIZE];
};

/* zone_path: answer DNS from this file instead of the network; "" for the network. On failure
 * nothing stays open. The equipment does not move while it is open. */
bool equipment_open(struct equipment *equipment, const struct settings *settings, const char *zone_path,
	struct fault *fault);

/* The writer of evidence, on a thread of its own, to be closed by the caller; NULL when none is kept. */
struct evidence_writer *equipment_open_evidence(const struct equipment *equipment);
void equipment_close(struct equipment *equipment);

#endif
