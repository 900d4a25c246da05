/* store/: rows on their way into a database, and what becomes of them when it is not there. */
#include "base/arena.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/action.h"
#include "store/database.h"
#include "store/keeper.h"
#include "store/row.h"
#include "store/row_ascii.h"
#include "store/spool.h"
#include "support/scratch.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *path_of(const char *name, struct arena *arena)
{
	return arena_printf(arena, "%s/%s", scratch, name);
}

static struct row row_numbered(unsigned number, struct arena *arena)
{
	struct row row = {.time = 1700000000 + number,
		.dkim_aligned = number % 2,
		.id = arena_printf(arena, "id%u", number)};

	for (size_t i = 0; i < column_count; i++) {
		const char **text = (const char **)((char *)&row + columns[i].offset);

		if (columns[i].kind == COLUMN_TEXT && *text == NULL)
			*text = "";
	}
	row.from_domain = number % 3 == 0 ? "a.example" : "b.example";
	row.dmarc_domain = row.from_domain;
	row.queue_id = arena_printf(arena, "Q%u", number);
	row.record = "{\"queue_id\":\"x\"}";
	return row;
}

static void assert_same_row(const struct row *a, const struct row *b)
{
	for (size_t i = 0; i < column_count; i++)
		if (columns[i].kind == COLUMN_TEXT)
			assert_string_equal(row_text(a, &columns[i]), row_text(b, &columns[i]));
		else
			assert_int_equal(row_number(a, &columns[i]), row_number(b, &columns[i]));
}

/* The families of hostile text: whatever it is, it comes back as it went in. */
static const char *const hostile[] = {"'; DROP TABLE verdicts; --", "\" OR 1=1", "%s%n", "a\nb\tc",
	"{1,\"x\\\"}", "\\x00\\", "<script>alert(1)</script>", "\xe9\x96\xa2\xe6\x89\x80", "$1 ?1 :a @b",
	"NULL",
	/* COPY's own words, when it is not binary; and the arrays of PostgreSQL */
	"\\.", "\\N", "a\n\\.\nb", "\t\\N\t", "{\"a\",NULL}", "E'\\x41'", "$$;DROP TABLE verdicts;$$",
	"';--\\",
	/* four octets, right-to-left overrides, what nobody sees, combined, a mark of the byte order */
	"\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf", "\xe2\x80\xaemoc.elpmaxe\xe2\x80\xac", "a\xe2\x80\x8b\xc2\xad",
	"e\xcc\x81", "\xef\xbb\xbf", "\x01\x1b[2J\x7f", "\"><img src=x onerror=alert(1)>", "]]>&lt;"};

/* No UTF-8 at all: PostgreSQL would refuse it, with all rows beside it. What row_bound makes of it is kept.
 */
static const char *const no_utf8[] = {"\xff\xfe", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80",
	"\x80'; --", "\xe3\x81", "\xf4\x90\x80\x80"};

static void rows_travel_whole(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct row row = row_numbered((unsigned)i, arena), got;
		const char *code;
		char *longer;
		size_t len;

		row.queue_id = row.signatures = row.record = hostile[i];
		code = row_encode(&row, &len, arena);
		assert_true(row_decode(code, len, &got, arena));
		assert_same_row(&row, &got);
		for (size_t cut = 0; cut < len; cut++)
			assert_false(row_decode(code, cut, &got, arena));
		longer = arena_copy(arena, code, len); /* with a NUL behind it */
		assert_false(row_decode(longer, len + 1, &got, arena));
	}
	arena_free(&arena);
}

