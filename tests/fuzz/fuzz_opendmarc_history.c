/* OpenDMARC's HistoryFile, full of what strangers sent: rows of the store, the same each time it is read. */
#include "base/arena.h"
#include "feedback/opendmarc_history.h"
#include "store/row.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct arena *arena;
	uint64_t count;
	uint64_t ids; /* all of them, hashed */
};

/* A row can be written and read again, and has a time, an author's domain and an address. */
static bool check(void *self, const struct row *row)
{
	struct seen *seen = self;
	struct row again;
	size_t len;
	const char *code = row_encode(row, &len, seen->arena);

	if (!row_decode(code, len, &again, seen->arena))
		abort();
	for (size_t i = 0; i < column_count; i++)
		if (columns[i].kind == COLUMN_TEXT &&
			strcmp(row_text(row, &columns[i]), row_text(&again, &columns[i])) != 0)
			abort();
	if (row->time <= 0 || row->from_domain[0] == '\0' || row->client[0] == '\0' || row->id[0] == '\0')
		abort();
	seen->count++;
	for (const char *at = row->id; *at != '\0'; at++)
		seen->ids = seen->ids * 31 + (unsigned char)*at;
	return true;
}

static struct seen read_once(const uint8_t *data, size_t size, struct arena *arena)
{
	struct seen seen = {.arena = arena};
	struct history_taker taker = {check, &seen};
	struct history_counts counts = {0};
	struct fault fault;
	FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");

	if (file == NULL || !history_read(file, &taker, &counts, &fault) || counts.messages != seen.count ||
		counts.messages + counts.broken > size ||
		(counts.broken == 0) != (counts.first_broken_line == 0))
		abort();
	(void)fclose(file);
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct seen first, second;

	if (size > 0) {
		first = read_once(data, size, arena);
		second = read_once(data, size, arena);
		if (first.count != second.count || first.ids != second.ids)
			abort();
	}
	arena_free(&arena);
	return 0;
}
