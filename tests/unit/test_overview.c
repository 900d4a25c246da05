/* logbook/: what a page shows beyond counts: changes, forwarders, exposure, and the messages behind each
 * number. */
#include "base/arena.h"
#include "logbook/forwarder.h"
#include "logbook/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { START = 1795000000, STEP = 60, PAGE_SIZE = 400000 };

/* A log in memory: it can be read twice. */
struct book {
	struct arena *arena;
	const char *lines[2000];
	size_t count;
	struct census *census;
	struct overview overview;
	struct album *album;
};

static struct book *book_new(void)
{
	struct book *book = calloc(1, sizeof *book);

	assert_non_null(book);
	book->arena = arena_new();
	return book;
}

static void write_line(struct book *book, const char *fields)
{
	assert_true(book->count < COUNT(book->lines));
	book->lines[book->count] =
		arena_printf(book->arena, "{\"time\":%d,\"queue_id\":\"Q%zu\",\"client\":\"192.0.2.1\",%s}",
			START + STEP * (int)book->count, book->count, fields);
	book->count++;
}

static enum line_kind read_line(const struct book *book, size_t i, struct entry *entry)
{
	char *line = arena_copy(book->arena, book->lines[i], strlen(book->lines[i]));
	enum line_kind kind;

	entry_begin(entry);
	kind = line_read(line, strlen(line), START + 1000000, entry);
	if (kind == LINE_RECORD && !entry->dated) {
		entry->dated = true;
		entry->time = START + STEP * (int64_t)i;
	}
	return kind;
}

/* Both readings. */
static void book_read(struct book *book)
{
	const struct census_filter filter = {.domain = "", .cause = "", .queue_id = ""};
	struct entry entry;

	book->census = census_new(&filter);
	for (size_t i = 0; i < book->count; i++) {
		assert_int_equal(read_line(book, i, &entry), LINE_RECORD);
		census_add(book->census, &entry);
	}
	book->overview = overview_of(book->census);
	book->album = overview_album(&book->overview);
	for (size_t i = 0; i < book->count; i++) {
		(void)read_line(book, i, &entry);
		album_add(book->album, &entry);
	}
	album_close(book->album);
}

static void book_free(struct book **book)
{
	album_free(&(*book)->album);
	census_free(&(*book)->census);
	arena_free(&(*book)->arena);
	free(*book);
	*book = NULL;
}