static void a_message_becomes_a_row(void **state)
{
	static const struct {
		enum result dmarc;
		enum dmarc_policy policy;
		enum action action, would;
		const char *option, *disposition, *override;
	} rows[] = {
		/* RFC 9990: what was done, and why it is less than the policy */
		{RESULT_PASS, DMARC_POLICY_REJECT, ACTION_ACCEPT, ACTION_ACCEPT, "", "none", ""},
		{RESULT_FAIL, DMARC_POLICY_NONE, ACTION_ACCEPT, ACTION_ACCEPT, "", "none", ""},
		{RESULT_FAIL, DMARC_POLICY_REJECT, ACTION_REJECT, ACTION_REJECT, "dmarc-reject-policy",
			"reject", ""},
		{RESULT_FAIL, DMARC_POLICY_REJECT, ACTION_ACCEPT, ACTION_ACCEPT, "", "none", "local_policy"},
		{RESULT_FAIL, DMARC_POLICY_REJECT, ACTION_ACCEPT, ACTION_REJECT, "dmarc-reject-policy",
			"none", "local_policy"},
		{RESULT_FAIL, DMARC_POLICY_QUARANTINE, ACTION_QUARANTINE, ACTION_QUARANTINE,
			"dmarc-quarantine-policy", "quarantine", ""},
		{RESULT_PASS, DMARC_POLICY_REJECT, ACTION_REJECT, ACTION_REJECT, "spf-fail", "reject",
			"local_policy"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct verdicts verdicts = verdicts_empty();
		struct envelope envelope = envelope_empty();
		struct signature_verdict signatures[] = {
			{.result = RESULT_PASS, .domain_name = "a.example", .selector = "s 1"},
			{.result = RESULT_NEUTRAL, .domain_name = "", .selector = "x"},
			{.result = RESULT_FAIL, .domain_name = "b.example", .selector = "s2"}};
		struct diagnosis diagnosis = {.cause = CAUSE_NONE + 1};
		struct findings findings = {.verdicts = &verdicts,
			.envelope = &envelope,
			.authserv_id = "mx.rx.example",
			.now = 1700000000,
			.diagnoses = {.items = &diagnosis, .count = 1}};
		struct decision decision = {
			.action = rows[i].action, .would = rows[i].would, .option = rows[i].option};
		struct row row;

		verdicts.signatures = signatures;
		verdicts.signature_count = COUNT(signatures);
		verdicts.dmarc.result = rows[i].dmarc;
		verdicts.dmarc.policy = rows[i].policy;
		row = row_of(&findings, &decision, &(struct row_texts){"{}", ""}, "id", arena);
		assert_string_equal(row.disposition, rows[i].disposition);
		assert_string_equal(row.override, rows[i].override);
		assert_string_equal(row.signatures, "pass a.example s\\x201\nfail b.example s2");
		assert_string_equal(row.cause, cause_row(CAUSE_NONE + 1)->code);
		assert_string_equal(row.receiver, "mx.rx.example");
	}
	arena_free(&arena);
}

static size_t left_in(struct spool *spool, size_t *broken, struct arena *arena)
{
	static struct row rows[100];

	return spool_peek(spool, rows, COUNT(rows), broken, arena);
}

static void the_spool_keeps_rows(void **state)
{
	struct arena *arena = arena_new();
	const char *path = path_of("spool", arena);
	struct fault fault = {""};
	struct spool *spool = spool_open(path, 1000000, &fault);
	struct row row, got[2];
	size_t broken = 0;

	(void)state;
	assert_non_null(spool);
	assert_true(spool_is_empty(spool));
	for (unsigned i = 0; i < 3; i++) {
		row = row_numbered(i, arena);
		assert_true(spool_put(spool, &row, &fault));
	}
	assert_int_equal(spool_peek(spool, got, 2, &broken, arena), 2);
	row = row_numbered(1, arena);
	assert_same_row(&got[1], &row);
	assert_int_equal(spool_peek(spool, got, 2, &broken, arena), 2); /* not dropped: there again */
	spool_drop(spool);
	assert_int_equal(left_in(spool, &broken, arena), 1);
	spool_close(&spool);

	/* after a crash all are there again, also those that were taken; half a row is not */
	assert_int_equal(
		truncate(path, (off_t)(spool_size(spool = spool_open(path, 1000000, &fault)) - 3)), 0);
	spool_close(&spool);
	spool = spool_open(path, 1000000, &fault);
	assert_int_equal(left_in(spool, &broken, arena), 2);
	assert_int_equal(broken, 1);
	spool_drop(spool);
	assert_true(spool_is_empty(spool));
	spool_close(&spool);
	arena_free(&arena);
}

static void a_full_spool_refuses(void **state)
{
	struct arena *arena = arena_new();
	const char *path = path_of("small", arena);
	struct fault fault = {""};
	struct spool *spool = spool_open(path, 1000, &fault);
	struct row row = row_numbered(1, arena);
	size_t put = 0, broken = 0;

	(void)state;
	while (put < 100 && spool_put(spool, &row, &fault))
		put++;
	assert_in_range(put, 1, 99);
	assert_non_null(strstr(fault.text, "full"));
	assert_true(spool_size(spool) <= 1000);
	assert_int_equal(left_in(spool, &broken, arena), put);
	assert_int_equal(broken, 0);
	spool_close(&spool);
	arena_free(&arena);
}

struct seen {
	size_t count;
	struct row last;
	struct arena *arena;
	char order[4096];
};

static bool note(void *self, const struct row *row)
{
	struct seen *seen = self;
	size_t len;
	const char *code = row_encode(row, &len, seen->arena);

	seen->count++;
	assert_true(row_decode(code, len, &seen->last, seen->arena));
	if (strlen(seen->order) < sizeof seen->order - 20)
		(void)snprintf(seen->order + strlen(seen->order), 20, "%s ", row->queue_id);
	return true;
}

/* The database to be tried: one in a file, or, with the conninfo of an empty one in SEKISHO_POSTGRES, there.
 */
static const char *fresh_place(const char *name, struct arena *arena)
{
	const char *conninfo = getenv("SEKISHO_POSTGRES");
	char command[1024];

	if (conninfo == NULL)
		return arena_printf(arena, "sqlite:%s/%s", scratch, name);
	(void)snprintf(command, sizeof command,
		"psql -q '%s' -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public' 2>/dev/null",
		conninfo);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a test */
	return arena_printf(arena, "postgresql:%s", conninfo);
}

static struct seen all_of(struct database *database, const char *domain, const char *queue_id, bool by_domain,
	struct arena *arena)
{
	struct selection selection = {.from = 0,
		.until = INT64_MAX,
		.domain = domain,
		.queue_id = queue_id,
		.by_dmarc_domain = by_domain};
	struct seen seen = {.arena = arena};
	struct fault fault = {""};

	assert_true(database_select(database, &selection, note, &seen, &fault));
	return seen;
}

static void sqlite_keeps_rows_once(void **state)
{
	struct arena *arena = arena_new();
	const char *where = fresh_place("rows.db", arena);
	struct fault fault = {""};
	struct database *database = database_open(where, true, &fault);
	struct row rows[6];
	struct stat status;
	struct seen seen;

	(void)state;
	if (database == NULL)
		fail_msg("%s", fault.text);
	if (strncmp(where, "sqlite:", strlen("sqlite:")) == 0) {
		assert_int_equal(stat(path_of("rows.db", arena), &status), 0);
		assert_int_equal(status.st_mode & 0777, 0600);
	}
	for (unsigned i = 0; i < 6; i++)
		rows[i] = row_numbered(i, arena);
	assert_true(database_put(database, rows, 4, &fault));
	assert_true(database_put(database, rows, 6, &fault)); /* four of them again */
	assert_int_equal(all_of(database, "", "", false, arena).count, 6);
	assert_string_equal(all_of(database, "", "", true, arena).order, "Q0 Q3 Q1 Q2 Q4 Q5 ");
	assert_int_equal(all_of(database, "a.example", "", false, arena).count, 2);
	assert_int_equal(all_of(database, "", "Q4", false, arena).count, 1);
	database_close(&database);
	database = database_open(where, false, &fault);
	seen = all_of(database, "", "Q4", false, arena);
	assert_same_row(&seen.last, &rows[4]);
	database_close(&database);
	arena_free(&arena);
}

/* What version 1 made and wrote, in its own words: a store that is out there does not change with ours. */
#define V1_COLUMNS                                                                                           \
	"id TEXT NOT NULL, time BIGINT NOT NULL, receiver TEXT NOT NULL, queue_id TEXT NOT NULL, client"     \
	" TEXT NOT NULL, from_domain TEXT NOT NULL, mail_domain TEXT NOT NULL, spf TEXT NOT NULL,"           \
	" spf_domain TEXT NOT NULL, spf_scope TEXT NOT NULL, signatures TEXT NOT NULL, dmarc TEXT NOT NULL," \
	" dmarc_domain TEXT NOT NULL, dmarc_record TEXT NOT NULL, dkim_aligned BIGINT NOT NULL,"             \
	" spf_aligned BIGINT NOT NULL, disposition TEXT NOT NULL, override TEXT NOT NULL,"                   \
	" is_report BIGINT NOT NULL, cause TEXT NOT NULL, record TEXT NOT NULL"
#define V1_ROW                                                                                               \
	"INSERT INTO verdicts (id, time, receiver, queue_id, client, from_domain, mail_domain, spf,"         \
	" spf_domain, spf_scope, signatures, dmarc, dmarc_domain, dmarc_record, dkim_aligned, spf_aligned,"  \
	" disposition, override, is_report, cause, record) VALUES ('id1', 1700000001, '', 'Q1', '',"         \
	" 'b.example', '', '', '', '', '', '', 'b.example', '', 1, 0, '', '', 0, '',"                        \
	" '{\"queue_id\":\"x\"}');"

static const char v1_sqlite[] =
	"PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; BEGIN;"
	"CREATE TABLE verdicts (n INTEGER PRIMARY KEY, " V1_COLUMNS ");"
	"CREATE UNIQUE INDEX verdicts_once ON verdicts (time, id); PRAGMA user_version = 1;" V1_ROW "COMMIT";

static const char v1_postgres[] =
	"CREATE TABLE verdicts_version (version BIGINT NOT NULL);"
	"CREATE TABLE verdicts (" V1_COLUMNS ", PRIMARY KEY (time, id)) PARTITION BY RANGE (time);"
	"CREATE INDEX verdicts_queue_id ON verdicts (queue_id); INSERT INTO verdicts_version VALUES (1);"
	"CREATE TABLE verdicts_20231114 PARTITION OF verdicts FOR VALUES FROM (1699920000) TO"
	" (1700006400);" V1_ROW;

static bool is_sqlite(const char *where)
{
	return strncmp(where, "sqlite:", strlen("sqlite:")) == 0;
}

static void run_sql(const char *where, const char *sql)
{
	char path[] = "/tmp/sekisho-sql.XXXXXX", command[1024];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, sql, strlen(sql)), strlen(sql));
	(void)close(fd);
	if (is_sqlite(where))
		(void)snprintf(command, sizeof command, "sqlite3 -bail '%s' <%s >/dev/null",
			where + strlen("sqlite:"), path);
	else
		(void)snprintf(command, sizeof command, "psql -q -v ON_ERROR_STOP=1 '%s' -f %s >/dev/null",
			where + strlen("postgresql:"), path);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a test */
	(void)unlink(path);
}

