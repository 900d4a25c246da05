#include "session/outlets.h"

#include "metrics/observe.h"
#include "report/failure.h"
#include "report/record.h"
#include "report/sink.h"
#include "session/evidence.h"
#include "store/feed.h"
#include "store/row.h"

static bool store(const struct outlets *outlets, const struct findings *findings,
	const struct decision *decision, const struct record *record, struct arena *arena)
{
	const struct row_texts texts = {.record = record->json,
		.failure = failure_text(findings, decision, outlets->settings, outlets->failure_mask, arena)};

	return feed_put(outlets->feed, findings, decision, &texts, arena);
}

void outlets_tell(const struct outlets *outlets, const struct findings *findings,
	const struct decision *decision, struct arena *arena)
{
	struct record record = record_of(findings, decision, arena);

	if (feed_wants(outlets->feed))
		record.json = record_json(&record, arena); /* the log may want the same */
	sink_write(outlets->sink, &record, arena);
	evidence_keep(outlets->evidence, outlets->settings, findings, decision, arena);
	counters_observe(outlets->counters, findings, decision);
	if (feed_wants(outlets->feed) && !store(outlets, findings, decision, &record, arena))
		counters_lost_row(outlets->counters);
}
