#include "session/outlets.h"

#include "metrics/observe.h"
#include "report/record.h"
#include "report/sink.h"
#include "session/evidence.h"
#include "store/feed.h"

void outlets_tell(const struct outlets *outlets, const struct findings *findings,
	const struct decision *decision, struct arena *arena)
{
	struct record record = record_of(findings, decision, arena);

	sink_write(outlets->sink, &record);
	evidence_keep(outlets->evidence, outlets->settings, findings, decision, arena);
	counters_observe(outlets->counters, findings, decision);
	if (feed_wants(outlets->feed) &&
		!feed_put(outlets->feed, findings, decision, record_json(&record, arena), arena))
		counters_lost_row(outlets->counters);
}
