/* The reader of logs on any octets: each line counted, every page printed, nothing of it believed. */
#include "base/arena.h"
#include "logbook/census_json.h"
#include "logbook/enforcement.h"
#include "logbook/html.h"
#include "logbook/line.h"
#include "logbook/notice.h"
#include "logbook/screen.h"
#include "logbook/story.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The lines once more, for the messages behind the numbers. */
static struct album *look_again(const struct overview *overview, const uint8_t *data, size_t size)
{
	struct album *album = overview_album(overview);
	char *copy = malloc(size + 1), *line = copy, *end = copy + size;

	memcpy(copy, data, size);
	while (line < end) {
		struct entry entry;
		char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop == NULL ? end : stop) - line);

		if (line_read(line, len, 1795262400, &entry) == LINE_RECORD)
			album_add(album, &entry);
		line += len + 1;
	}
	free(copy);
	album_close(album);
	return album;
}

static void print_page(
	FILE *file, const struct census *census, const uint8_t *data, size_t size, enum language language)
{
	struct arena *arena = arena_new();
	const struct overview overview = overview_of(census);
	struct html_facts facts = {.source = "fuzz", .receiver = "mx.example", .now = 1795262400};

	facts.album = size % 3 == 0 ? NULL : look_again(&overview, data, size);
	html_print(file, &overview, &facts, language, arena);
	album_free(&facts.album);
	arena_free(&arena);
}

static void print_all(FILE *file, const struct census *census, struct enforcement *enforcement,
	struct notice *notice, enum language language)
{
	struct arena *arena = arena_new();
	struct paper paper = paper_of(file, language, arena);

	screen_overview(&paper, census, "fuzz");
	screen_table(&paper, census, BY_CLIENT, 3);
	enforcement_print(&paper, enforcement, census->records);
	(void)notice_print(&paper, notice, census, "mx.example", 1795262400);
	census_print_json(file, census, 0);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	const struct census_filter filter = {.domain = "", .cause = "", .queue_id = ""};
	struct census *census = census_new(&filter);
	struct enforcement *enforcement = enforcement_new("reject", NULL);
	struct notice *notice = notice_new();
	struct arena *arena = arena_new();
	char *copy = malloc(size + 1), *line = copy, *end = copy + size;

	if (nowhere == NULL)
		nowhere = fopen("/dev/null", "w");
	memcpy(copy, data, size);
	while (line < end) {
		struct entry entry;
		struct paper paper = paper_of(nowhere, LANGUAGE_JA, arena);
		char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop == NULL ? end : stop) - line);

		if (line_read(line, len, 1795262400, &entry) == LINE_RECORD && census_wants(census, &entry)) {
			census_add(census, &entry);
			enforcement_add(enforcement, &entry);
			notice_add(notice, &entry);
			story_print(&paper, &entry);
			story_print_json(nowhere, &entry);
		}
		line += len + 1;
	}
	print_all(nowhere, census, enforcement, notice, size % 2 == 0 ? LANGUAGE_EN : LANGUAGE_JA);
	print_page(nowhere, census, data, size, size % 2 == 0 ? LANGUAGE_EN : LANGUAGE_JA);
	free(copy);
	arena_free(&arena);
	notice_free(&notice);
	enforcement_free(&enforcement);
	census_free(&census);
	return 0;
}
