/* logbook/: lines of any log read back, times, counting in bounded tables, sentences in the other language.
 */
#include "base/arena.h"
#include "logbook/census.h"
#include "logbook/enforcement.h"
#include "logbook/html_text.h"
#include "logbook/line.h"
#include "logbook/source.h"
#include "logbook/stamp.h"
#include "logbook/story.h"
#include "logbook/translation.h"
#include "logbook/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { NOW = 1795262400 }; /* 2026-11-21T12:00:00Z */

#define SYSLOG "Nov 21 09:30:05 mx sekishod[812]: "
#define PAIRS                                                                                                \
	"queue_id=4bX1yz client=192.0.2.1 from_domain=a.example spf=softfail spf_by=\"~all of a.example\" "  \
	"dkim=none dmarc=fail dmarc_policy=reject cause=spf-stale-after-move conf=likely act=sd "            \
	"text=\"he said \\\"no\\\" \\\\ \\x0A\" fix=\"Publish\" cause=dns-mx-old-host conf=strong act=sd "   \
	"text=\"old\" action=accept"

struct line_row {
	const char *line;
	enum line_kind kind;
	int64_t time;    /* 0: none */
	const char *spf; /* "" */
	size_t causes;
	const char *text; /* of the first cause */
};

static void lines(void **state)
{
	static const struct line_row rows[] = {
		/* report/record.h: key=value behind either stamp of syslog (RFC 3164 section 4.1.2, RFC 3339)
		 */
		{SYSLOG PAIRS, LINE_RECORD, 1795253405, "softfail", 2, "he said \"no\" \\ \\x0A"},
		{"2026-11-21T18:30:05.123456+09:00 mx sekishod[812]: " PAIRS, LINE_RECORD, 1795253405,
			"softfail", 2, "he said \"no\" \\ \\x0A"},
		{"<22>" SYSLOG PAIRS, LINE_RECORD, 1795253405, "softfail", 2, "he said \"no\" \\ \\x0A"},
		{PAIRS, LINE_RECORD, 0, "softfail", 2, "he said \"no\" \\ \\x0A"},
		/* a year ago: December comes after now */
		{"Dec  1 00:00:00 mx sekishod: client=192.0.2.1 spf=pass", LINE_RECORD, 1764547200, "pass", 0,
			""},
		/* our JSON lines; blanks and unknown members do no harm */
		{"{\"time\":\"2026-11-21T09:30:05Z\",\"queue_id\":\"1\",\"client\":\"192.0.2.1\",\"spf\":"
		 "\"fail\","
		 "\"causes\":[{\"cause\":\"x\",\"text\":\"\\u65e5 \\ud83d\\ude00 "
		 "\\n\\\"\"},{\"cause\":\"y\"}]}",
			LINE_RECORD, 1795253405, "fail", 2, "日 😀 \n\""},
		{" {\"client\":\"1\"}", LINE_FOREIGN, 0, "", 0, ""},
		{"{ \"client\" : \"192.0.2.1\" , \"z\" : [ 1 , { } , null ] , \"spf\" : \"pass\" } ",
			LINE_RECORD, 0, "pass", 0, ""},
		/* the journal's export: MESSAGE has the record in its order */
		{"{\"__REALTIME_TIMESTAMP\":\"1795253405999999\",\"SYSLOG_IDENTIFIER\":\"sekishod\","
		 "\"MESSAGE\":"
		 "\"client=192.0.2.1 spf=pass cause=x text=\\\"a b\\\"\",\"SEKISHO_SPF\":\"fail\"}",
			LINE_RECORD, 1795253405, "pass", 1, "a b"},
		{"{\"MESSAGE\":null,\"SEKISHO_CLIENT\":\"192.0.2.1\",\"SEKISHO_SPF\":\"fail\"}", LINE_RECORD,
			0, "fail", 0, ""},
		{"{\"SYSLOG_IDENTIFIER\":\"postfix/smtpd\",\"MESSAGE\":\"client=192.0.2.1\"}", LINE_FOREIGN,
			0, "", 0, ""},
		/* what is none of ours, or says nothing of a message */
		{"", LINE_FOREIGN, 0, "", 0, ""},
		{"Nov 21 09:30:05 mx postfix/smtpd[1]: sekishod[2]: client=192.0.2.1", LINE_FOREIGN, 0, "", 0,
			""},
		{SYSLOG "sekishod 1.0 started", LINE_REMARK, 0, "", 0, ""},
		{"{\"time\":\"2026-11-21T09:30:05Z\",\"priority\":5,\"message\":\"started\"}", LINE_REMARK, 0,
			"", 0, ""},
		{"Foo 21 09:30:05 mx sekishod[2]: client=192.0.2.1", LINE_FOREIGN, 0, "", 0, ""},
		/* cut off, or broken */
		{SYSLOG "client=192.0.2.1 text=\"no end", LINE_BROKEN, 0, "", 0, ""},
		{SYSLOG "client=192.0.2.1 text=\"end\\", LINE_BROKEN, 0, "", 0, ""},
		{SYSLOG "client=192.0.2.1 Text=1", LINE_BROKEN, 0, "", 0, ""},
		{"{\"client\":\"192.0.2.1\"", LINE_BROKEN, 0, "", 0, ""},
		{"{\"client\":\"192.0.2.1\"}x", LINE_BROKEN, 0, "", 0, ""},
		{"{\"client\":\"\\u00", LINE_BROKEN, 0, "", 0, ""},
		{"{\"a\":[[[[[[1]]]]]]}", LINE_BROKEN, 0, "", 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct line_row *row = &rows[i];
		struct entry entry;
		char *line = strdup(row->line);
		enum line_kind kind = line_read(line, strlen(line), NOW, &entry);

		if (kind != row->kind)
			print_error("%s\n", row->line);
		assert_int_equal(kind, row->kind);
		if (kind == LINE_RECORD) {
			assert_int_equal(entry.dated, row->time != 0);
			assert_int_equal(entry.time, row->time);
			assert_true(entry_says(entry.fields[FIELD_SPF], row->spf));
			assert_int_equal(entry.cause_count, row->causes);
			assert_true(row->causes == 0 || entry_says(entry.causes[0].text, row->text));
		}
		free(line);
	}
}

static void times(void **state)
{
	static const struct {
		const char *words;
		int64_t time; /* -1: refused */
	} rows[] = {
		{"now", NOW},
		{"today", NOW - 12 * 3600},
		{"yesterday", NOW - 36 * 3600},
		{"90m", NOW - 5400},
		{"7d", NOW - 7 * 86400},
		{"2w", NOW - 14 * 86400},
		{"2026-11-21", NOW - 12 * 3600},
		{"2026-11-21 09:30", 1795253400},
		{"2026-11-21T09:30:05", 1795253405},
		{"2026-11-21T09:30:05Z", 1795253405},
		{"2026-11-21T18:30+09:00", 1795253400},
		{"2026-13-01", -1},
		{"2026-11-21T", -1},
		{"2026-11-21x", -1},
		{"d", -1},
		{"-1d", -1},
		{"tomorrow", -1},
		{"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t time = -2;
		bool read = stamp_of_words(rows[i].words, NOW, &time);

		if (read != (rows[i].time >= 0) || (read && time != rows[i].time))
			print_error("%s\n", rows[i].words);
		assert_int_equal(read, rows[i].time >= 0);
		assert_true(!read || time == rows[i].time);
	}
}

/* A stranger fills the table with names of his own: the names that matter stay, and nothing is lost. */
static void tables_are_bounded(void **state)
{
	struct tally *tally = tally_new(1000);
	const struct tally_row *top[2];
	uint64_t sum = 0;
	char name[32];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		(void)snprintf(name, sizeof name, "spam%d.example", i);
		tally_add(tally, span_of(name), i + 1)->outcomes[OUTCOME_FAIL]++;
		if (i % 10 == 0)
			(void)tally_add(tally, span_of("shop.example"), i + 1);
	}
	assert_true(tally_size(tally) <= 1000);
	assert_int_equal(tally_top(tally, top, 2), 2);
	assert_string_equal(top[0]->key, "shop.example");
	assert_int_equal(top[0]->count, 10000);
	assert_false(top[0]->at_least);
	assert_int_equal(top[0]->first, 1);
	for (size_t i = 0; i < tally_size(tally); i++)
		sum += tally_at(tally, i)->count;
	assert_int_equal(sum + tally_others(tally)->count, 110000);
	assert_int_equal(tally_others_most(tally), 1);
	tally_free(&tally);
}

static void feed(struct census *census, struct enforcement *enforcement, const char *text)
{
	struct entry entry;
	char *line = strdup(text);

	assert_int_equal(line_read(line, strlen(line), NOW, &entry), LINE_RECORD);
	if (census_wants(census, &entry)) {
		census_add(census, &entry);
		if (enforcement != NULL)
			enforcement_add(enforcement, &entry);
	}
	free(line);
}

static void counts(void **state)
{
	const struct census_filter filter = {
		.since = NOW - 86400, .domain = "a.example", .cause = "", .queue_id = ""};
	struct census *census = census_new(&filter);
	const struct tally_row *pair;

	(void)state;
	feed(census, NULL, SYSLOG PAIRS);
	feed(census, NULL, SYSLOG "client=192.0.2.2 from_domain=b.a.example spf=pass dkim=none dmarc=pass");
	feed(census, NULL, SYSLOG "client=192.0.2.2 from_domain=ba.example spf=pass");
	feed(census, NULL, "Nov  1 09:30:05 mx sekishod[812]: " PAIRS);
	feed(census, NULL, PAIRS);
	assert_int_equal(census->records, 2);
	assert_int_equal(census->undated, 1);
	assert_int_equal(census->outcomes[OUTCOME_FAIL], 1);
	assert_int_equal(census->outcomes[OUTCOME_GOOD], 1);
	assert_int_equal(census->verdicts[METHOD_SPF][RESULT_SOFTFAIL], 1);
	assert_int_equal(census->caused, 1);
	assert_int_equal(tally_size(census->causes), 2);
	assert_int_equal(census_pairs_of_cause(census, "spf-stale-after-move", &pair, 1), 1);
	assert_string_equal(pair_domain(pair), "a.example");
	assert_int_equal(census_domain_count(census, "dns-mx-old-host"), 1);
	census_free(&census);
}

/* report/action.h: what an option asks for, and what our own trouble spares. */
static void enforcement(void **state)
{
	static const struct {
		const char *wish, *record, *outcome;
	} rows[] = {
		{"reject", "client=192.0.2.1 dmarc=fail dmarc_policy=reject", "\"reject\": 1"},
		{"reject", "client=192.0.2.1 dmarc=fail dmarc_policy=quarantine", "\"quarantine\": 1"},
		{"reject", "client=192.0.2.1 dmarc=fail dmarc_policy=none", "\"reject\": 0"},
		{"quarantine", "client=192.0.2.1 dmarc=fail dmarc_policy=reject", "\"quarantine\": 1"},
		{"reject", "client=10.0.0.1 dmarc=fail dmarc_policy=reject", "\"spared\": 1"},
		{"reject", "client=192.0.2.1 dmarc=fail dmarc_policy=reject cause=rx-resolver-failure",
			"\"tempfail\": 1"},
		{"reject", "client=192.0.2.1 dmarc=fail dmarc_policy=reject dmarc_override=list.example",
			"\"reject\": 0"},
		{"reject", "client=192.0.2.1 skipped=authenticated dmarc=fail dmarc_policy=reject",
			"\"reject\": 0"},
		{"spf-fail=reject", "client=192.0.2.1 spf=fail dmarc=pass", "\"reject\": 1"},
		{"bad-from=reject", "client=10.0.0.1 from_why_not=\"no From\"", "\"reject\": 1"},
		{"temperror=tempfail", "client=192.0.2.1 spf=temperror dmarc=none", "\"tempfail\": 1"},
	};
	struct fault fault = {""};

	(void)state;
	assert_null(enforcement_new("destroy", &fault));
	assert_null(enforcement_new("spf-fail=accept", &fault));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct census_filter filter = {.domain = "", .cause = "", .queue_id = ""};
		struct census *census = census_new(&filter);
		struct enforcement *wish = enforcement_new(rows[i].wish, &fault);
		char text[4000] = "";
		FILE *file = fmemopen(text, sizeof text, "w");

		assert_non_null(wish);
		feed(census, wish, rows[i].record);
		enforcement_print_json(file, wish, 1);
		(void)fclose(file);
		if (strstr(text, rows[i].outcome) == NULL)
			print_error("%s: %s\n%s\n", rows[i].wish, rows[i].record, text);
		assert_non_null(strstr(text, rows[i].outcome));
		enforcement_free(&wish);
		census_free(&census);
	}
}