static void an_older_store_is_brought_up_to_date(void **state)
{
	struct arena *arena = arena_new();
	const char *where = fresh_place("older.db", arena);
	struct selection failures = {
		.until = INT64_MAX, .domain = "", .queue_id = "", .by_dmarc_domain = true, .failures = true};
	struct fault fault = {""};
	struct database *database = NULL;
	struct row row = row_numbered(1, arena), failed = row_numbered(2, arena);
	struct seen seen = {.arena = arena}, old;

	(void)state;
	run_sql(where, is_sqlite(where) ? v1_sqlite : v1_postgres);
	for (int round = 0; round < 2; round++) {
		database = database_open(where, true, &fault);
		if (database == NULL)
			fail_msg("%s", fault.text);
		failed.failure = "Feedback-Type: auth-failure\n";
		assert_true(database_put(database, &failed, 1, &fault));
		assert_int_equal(all_of(database, "", "", false, arena).count, 2);
		database_close(&database);
	}
	database = database_open(where, false, &fault);
	old = all_of(database, "", "Q1", false, arena);
	assert_same_row(&old.last, &row);
	assert_true(database_select(database, &failures, note, &seen, &fault));
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.last.failure, failed.failure);
	assert_string_equal(seen.last.record, "");
	database_close(&database);
	arena_free(&arena);
}

