#include "feedback/gather.h"

#include "base/arena.h"
#include "feedback/sums.h"
#include "store/database.h"
#include "store/row.h"

#include <string.h>

struct progress {
	const struct gathering *gathering;
	struct arena *arena; /* of the domain at hand */
	struct sums *sums;   /* NULL before the first */
};

static void finish(struct progress *progress)
{
	if (progress->sums != NULL)
		progress->gathering->take(progress->gathering->self, progress->sums);
	progress->sums = NULL;
	arena_reset(progress->arena);
}

static bool take_row(void *self, const struct row *row)
{
	struct progress *progress = self;

	/* what could not be decided is not reported: it will be, when the mail comes again */
	if (strcmp(row->dmarc, "pass") != 0 && strcmp(row->dmarc, "fail") != 0)
		return true;
	if (progress->sums == NULL || strcmp(sums_domain(progress->sums), row->dmarc_domain) != 0) {
		finish(progress);
		progress->sums = sums_new(row->dmarc_domain, progress->arena);
	}
	sums_add(progress->sums, row);
	return true;
}

bool gather(struct database *database, const struct gathering *gathering, struct fault *fault)
{
	struct progress progress = {.gathering = gathering, .arena = arena_new()};
	struct selection selection = {.from = gathering->from,
		.until = gathering->until,
		.domain = gathering->domain,
		.queue_id = "",
		.by_dmarc_domain = true,
		.failures = gathering->failures};
	bool good = database_select(database, &selection, take_row, &progress, fault);

	if (good)
		finish(&progress);
	arena_free(&progress.arena);
	return good;
}