static void who_passed_it_on(void **state)
{
	static const struct {
		const char *record, *forwarder;
	} rows[] = {
		{"client=192.0.2.1 client_name=out1.forward.example cause=spf-forwarded act=fw",
			"forward.example"},
		{"client=192.0.2.1 client_name=a.b.lists.example cause=x act=sd cause=y act=fw",
			"b.lists.example"},
		{"client=192.0.2.1 client_name=forward.example cause=x act=fw", "forward.example"},
		{"client=192.0.2.1 client_name=forward.co.jp cause=x act=fw", "forward.co.jp"},
		{"client=192.0.2.1 client_name=mx.forward.co.jp cause=x act=fw", "forward.co.jp"},
		{"client=192.0.2.1 cause=x act=fw", "192.0.2.1"},
		{"client=192.0.2.1 client_name=mx.a.example dmarc_override=list.example", "a.example"},
		{"client=192.0.2.1 client_name=mx.a.example cause=x act=sd", ""},
		{"client=192.0.2.1 client_name=mx.a.example", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char line[400];
		struct entry entry;

		(void)snprintf(line, sizeof line, "Nov 21 09:30:05 mx sekishod[812]: %s", rows[i].record);
		entry_begin(&entry);
		assert_int_equal(line_read(line, strlen(line), START, &entry), LINE_RECORD);
		if (!entry_says(forwarder_of(&entry), rows[i].forwarder))
			fail_msg("%s", rows[i].record);
	}
}

static void who_was_exposed(void **state)
{
	static const struct {
		const char *fields;
		enum exposed exposed;
		enum census_action action;
	} rows[] = {
		{"\"dmarc\":\"pass\"", EXPOSED_GOOD, DONE_ACCEPT},
		{"\"spf\":\"none\",\"dmarc\":\"none\"", EXPOSED_WEAK, DONE_ACCEPT},
		{"\"dmarc\":\"fail\",\"dmarc_policy\":\"none\"", EXPOSED_FAIL_NONE, DONE_ACCEPT},
		{"\"dmarc\":\"fail\",\"dmarc_policy\":\"quarantine\",\"action\":\"quarantine\"",
			EXPOSED_FAIL_QUARANTINE, DONE_QUARANTINE},
		{"\"dmarc\":\"fail\",\"dmarc_policy\":\"reject\",\"action\":\"reject\"", EXPOSED_FAIL_REJECT,
			DONE_REJECT},
		{"\"dmarc\":\"fail\",\"dmarc_policy\":\"reject\",\"recipients\":3", EXPOSED_FAIL_REJECT,
			DONE_ACCEPT},
		{"\"dmarc\":\"temperror\",\"action\":\"tempfail\"", EXPOSED_UNDECIDED, DONE_TEMPFAIL},
		{"\"skipped\":\"authenticated\",\"recipients\":\"<b>\"", EXPOSED_SKIPPED, DONE_ACCEPT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct book *book = book_new();
		const struct exposure *exposure;

		write_line(book, rows[i].fields);
		book_read(book);
		exposure = &book->census->exposure;
		assert_int_equal(exposure->messages[rows[i].exposed][rows[i].action], 1);
		if (rows[i].action == DONE_ACCEPT)
			assert_int_equal(exposure->reached[rows[i].exposed],
				strstr(rows[i].fields, "\"recipients\":3") != NULL ? 3 : 1);
		book_free(&book);
	}
}

/* Of 40 messages of a domain, 20 in each half, so many are in trouble. */
static void what_changed(void **state)
{
	static const struct {
		unsigned before, after; /* messages in trouble */
		bool worse, better;
	} rows[] = {
		{0, 20, true, false},
		{20, 0, false, true},
		{0, 4, true, false}, /* 20 points */
		{0, 3, false, false},
		{10, 14, true, false},
		{10, 7, false, false},
		{20, 16, false, true},
		{20, 20, false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct book *book = book_new();
		struct change changes[OVERVIEW_CHANGES];

		for (unsigned n = 0; n < 40; n++) {
			bool trouble = n < 20 ? n < rows[i].before : n - 20 < rows[i].after;

			write_line(book, trouble ? "\"from_domain\":\"a.example\",\"dmarc\":\"fail\""
						 : "\"from_domain\":\"a.example\",\"dmarc\":\"pass\"");
		}
		book_read(book);
		if (changes_of(book->album, true, changes) != rows[i].worse ||
			changes_of(book->album, false, changes) != rows[i].better)
			fail_msg("%u before, %u after", rows[i].before, rows[i].after);
		book_free(&book);
	}
}

/* What is seldom says nothing: 9 messages in a half are too few. Of many the largest are told first. */
static void few_and_many(void **state)
{
	struct book *book = book_new();
	struct change changes[OVERVIEW_CHANGES];

	(void)state;
	for (unsigned half = 0; half < 2; half++)
		for (unsigned domain = 0; domain < 15; domain++)
			for (unsigned n = 0; n < domain + 4; n++)
				write_line(book, arena_printf(book->arena,
							 "\"from_domain\":\"d%u.example\",\"dmarc\":\"%s\"",
							 domain, half == 0 ? "pass" : "fail"));
	book_read(book);
	assert_int_equal(changes_of(book->album, true, changes), 9); /* those with 10 to 18 messages */
	assert_string_equal(changes[0].domain, "d14.example");
	assert_string_equal(changes[8].domain, "d6.example");
	assert_int_equal(changes_of(book->album, false, changes), 0);
	book_free(&book);
}

static void the_newest_are_kept(void **state)
{
	struct book *book = book_new();
	const struct album_page *page;

	(void)state;
	for (unsigned i = 0; i < 50; i++)
		write_line(book,
			i % 2 == 0 ? "\"from_domain\":\"a.example\",\"spf\":\"pass\",\"dmarc\":\"pass\""
				   : "\"from_domain\":\"b.example\",\"spf\":\"fail\",\"dmarc\":\"fail\","
				     "\"causes\":[{\"cause\":\"x\",\"text\":\"y\"}]");
	book_read(book);
	page = album_find(book->album, ALBUM_DOMAIN, "b.example");
	assert_non_null(page);
	assert_int_equal(page->sighting_count, SIGHTINGS_MAX);
	assert_string_equal(page->sightings[0]->queue_id, "Q49");
	assert_string_equal(page->sightings[SIGHTINGS_MAX - 1]->queue_id, "Q31");
	assert_string_equal(page->sightings[0]->cause, "x");
	assert_int_equal(page->halves[0].messages + page->halves[1].messages, 25);
	assert_int_equal(page->halves[0].trouble + page->halves[1].trouble, 25);
	page = album_find(book->album, ALBUM_METHOD, "spf fail");
	assert_int_equal(page->halves[0].messages + page->halves[1].messages, 25);
	page = album_find(book->album, ALBUM_PAIR, "x\tb.example");
	assert_int_equal(page->halves[0].messages + page->halves[1].messages, 25);
	page = album_find(book->album, ALBUM_ALL, "");
	assert_int_equal(page->halves[0].messages + page->halves[1].messages, 50);
	assert_null(album_find(book->album, ALBUM_DOMAIN, "c.example"));
	book_free(&book);
}

static size_t times_in(const char *text, const char *part)
{
	size_t times = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		times++;
	return times;
}

/* Each link leads to a list that is there, and each list has a link; without a second reading there is
 * neither. */
static void links_lead_somewhere(void **state)
{
	struct book *book = book_new();
	char *text = calloc(1, PAGE_SIZE);

	(void)state;
	for (unsigned i = 0; i < 60; i++)
		write_line(book, i % 3 != 0 || i < 30 ? "\"from_domain\":\"<script>\",\"dmarc\":\"pass\""
						      : "\"from_domain\":\"<script>\",\"dmarc\":\"fail\","
							"\"causes\":[{\"cause\":\"<b>\","
							"\"act\":\"fw\"}]");
	book_read(book);
	for (int with = 0; with < 2; with++) {
		FILE *file = fmemopen(text, PAGE_SIZE, "w");
		const struct html_facts facts = {
			.source = "x", .receiver = "y", .album = with ? book->album : NULL};

		html_print(file, &book->overview, &facts, LANGUAGE_EN, book->arena);
		(void)fclose(file);
		assert_null(strstr(text, "<script"));
		assert_null(strstr(text, "<b>&"));
		assert_int_equal(with == 0, strstr(text, "href=\"#m") == NULL);
		assert_int_equal(with == 0, strstr(text, "Got worse") == NULL);
		assert_int_equal(with == 0, strstr(text, "&lt;script&gt; · &lt;b&gt;</h2>") == NULL);
		for (const char *at = text; (at = strstr(at, "href=\"#m")) != NULL; at++) {
			const char *target =
				arena_printf(book->arena, "id=\"m%.*s\"", (int)strcspn(at + 8, "\""), at + 8);

			assert_int_equal(times_in(text, target), 1);
		}
		assert_true(times_in(text, "class=\"messages\"") <= times_in(text, "href=\"#m"));
	}
	free(text);
	book_free(&book);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_passed_it_on),
		cmocka_unit_test(who_was_exposed),
		cmocka_unit_test(what_changed),
		cmocka_unit_test(few_and_many),
		cmocka_unit_test(the_newest_are_kept),
		cmocka_unit_test(links_lead_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