/* As it comes back: unchanged, but from a database that is no Unicode (SEKISHO_POSTGRES_ASCII). */
static struct row expected(const struct row *row, struct arena *arena)
{
	return getenv("SEKISHO_POSTGRES_ASCII") != NULL ? row_in_ascii(row, arena) : *row;
}

static void comes_back(
	struct database *database, const char *text, unsigned number, bool together, struct arena *arena)
{
	struct row rows[] = {row_numbered(number, arena), row_numbered(number + 500, arena)}, row;
	struct fault fault = {""};
	struct seen seen;

	rows[0].queue_id = rows[0].from_domain = rows[0].record = rows[0].failure = text;
	row_bound(&rows[0], arena);
	if (!database_put(database, rows, together ? 2 : 1, &fault))
		fail_msg("%s: %s", text, fault.text);
	seen = all_of(database, rows[0].from_domain, rows[0].queue_id, false, arena);
	assert_int_equal(seen.count, 1);
	rows[0].failure = ""; /* only who asks for failures gets their text */
	row = expected(&rows[0], arena);
	assert_same_row(&seen.last, &row);
}

static void hostile_values_are_values(void **state)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};
	struct database *database = database_open(fresh_place("hostile.db", arena), true, &fault);

	(void)state;
	assert_non_null(database);
	for (unsigned i = 0; i < COUNT(hostile); i++)
		comes_back(database, hostile[i], i, false, arena);
	for (unsigned i = 0; i < COUNT(no_utf8); i++)
		comes_back(database, no_utf8[i], 100 + i, false, arena);
	for (unsigned i = 0; i < COUNT(hostile); i++) /* a second time, beside a new one */
		comes_back(database, hostile[i], i, true, arena);
	assert_int_equal(all_of(database, "", "", false, arena).count, COUNT(hostile) * 2 + COUNT(no_utf8));
	database_close(&database);
	arena_free(&arena);
}

