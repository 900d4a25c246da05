/* feedback/opendmarc_history: what OpenDMARC 1.4 writes into its HistoryFile. */
#include "base/arena.h"
#include "feedback/opendmarc_history.h"
#include "store/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define HEAD                                                                                                 \
	"job 4XYZ\nreporter mx.rx.example\nreceived 1700000000\nipaddr 192.0.2.25\nfrom a.example\nmfrom "   \
	"b.example\n"

struct read {
	struct arena *arena;
	char text[4000];
	char ids[10][41];
	size_t count;
};

/* "time client from mfrom | spf | signatures | dmarc domain record | aligned | disposition override" */
static bool note(void *self, const struct row *row)
{
	struct read *read = self;
	size_t len = strlen(read->text);

	(void)snprintf(read->text + len, sizeof read->text - len,
		"%s %lld %s %s %s|%s %s|%s|%s %s %s|%lld%lld|%s%s\n", row->queue_id, (long long)row->time,
		row->client, row->from_domain, row->mail_domain, row->spf, row->spf_domain, row->signatures,
		row->dmarc, row->dmarc_domain, row->dmarc_record, (long long)row->dkim_aligned,
		(long long)row->spf_aligned, row->disposition, row->override[0] != '\0' ? "!" : "");
	(void)snprintf(read->ids[read->count++ % 10], 41, "%s", row->id);
	return true;
}

static struct read read_text(const char *text, size_t len, struct history_counts *counts)
{
	struct read read = {.count = 0};
	struct history_taker taker = {note, &read};
	struct fault fault = {""};
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	rewind(file);
	assert_true(history_read(file, &taker, counts, &fault));
	assert_int_equal(fclose(file), 0);
	return read;
}

