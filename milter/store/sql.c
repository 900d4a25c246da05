#include "store/sql.h"

#include "base/arena.h"
#include "base/buf.h"
#include "store/database.h"
#include "store/row.h"

#include <string.h>
#include <time.h>

enum { DAY_S = 86400 };

/* "id TEXT NOT NULL, time BIGINT NOT NULL, …" */
static const char *definitions(struct arena *arena)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < column_count; i++)
		buf_printf(&text, "%s%s %s NOT NULL", i > 0 ? ", " : "", columns[i].name,
			columns[i].kind == COLUMN_TEXT ? "TEXT" : "BIGINT");
	return text.data;
}

/* "id, time, …" */
static const char *names(struct arena *arena)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < column_count; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", columns[i].name);
	return text.data;
}

const char *sql_make_sqlite(struct arena *arena)
{
	return arena_printf(arena,
		"CREATE TABLE verdicts (n INTEGER PRIMARY KEY, %s);"
		"CREATE UNIQUE INDEX verdicts_once ON verdicts (time, id);",
		definitions(arena));
}

const char *sql_make_postgres(struct arena *arena)
{
	return arena_printf(arena,
		"CREATE TABLE verdicts (%s, PRIMARY KEY (time, id)) PARTITION BY RANGE (time);"
		"CREATE INDEX verdicts_queue_id ON verdicts (queue_id)",
		definitions(arena));
}

const char *sql_mark_version(int version, struct arena *arena)
{
	return arena_printf(arena, "PRAGMA user_version = %d", version);
}

const char *sql_insert(struct arena *arena)
{
	struct buf text = buf_in(arena);

	buf_printf(&text, "INSERT INTO verdicts (%s) VALUES (", names(arena));
	for (size_t i = 0; i < column_count; i++)
		buf_text(&text, i > 0 ? ", ?" : "?");
	buf_text(&text, ") ON CONFLICT (time, id) DO NOTHING");
	return text.data;
}

const char *sql_copy(struct arena *arena)
{
	return arena_printf(arena, "COPY verdicts (%s) FROM STDIN (FORMAT binary)", names(arena));
}

const char *sql_copy_beside(struct arena *arena)
{
	return arena_printf(arena, "COPY arrived (%s) FROM STDIN (FORMAT binary)", names(arena));
}

const char *sql_take_over(struct arena *arena)
{
	return arena_printf(arena, "INSERT INTO verdicts (%s) SELECT %s FROM arrived ON CONFLICT DO NOTHING",
		names(arena), names(arena));
}

int64_t sql_date(int64_t day)
{
	time_t start = (time_t)(day * DAY_S);
	struct tm date = {0};

	(void)gmtime_r(&start, &date);
	return (date.tm_year + 1900) * INT64_C(10000) + (date.tm_mon + 1) * INT64_C(100) + date.tm_mday;
}

const char *sql_has_day(int64_t day, struct arena *arena)
{
	return arena_printf(arena,
		"SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass('verdicts_%08lld')",
		(long long)sql_date(day));
}

/* In two steps: CREATE … PARTITION OF would wait for all who read, and let nobody write meanwhile. */
const char *sql_make_day(int64_t day, struct arena *arena)
{
	long long date = (long long)sql_date(day);

	return arena_printf(arena,
		"CREATE TABLE IF NOT EXISTS verdicts_%08lld (LIKE verdicts INCLUDING DEFAULTS);"
		"ALTER TABLE verdicts ATTACH PARTITION verdicts_%08lld FOR VALUES FROM (%lld) TO (%lld)",
		date, date, (long long)day * DAY_S, ((long long)day + 1) * DAY_S);
}

/* Whoever wants to read or write waits behind this while it waits itself: not long. */
const char *sql_drop_day(int64_t date, struct arena *arena)
{
	return arena_printf(arena,
		"BEGIN; SET LOCAL lock_timeout = 1000; DROP TABLE IF EXISTS verdicts_%08lld; COMMIT",
		(long long)date);
}

/* The record is most of a row: sorting a day of it would move gigabytes that no report needs. */
static bool is_wanted(const struct selection *selection, const char *name)
{
	if (strcmp(name, "record") == 0)
		return !selection->by_dmarc_domain;
	return strcmp(name, "failure") != 0 || selection->failures;
}

static void add_wanted(struct buf *text, const struct selection *selection)
{
	for (size_t i = 0; i < column_count; i++)
		buf_printf(text, "%s%s%s", i > 0 ? ", " : "",
			is_wanted(selection, columns[i].name) ? "" : "'' AS ", columns[i].name);
}

const char *sql_select(const struct selection *selection, char mark, struct arena *arena)
{
	struct buf text = buf_in(arena);

	buf_text(&text, "SELECT ");
	add_wanted(&text, selection);
	/* every parameter is named, also where it does not choose: engines want to know their types */
	buf_printf(&text,
		" FROM verdicts WHERE time >= %c1 AND time < %c2"
		" AND (%c3 = '' OR from_domain = %c3 OR dmarc_domain = %c3)"
		" AND (%c4 = '' OR queue_id = %c4)",
		mark, mark, mark, mark, mark, mark, mark);
	if (selection->failures)
		buf_text(&text, " AND failure <> ''");
	buf_text(&text, selection->by_dmarc_domain ? " AND dmarc_domain <> '' ORDER BY dmarc_domain, time"
						   : " ORDER BY time");
	return text.data;
}