static void what_is_no_ascii_is_written_in_ascii(void **state)
{
	static const struct {
		const char *text, *plain, *json;
	} rows[] = {
		{"a\\'\n", "a\\'\n", "a\\'\n"},
		{"\xc3\xa9", "\\xc3\\xa9", "\\u00e9"},
		{"\xe9\x96\xa2x", "\\xe9\\x96\\xa2x", "\\u95a2x"},
		/* RFC 8259 section 7: two halves */
		{"\xf0\x9d\x84\x9e", "\\xf0\\x9d\\x84\\x9e", "\\ud834\\udd1e"},
		{"\xf4\x8f\xbf\xbf", "\\xf4\\x8f\\xbf\\xbf", "\\udbff\\udfff"},
		{"\xff", "\\xff", "\\xff"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct row row = row_numbered(1, arena), plain;

		row.queue_id = row.record = rows[i].text;
		plain = row_in_ascii(&row, arena);
		assert_string_equal(plain.queue_id, rows[i].plain);
		assert_string_equal(plain.record, rows[i].json);
		assert_string_equal(text_in_ascii(rows[i].text, arena), rows[i].plain);
		assert_int_equal(plain.time, row.time);
	}
	arena_free(&arena);
}

/* What version 1 left in the spool: a row without its last column. */
static void rows_of_an_older_version_are_read(void **state)
{
	struct arena *arena = arena_new();
	struct row row = row_numbered(7, arena), got;
	const char *whole;
	char *code;
	size_t len;

	(void)state;
	row.failure = "gone";
	whole = row_encode(&row, &len, arena);
	len -= sizeof(uint16_t) + strlen("gone");
	code = arena_copy(arena, whole, len);
	assert_false(row_decode(code, len, &got, arena)); /* of this version it is cut */
	code[0] = 1;
	assert_true(row_decode(code, len, &got, arena));
	row.failure = "";
	assert_same_row(&got, &row);
	code[0] = 3;
	assert_false(row_decode(code, len, &got, arena));
	code[0] = 0;
	assert_false(row_decode(code, len, &got, arena));
	arena_free(&arena);
}

static size_t keys_behind(struct database *database, struct key_parcel *parcel, struct arena *arena)
{
	struct fault fault = {""};

	if (!database_keys_since(database, parcel, 100, arena, &fault))
		fail_msg("%s", fault.text);
	return parcel->keys.count;
}

/* What machines tell each other; a file is of one machine and takes nothing. */
static void keys_are_shared(void **state)
{
	static const struct remembered_key told[] = {
		{.domain = "a.example", .selector = "s1", .p = "AAAA", .last_seen = 1700000000},
		{.domain = "b.example", .selector = "s2", .p = "BB+/=", .last_seen = 1700000001},
		{.domain = "c');--.example", .selector = "'", .p = "$1", .last_seen = 1700000002},
		/* not worth sharing: no key that verified looks like it */
		{.domain = "d\"\\{},.example", .selector = "s", .p = "A", .last_seen = 1700000003},
		{.domain = "e.example", .selector = "\xe9\x96\xa2", .p = "A", .last_seen = 1700000004},
		{.domain = "f.example", .selector = "", .p = "A", .last_seen = 1700000005},
	};
	struct arena *arena = arena_new();
	const char *where = fresh_place("keys.db", arena);
	struct fault fault = {""};
	struct database *database = database_open(where, true, &fault);
	struct remembered_key key = told[0], many[20];
	struct key_parcel parcel = {.mark = 0};
	char origin[KEYS_ORIGIN_SIZE], again[KEYS_ORIGIN_SIZE];

	(void)state;
	assert_non_null(database);
	assert_true(database_keys_origin(database, origin, &fault));
	assert_true(database_keys_put(database, &(struct remembered_keys){told, COUNT(told)}, &fault));
	if (is_sqlite(where)) {
		assert_string_equal(origin, "");
		assert_int_equal(keys_behind(database, &parcel, arena), 0);
		database_close(&database);
		arena_free(&arena);
		return;
	}
	assert_true(strlen(origin) >= 32);
	assert_int_equal(keys_behind(database, &parcel, arena), 3);
	assert_false(parcel.more);
	for (size_t i = 0; i < 3; i++) {
		const struct remembered_key *got = &parcel.keys.items[i];
		const struct remembered_key *was = &told[got->domain[0] - 'a'];

		assert_string_equal(got->domain, was->domain);
		assert_string_equal(got->selector, was->selector);
		assert_string_equal(got->p, was->p);
		assert_int_equal(got->last_seen, was->last_seen);
	}
	assert_int_equal(keys_behind(database, &parcel, arena), 0);
	/* seen again the same morning: no news; half a day later: news; the year 2106: not later than now */
	key.last_seen += 40000;
	assert_true(database_keys_put(database, &(struct remembered_keys){&key, 1}, &fault));
	assert_int_equal(keys_behind(database, &parcel, arena), 0);
	key.last_seen += 4000;
	assert_true(database_keys_put(database, &(struct remembered_keys){&key, 1}, &fault));
	assert_int_equal(keys_behind(database, &parcel, arena), 1);
	assert_int_equal(parcel.keys.items[0].last_seen, key.last_seen);
	key.last_seen = 4294967295;
	assert_true(database_keys_put(database, &(struct remembered_keys){&key, 1}, &fault));
	assert_int_equal(keys_behind(database, &parcel, arena), 1);
	assert_true(parcel.keys.items[0].last_seen < 4294967295 - 86400);
	/* a domain has at most 16, the latest */
	for (unsigned i = 0; i < COUNT(many); i++)
		many[i] = (struct remembered_key){.domain = "g.example",
			.selector = "s",
			.p = arena_printf(arena, "K%u", i),
			.last_seen = 1700000000 + i};
	assert_true(database_keys_put(database, &(struct remembered_keys){many, COUNT(many)}, &fault));
	assert_int_equal(keys_behind(database, &parcel, arena), 16);
	parcel.mark = 1000000; /* a database out of a backup */
	assert_int_equal(keys_behind(database, &parcel, arena), 19);
	database_close(&database);
	database = database_open(where, true, &fault);
	assert_non_null(database);
	assert_true(database_keys_origin(database, again, &fault));
	assert_string_equal(again, origin);
	database_close(&database);
	arena_free(&arena);
}

enum { MIDNIGHT = 1699920000 + 86400 };

/* Two daemons over midnight; the day before goes while one of them still writes into it. */
static void days_begin_and_go(void **state)
{
	struct arena *arena = arena_new();
	const char *where = fresh_place("days.db", arena);
	struct fault fault = {""};
	struct database *one = database_open(where, true, &fault), *two = database_open(where, true, &fault);
	struct row rows[4], late = row_numbered(9, arena);
	bool left = true;

	(void)state;
	assert_non_null(one);
	assert_non_null(two);
	for (unsigned i = 0; i < 4; i++) {
		rows[i] = row_numbered(i, arena);
		rows[i].time = MIDNIGHT - 2 + (int64_t)i;
	}
	assert_true(database_put(one, rows, 4, &fault)); /* both days in one */
	late.time = MIDNIGHT - 1;
	assert_true(database_put(two, &late, 1, &fault));
	assert_int_equal(all_of(one, "", "", false, arena).count, 5);
	assert_string_equal(all_of(one, "", "", false, arena).last.queue_id, "Q3");

	assert_true(database_prune(one, MIDNIGHT - 86400, 0, &left, &fault));
	assert_int_equal(all_of(one, "", "", false, arena).count, 5); /* not old enough */
	for (left = true; left;)
		assert_true(database_prune(one, MIDNIGHT, 0, &left, &fault));
	assert_int_equal(all_of(one, "", "", false, arena).count, 2);
	late.id = "later";
	if (!database_put(two, &late, 1, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(all_of(one, "", "", false, arena).count, 3);
	database_close(&one);
	database_close(&two);
	arena_free(&arena);
}

static void old_rows_go(void **state)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};
	struct database *database =
		database_open(arena_printf(arena, "sqlite:%s/prune.db", scratch), true, &fault);
	bool left = true;

	(void)state;
	for (unsigned i = 0; i < 6000; i += 500) {
		struct row rows[500];

		for (unsigned n = 0; n < 500; n++)
			rows[n] = row_numbered(i + n, arena);
		assert_true(database_put(database, rows, 500, &fault));
	}
	assert_true(database_prune(database, 1700000000 + 5500, 0, &left, &fault));
	assert_true(left); /* a bounded part in one call */
	assert_true(database_prune(database, 1700000000 + 5500, 0, &left, &fault));
	assert_false(left);
	assert_int_equal(all_of(database, "", "", false, arena).count, 500);
	for (left = true; left;)
		assert_true(database_prune(database, 0, 1000, &left, &fault)); /* larger than 1000 octets */
	assert_int_equal(all_of(database, "", "", false, arena).count, 0);
	database_close(&database);
	arena_free(&arena);
}

/* A file of at most so many octets, for as long as rows come: the newest are there, and nearly as many as
 * fit. */
static void the_file_keeps_its_size(void **state)
{
	enum { MOST = 2000000, RECORD = 1000, AT_ONCE = 200 };
	struct arena *arena = arena_new();
	const char *path = path_of("size.db", arena);
	struct fault fault = {""};
	struct database *database = database_open(arena_printf(arena, "sqlite:%s", path), true, &fault);
	char *record = arena_alloc(arena, RECORD + 1);
	struct row rows[AT_ONCE];
	struct stat status;
	bool left;

	(void)state;
	memset(record, 'x', RECORD);
	record[RECORD] = '\0';
	for (unsigned i = 0; i < 12000; i += AT_ONCE) {
		struct arena *some = arena_new();
		struct seen seen;

		for (unsigned n = 0; n < AT_ONCE; n++) {
			rows[n] = row_numbered(i + n, some);
			rows[n].record = record;
		}
		assert_true(database_put(database, rows, AT_ONCE, &fault));
		for (left = true; left;)
			assert_true(database_prune(database, 0, MOST, &left, &fault));
		seen = all_of(database, "", "", false, some);
		assert_string_equal(seen.last.queue_id, arena_printf(some, "Q%u", i + AT_ONCE - 1));
		if (i > 3000)
			assert_in_range(seen.count, MOST / RECORD / 2, MOST / RECORD);
		arena_free(&some);
	}
	database_close(&database); /* with what is still in the -wal */
	assert_int_equal(stat(path, &status), 0);
	assert_in_range(status.st_size, MOST / 2, MOST + MOST / 5);
	arena_free(&arena);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void what_cannot_be_opened_is_told(void **state)
{
	static const struct {
		const char *where, *words;
	} rows[] = {
		{"sqlite:/nonexistent/x.db", "No such file"},
		{"mysql:x", "no engine"},
	};
	struct arena *arena = arena_new();
	struct fault fault = {""};
	struct database *database;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_null(database_open(rows[i].where, true, &fault));
		assert_non_null(strstr(fault.text, rows[i].words));
	}
	/* rubbish is set aside, not destroyed */
	write_file(path_of("rubbish.db", arena),
		"this is no database, and long enough to be looked at: "
		"0123456789012345678901234567890123456789012345678901234567890123");
	fault.text[0] = '\0';
	database = database_open(arena_printf(arena, "sqlite:%s/rubbish.db", scratch), true, &fault);
	assert_non_null(database);
	assert_non_null(strstr(fault.text, "damaged"));
	assert_int_equal(access(path_of("rubbish.db.damaged", arena), F_OK), 0);
	database_close(&database);
	arena_free(&arena);
}

/* A disk that rots while the store is in use: what is left is set aside, and the rows go on. */
static void damage_in_use_is_set_aside(void **state)
{
	struct arena *arena = arena_new();
	const char *path = path_of("rot.db", arena);
	const char *where = arena_printf(arena, "sqlite:%s", path);
	struct fault fault = {""};
	struct database *database = database_open(where, true, &fault);
	struct row rows[500];
	bool good = true;
	sqlite3 *other;
	FILE *file;

	(void)state;
	assert_non_null(database);
	for (unsigned i = 0; i < 500; i++)
		rows[i] = row_numbered(i, arena);
	assert_true(database_put(database, rows, 500, &fault));
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK); /* so that ours does not trust its cache */
	assert_int_equal(
		sqlite3_exec(other, "DELETE FROM verdicts WHERE n < 3; PRAGMA wal_checkpoint(TRUNCATE)", NULL,
			NULL, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
	file = fopen(path, "r+");
	assert_non_null(file);
	for (unsigned i = 0; i < 4000; i++) {
		assert_int_equal(fseek(file, 4096 + (long)i * 16, SEEK_SET), 0);
		assert_true(fputs("no database page", file) >= 0);
	}
	assert_int_equal(fclose(file), 0);

	for (unsigned i = 0; good && i < 10; i++) {
		rows[0] = row_numbered(1000 + i, arena);
		good = database_put(database, rows, 1, &fault);
	}
	assert_false(good);
	assert_non_null(strstr(fault.text, "rot.db.damaged, and a new one begins"));
	database_close(&database);
	assert_int_equal(access(path_of("rot.db.damaged", arena), F_OK), 0);
	database = database_open(where, true, &fault);
	assert_non_null(database);
	assert_true(database_put(database, rows, 500, &fault));
	assert_int_equal(all_of(database, "", "", false, arena).count, 500);
	database_close(&database);
	arena_free(&arena);
}

struct told {
	unsigned count;
	char last[400];
};

static void hear(void *self, const char *text)
{
	struct told *told = self;

	told->count++;
	(void)snprintf(told->last, sizeof told->last, "%s", text);
}

static void put_numbered(struct keeper *keeper, unsigned from, unsigned count, int64_t now)
{
	struct arena *arena = arena_new();

	for (unsigned i = 0; i < count; i++) {
		struct row row = row_numbered(from + i, arena);

		keeper_put(keeper, &row, 1, now);
	}
	arena_free(&arena);
}

/* The database goes away in the middle and comes back: every row is there, once. */
static void nothing_is_lost_while_it_is_away(void **state)
{
	struct arena *arena = arena_new();
	const char *home = path_of("away", arena), *gone = path_of("gone", arena);
	struct told told = {0};
	struct keeper_plan plan = {.where = arena_printf(arena, "sqlite:%s/v.db", home),
		.spool_path = path_of("away.spool", arena),
		.spool_most = 10000000,
		.days = 36500,
		.say = hear,
		.self = &told};
	struct fault fault = {""};
	struct keeper *keeper = keeper_open(&plan, 1000); /* its folder is not there */
	struct database *database;
	int64_t now = 1000;

	(void)state;
	assert_int_equal(told.count, 1);
	assert_non_null(strstr(told.last, "spool"));
	put_numbered(keeper, 0, 700, now);
	assert_false(keeper_tend(keeper, now + 1)); /* nothing can be done about it now */
	assert_int_equal(told.count, 1);            /* not for every row */
	assert_int_equal(keeper_counts(keeper).spooled, 700);
	assert_int_equal(mkdir(home, 0700), 0);
	put_numbered(keeper, 700, 10, now + 2);
	for (now += 10; now < 1020; now++)
		(void)keeper_tend(keeper, now);
	put_numbered(keeper, 710, 10, now);
	assert_non_null(strstr(told.last, "there again"));
	assert_int_equal(keeper_counts(keeper).lost, 0);
	keeper_close(&keeper);

	/* a second time, with a writer that ended in between */
	assert_int_equal(rename(home, gone), 0);
	keeper = keeper_open(&plan, now);
	put_numbered(keeper, 720, 5, now);
	keeper_close(&keeper);
	assert_int_equal(rename(gone, home), 0);
	keeper = keeper_open(&plan, now);
	(void)keeper_tend(keeper, now);
	keeper_close(&keeper);
	database = database_open(plan.where, false, &fault);
	assert_int_equal(all_of(database, "", "", false, arena).count, 725);
	database_close(&database);
	arena_free(&arena);
}

static void without_spool_they_are_counted(void **state)
{
	struct told told = {0};
	struct keeper_plan plan = {
		.where = "sqlite:/nonexistent/v.db", .spool_path = "", .days = 1, .say = hear, .self = &told};
	struct keeper *keeper = keeper_open(&plan, 1000);

	(void)state;
	put_numbered(keeper, 0, 50, 1001);
	assert_int_equal(keeper_counts(keeper).lost, 50);
	assert_int_equal(told.count, 2); /* the database, and the loss: once each */
	put_numbered(keeper, 50, 1, 1070);
	assert_int_equal(told.count, 3); /* a minute later again */
	assert_non_null(strstr(told.last, "51"));
	keeper_close(&keeper);
}

/* A full disk lets the store be opened, again and again, and takes nothing: told once a minute all the same.
 */
static void a_store_that_opens_and_takes_nothing(void **state)
{
	struct arena *arena = arena_new();
	const char *path = path_of("full.db", arena);
	struct told told = {0};
	struct keeper_plan plan = {.where = arena_printf(arena, "sqlite:%s", path),
		.spool_path = path_of("full.spool", arena),
		.spool_most = 1000000,
		.days = 36500,
		.say = hear,
		.self = &told};
	struct keeper *keeper = keeper_open(&plan, 1000);
	sqlite3 *other;

	(void)state;
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other,
				 "CREATE TRIGGER full BEFORE INSERT ON verdicts BEGIN SELECT"
				 " RAISE(ABORT, 'database or disk is full'); END",
				 NULL, NULL, NULL),
		SQLITE_OK);
	for (unsigned i = 0; i < 59; i++) {
		put_numbered(keeper, i, 1, 1000 + i);
		(void)keeper_tend(keeper, 1000 + i);
	}
	assert_int_equal(told.count, 1);
	assert_non_null(strstr(told.last, "disk is full"));
	assert_in_range(keeper_counts(keeper).failures, 8, 59);
	put_numbered(keeper, 59, 1, 1065);
	(void)keeper_tend(keeper, 1065);
	assert_int_equal(told.count, 2); /* a minute later again */
	assert_int_equal(sqlite3_exec(other, "DROP TRIGGER full", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
	(void)keeper_tend(keeper, 1075);
	assert_int_equal(told.count, 3);
	assert_non_null(strstr(told.last, "there again"));
	assert_int_equal(keeper_counts(keeper).stored, 60);
	assert_int_equal(keeper_counts(keeper).lost, 0);
	keeper_close(&keeper);
	arena_free(&arena);
}

/* A spool that could not be opened at the start is used as soon as it can be. */
static void the_spool_is_opened_later(void **state)
{
	struct arena *arena = arena_new();
	struct told told = {0};
	struct keeper_plan plan = {.where = "sqlite:/nonexistent/v.db",
		.spool_path = path_of("later/spool", arena),
		.spool_most = 1000000,
		.days = 1,
		.say = hear,
		.self = &told};
	struct keeper *keeper = keeper_open(&plan, 1000);

	(void)state;
	put_numbered(keeper, 0, 3, 1001);
	assert_int_equal(keeper_counts(keeper).lost, 3);
	assert_int_equal(told.count, 3); /* the spool, the database, the loss: once each */
	assert_int_equal(mkdir(path_of("later", arena), 0700), 0);
	put_numbered(keeper, 3, 4, 1002);
	assert_int_equal(keeper_counts(keeper).lost, 3);
	assert_int_equal(keeper_counts(keeper).spooled, 4);
	keeper_close(&keeper);
	arena_free(&arena);
}

/* A wrong time would empty the store at once; a right one has a day to wait. */
static void a_clock_that_leaps_ahead_is_not_believed_at_once(void **state)
{
	enum { DAY = 86400, STEP = 3000 };
	struct arena *arena = arena_new();
	struct told told = {0};
	struct keeper_plan plan = {.where = arena_printf(arena, "sqlite:%s/leap.db", scratch),
		.spool_path = "",
		.days = 1,
		.say = hear,
		.self = &told};
	const int64_t now = row_numbered(0, arena).time + 100, ahead = now + (int64_t)400 * DAY;
	struct keeper *keeper = keeper_open(&plan, now);
	struct fault fault = {""};
	struct database *database = database_open(plan.where, false, &fault);

	(void)state;
	assert_non_null(database);
	put_numbered(keeper, 0, 5, now);
	(void)keeper_tend(keeper, now);
	for (int64_t i = 0; i < DAY; i += STEP)
		(void)keeper_tend(keeper, ahead + i);
	assert_int_equal(all_of(database, "", "", false, arena).count, 5);
	(void)keeper_tend(keeper, now + DAY - STEP); /* set right */
	assert_int_equal(all_of(database, "", "", false, arena).count, 5);
	for (int64_t i = 0; i <= DAY + STEP; i += STEP)
		(void)keeper_tend(keeper, ahead + i); /* that was it, after all */
	assert_int_equal(all_of(database, "", "", false, arena).count, 0);
	database_close(&database);
	keeper_close(&keeper);
	arena_free(&arena);
}

static bool fail_to_attend(void *self, struct database *database, int64_t now_s, struct fault *fault)
{
	(void)self;
	(void)now_s;
	assert_non_null(database);
	fault_set(fault, "no permission for the keys");
	return false;
}

/* What else is done with the database may fail: verdicts are stored all the same. */
static void what_is_done_beside_may_fail(void **state)
{
	struct arena *arena = arena_new();
	struct told told = {0};
	struct keeper_plan plan = {.where = arena_printf(arena, "sqlite:%s/beside.db", scratch),
		.spool_path = "",
		.days = 36500,
		.say = hear,
		.attend = fail_to_attend,
		.self = &told};
	struct keeper *keeper = keeper_open(&plan, 1000);

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		put_numbered(keeper, i, 1, 1000 + i);
		(void)keeper_tend(keeper, 1000 + i);
	}
	assert_int_equal(told.count, 1);
	assert_string_equal(told.last, "no permission for the keys");
	assert_int_equal(keeper_counts(keeper).stored, 50);
	assert_int_equal(keeper_counts(keeper).failures, 0);
	keeper_close(&keeper);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_travel_whole),
		cmocka_unit_test(a_message_becomes_a_row),
		cmocka_unit_test(the_spool_keeps_rows),
		cmocka_unit_test(a_full_spool_refuses),
		cmocka_unit_test(sqlite_keeps_rows_once),
		cmocka_unit_test(an_older_store_is_brought_up_to_date),
		cmocka_unit_test(hostile_values_are_values),
		cmocka_unit_test(what_is_no_ascii_is_written_in_ascii),
		cmocka_unit_test(rows_of_an_older_version_are_read),
		cmocka_unit_test(keys_are_shared),
		cmocka_unit_test(days_begin_and_go),
		cmocka_unit_test(old_rows_go),
		cmocka_unit_test(the_file_keeps_its_size),
		cmocka_unit_test(what_cannot_be_opened_is_told),
		cmocka_unit_test(damage_in_use_is_set_aside),
		cmocka_unit_test(nothing_is_lost_while_it_is_away),
		cmocka_unit_test(without_spool_they_are_counted),
		cmocka_unit_test(a_store_that_opens_and_takes_nothing),
		cmocka_unit_test(what_is_done_beside_may_fail),
		cmocka_unit_test(the_spool_is_opened_later),
		cmocka_unit_test(a_clock_that_leaps_ahead_is_not_believed_at_once),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