static void translation(void **state)
{
	static const struct {
		const char *code, *text, *expected;
		enum language language;
	} rows[] = {
		{"dmarc-no-record", "DMARC none: a.example publishes no DMARC record.",
			"DMARC none: a.example にDMARCレコードがありません。", LANGUAGE_JA},
		{"dmarc-no-record", "DMARC none: a.example にDMARCレコードがありません。",
			"DMARC none: a.example publishes no DMARC record.", LANGUAGE_EN},
		/* it is in that language, was cut, or is not known */
		{"dmarc-no-record", "DMARC none: a.example publishes no DMARC record.",
			"DMARC none: a.example publishes no DMARC record.", LANGUAGE_EN},
		{"dmarc-no-record", "DMARC none: a.example publ...", "DMARC none: a.example publ...",
			LANGUAGE_JA},
		{"no-such-cause", "x", "x", LANGUAGE_JA},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(
			sentence_in(rows[i].language, rows[i].code, rows[i].text, arena), rows[i].expected);
	assert_string_equal(fix_in(LANGUAGE_EN, "no-such-cause", "Publish x.", arena), "Publish x.");
	assert_string_equal(fix_in(LANGUAGE_JA, "dmarc-no-record",
				    "Publish _dmarc.a.example. TXT \"v=DMARC1; p=none; "
				    "rua=mailto:postmaster@a.example\".",
				    arena),
		"次のレコードを登録してください: _dmarc.a.example. TXT \"v=DMARC1; p=none; "
		"rua=mailto:postmaster@a.example\"");
	arena_free(&arena);
}

static void figures(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(grouped(0, arena), "0");
	assert_string_equal(grouped(999, arena), "999");
	assert_string_equal(grouped(1234567, arena), "1,234,567");
	assert_string_equal(percent_of(1, 10000, arena), "<0.1%");
	assert_string_equal(percent_of(9999, 10000, arena), ">99.9%");
	assert_string_equal(percent_of(0, 0, arena), "-");
	assert_string_equal(percent_of(1, 3, arena), "33.3%");
	assert_int_equal(text_columns("aé日本"), 6);
	assert_true(story_mentions(span_of("postfix/qmgr[1]: 4bX1: removed"), "4bX1"));
	assert_false(story_mentions(span_of("postfix/qmgr[1]: 4bX12: removed"), "4bX1"));
	assert_false(story_mentions(span_of("x4bX1: "), "4bX1"));
	arena_free(&arena);
}

static void pages_are_escaped(void **state)
{
	struct arena *arena = arena_new();
	char text[200] = "";
	struct html html = {.file = fmemopen(text, sizeof text, "w"), .arena = arena};

	(void)state;
	html_text(&html, "<a href='\"&\n\xff\u202e", 100);
	(void)fclose(html.file);
	assert_string_equal(text, "&lt;a href=&#39;&quot;&amp;\\x0A\\xFF\\xE2\\x80\\xAE");
	arena_free(&arena);
}

/* Lines of all lengths, with and without the last line end, plain and compressed. */
static void files(void **state)
{
	char path[] = "/tmp/test_logbookXXXXXX";
	struct fault fault = {""};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	for (int compressed = 0; compressed < 2; compressed++) {
		gzFile file = gzopen(path, compressed ? "wb" : "wbT");
		struct source *source;
		size_t count = 0, long_ones = 0, octets = 0, len;
		char *line;

		for (int i = 0; i < 3000; i++) {
			int length = i == 1500 ? SOURCE_LINE_MAX + 10 : i % 3000;

			for (int j = 0; j < length; j++)
				(void)gzputc(file, 'x');
			if (i < 2999)
				(void)gzputc(file, '\n');
		}
		(void)gzclose(file);
		source = source_open(path, &fault);
		assert_non_null(source);
		while (source_line(source, &line, &len)) {
			count++;
			long_ones += len > SOURCE_LINE_MAX;
			octets += len > SOURCE_LINE_MAX ? 0 : len;
		}
		assert_int_equal(count, 3000);
		assert_int_equal(long_ones, 1);
		assert_int_equal(octets, 2999 * 3000 / 2 - 1500);
		assert_string_equal(source_trouble(source), "");
		source_close(&source);
	}
	(void)unlink(path);
	assert_null(source_open(path, &fault));
	assert_null(source_open("/tmp", &fault));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(times),
		cmocka_unit_test(tables_are_bounded),
		cmocka_unit_test(counts),
		cmocka_unit_test(enforcement),
		cmocka_unit_test(translation),
		cmocka_unit_test(figures),
		cmocka_unit_test(pages_are_escaped),
		cmocka_unit_test(files),
	};

	(void)setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests_name("logbook", tests, NULL, NULL);
}
