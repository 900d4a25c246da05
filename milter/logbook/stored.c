/* The store of verdicts as a log: each row has the record as it was logged. */
#include "base/arena.h"
#include "logbook/progress.h"
#include "logbook/reading.h"
#include "store/database.h"
#include "store/row.h"

#include <string.h>

struct stored {
	const struct reading *reading;
	struct progress progress;
	struct arena *arena; /* one row */
	uint64_t rows;
};

static bool take_row(void *self, const struct row *row)
{
	struct stored *stored = self;
	const struct reading *reading = stored->reading;
	size_t len = strlen(row->record);
	char *line = arena_copy(stored->arena, row->record, len);
	struct entry entry;
	enum line_kind kind;

	entry_begin(&entry);
	kind = line_read(line, len, reading->now, &entry);
	reading->take(reading->self, kind, &entry, (struct span){line, len});
	arena_reset(stored->arena);
	stored->rows++;
	if (progress_is_due(&stored->progress))
		progress_show(&stored->progress, stored->rows, 0);
	return true;
}

bool reading_is_of_store(const char *path)
{
	return strncmp(path, "sqlite:", strlen("sqlite:")) == 0 ||
	       strncmp(path, "postgresql:", strlen("postgresql:")) == 0;
}

bool reading_of_store(const struct reading *reading, const char *where, struct fault *fault)
{
	struct stored stored = {.reading = reading};
	struct selection selection = {.from = reading->since,
		.until = reading->until > 0 ? reading->until : INT64_MAX,
		.domain = "",
		.queue_id = reading->queue_id};
	struct database *database = database_open(where, false, fault);
	bool read;

	if (database == NULL)
		return false;
	stored.arena = arena_new();
	progress_begin(&stored.progress, reading->progress);
	read = database_select(database, &selection, take_row, &stored, fault);
	progress_end(&stored.progress);
	arena_free(&stored.arena);
	database_close(&database);
	return read;
}