static void blocks_become_rows(void **state)
{
	static const struct {
		const char *block, *row; /* "": broken */
	} rows[] = {
		{HEAD "spf 0\ndkim a.example sel1 0\npdomain a.example\npolicy 15\nrua "
		      "mailto:d@a.example\npct 100\n"
		      "adkim 114\naspf 114\np 114\nsp 0\nalign_dkim 4\nalign_spf 5\naction 2\n",
			"4XYZ 1700000000 192.0.2.25 a.example b.example|pass b.example|pass a.example sel1|"
			"pass a.example v=DMARC1; p=reject; rua=mailto:d@a.example|10|none\n"},
		{HEAD "spf 7\ndkim a.example s1 7\ndkim b.example s2 5\npdomain a.example\npolicy 16\n"
		      "rua mailto:d@a.example\nrua mailto:e@c.example\npct 50\nadkim 115\naspf 115\np "
		      "114\nsp 113\n"
		      "align_dkim 5\nalign_spf 5\naction 0\n",
			"4XYZ 1700000000 192.0.2.25 a.example b.example|fail b.example|fail a.example s1\n"
			"permerror b.example s2|fail a.example v=DMARC1; p=reject; sp=quarantine; adkim=s; "
			"aspf=s; "
			"pct=50; rua=mailto:d@a.example,mailto:e@c.example|00|reject\n"},
		/* the policy that was asked for was not applied */
		{HEAD "spf 2\npdomain a.example\npolicy 17\nrua -\np 113\naction 2\n",
			"4XYZ 1700000000 192.0.2.25 a.example b.example|softfail b.example||"
			"fail a.example v=DMARC1; p=quarantine|00|none!\n"},
		{HEAD "spf 6\npdomain a.example\npolicy 18\np 110\naction 2\n",
			"4XYZ 1700000000 192.0.2.25 a.example b.example|none b.example||"
			"fail a.example v=DMARC1; p=none|00|none\n"},
		{HEAD "spf -1\npdomain a.example\npolicy 14\nrua -\naction 2\n",
			"4XYZ 1700000000 192.0.2.25 a.example b.example|none b.example||none  |00|none\n"},
		/* lines that nobody knows, and ARC */
		{HEAD "spf 0\narc 7\narc_policy 1 json:[{\"i\":1}]\nfuture x\npdomain a.example\npolicy "
		      "17\np 113\naction 4\n",
			"4XYZ 1700000000 192.0.2.25 a.example b.example|pass b.example||"
			"fail a.example v=DMARC1; p=quarantine|00|quarantine\n"},
		/* what is missing or is nothing */
		{"job 1\n", ""},
		{"job 1\nreceived 1700000000\nipaddr 192.0.2.25\npolicy 14\n", ""},
		{"job 1\nreceived 0\nipaddr 192.0.2.25\nfrom a.example\npolicy 14\n", ""},
		{"job 1\nreceived 1700000000\nipaddr host\nfrom a.example\npolicy 14\n", ""},
		{"job 1\nreceived 1700000000\nipaddr 192.0.2.25\nfrom a b\npolicy 14\n", ""},
		{HEAD "policy 13\n", ""},
		{HEAD "policy 99999999999999999999\n", ""},
		{HEAD "policy 15\npdomain ../../etc\n", ""},
		{HEAD "policy 15\npdomain <x>\n", ""},
		/* strangers' values */
		{HEAD "policy 15\npdomain a.example\np 110\nrua mailto:d@a.example; p=reject\nrua "
		      "x,mailto:y@z\n"
		      "dkim <b> s 0\ndkim a.example s\x1b[31m 0\ndkim a.example\ndkim a.example s 0 more\n"
		      "dkim old.example 0\n",
			"4XYZ 1700000000 192.0.2.25 a.example b.example|none b.example|pass a.example "
			"s\\x1b[31m\n"
			"pass old.example |pass a.example v=DMARC1; p=none|00|none\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct history_counts counts;
		struct read read = read_text(rows[i].block, strlen(rows[i].block), &counts);
		bool good = rows[i].row[0] != '\0';

		if (strcmp(read.text, rows[i].row) != 0)
			fail_msg("row %zu: %s", i, read.text);
		assert_int_equal(counts.messages, good ? 1 : 0);
		assert_int_equal(counts.broken, good ? 0 : 1);
	}
}

static void a_message_is_itself_again(void **state)
{
	static const char text[] =
		"rubbish\nspf 0\n\n" HEAD "policy 14\n" HEAD "policy 14\nspf 0\njob x\nfrom\n"
		"job 2\r\nreceived 1700000001\r\nipaddr 2001:DB8::1\r\nfrom C.Example.\r\npolicy 14";
	struct history_counts counts;
	struct read first = read_text(text, strlen(text), &counts), again;

	(void)state;
	assert_int_equal(counts.messages, 3);
	assert_int_equal(counts.broken, 1);
	assert_int_equal(counts.first_broken_line, 19);
	assert_string_not_equal(first.ids[0], first.ids[1]);
	assert_non_null(strstr(first.text, "2 1700000001 2001:db8::1 c.example |"));
	again = read_text(text, strlen(text), &counts);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(first.ids[i], again.ids[i]);
}

/* A line without end, and a block without end, cost bounded memory. */
static void nothing_grows_without_end(void **state)
{
	struct arena *arena = arena_new();
	char *text = arena_alloc(arena, 4000000);
	size_t len = 0;
	struct history_counts counts;
	struct read read;

	(void)state;
	len += (size_t)sprintf(text, HEAD "policy 14\nfuture ");
	memset(text + len, 'x', 1000000);
	len += 1000000;
	text[len++] = '\n';
	while (len < 3900000)
		len += (size_t)sprintf(
			text + len, "rua mailto:x%zu@a.example\nfrom a%zu.example\n", len, len);
	len += (size_t)sprintf(text + len, HEAD "policy 14\n");
	read = read_text(text, len, &counts);
	assert_int_equal(counts.messages, 2);
	assert_int_equal(read.count, 2);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_become_rows),
		cmocka_unit_test(a_message_is_itself_again),
		cmocka_unit_test(nothing_grows_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
