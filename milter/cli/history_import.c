#include "cli/history_import.h"

#include "base/arena.h"
#include "cli/exit_status.h"
#include "feedback/opendmarc_history.h"
#include "store/database.h"
#include "store/row.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 500 };

struct batch {
	struct database *database;
	struct arena *arena; /* of the rows */
	struct row rows[ROWS_AT_ONCE];
	size_t count;
	struct fault fault;
};

static bool batch_put(struct batch *batch)
{
	bool good =
		batch->count == 0 || database_put(batch->database, batch->rows, batch->count, &batch->fault);

	batch->count = 0;
	arena_reset(batch->arena);
	return good;
}

static bool take_row(void *self, const struct row *row)
{
	struct batch *batch = self;
	size_t len;
	const char *code = row_encode(row, &len, batch->arena);

	if (row_decode(code, len, &batch->rows[batch->count], batch->arena))
		batch->count++;
	return batch->count < ROWS_AT_ONCE || batch_put(batch);
}

static int import(FILE *file, const char *path, struct batch *batch)
{
	const struct history_taker taker = {take_row, batch};
	struct history_counts counts;
	bool good = history_read(file, &taker, &counts, &batch->fault) && batch_put(batch);

	if (!good) {
		fprintf(stderr, "sekisho report: %s: %s\n", path, batch->fault.text);
		return EXIT_UNREADABLE;
	}
	printf("%" PRIu64 " messages, %" PRIu64 " that could not be read", counts.messages, counts.broken);
	if (counts.broken > 0)
		printf(" (the first begins in line %" PRIu64 ")", counts.first_broken_line);
	putchar('\n');
	return counts.broken > 0 ? EXIT_DIFFERS : EXIT_DONE;
}

int history_import(const char *path, struct database *database)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	struct batch *batch;
	int status;

	if (file == NULL) {
		fprintf(stderr, "sekisho report: %s: %s\n", path, strerror(errno));
		return EXIT_UNREADABLE;
	}
	batch = calloc(1, sizeof *batch);
	if (batch == NULL)
		abort();
	batch->database = database;
	batch->arena = arena_new();
	status = import(file, path, batch);
	arena_free(&batch->arena);
	free(batch);
	if (file != stdin)
		(void)fclose(file);
	return status;
}
