/* The engine for many machines: several daemons write into one PostgreSQL, a partition a day. */
#include "base/arena.h"
#include "base/buf.h"
#include "store/engine.h"
#include "store/row.h"
#include "store/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_LIBPQ
#include <libpq-fe.h>

enum { DAY_S = 86400, DAYS_KNOWN = 64, SCHEMA_VERSION = 2 };

struct postgres {
	PGconn *connection;
	int64_t days[DAYS_KNOWN]; /* whose partition is there; a ring */
	size_t day_count;
};

/* Daemons that start at the same moment make the tables one after the other. */
static const char lock[] = "SELECT pg_advisory_xact_lock(7262514893)";

/* Errors of libpq end with a line end, and have several lines, the later ones behind a tab. */
static bool refuse(struct postgres *self, const char *doing, struct fault *fault)
{
	char *end;

	fault_set(fault, "postgresql, %s: %s", doing, PQerrorMessage(self->connection));
	for (end = fault->text; *end != '\0'; end++)
		if (*end == '\n' || *end == '\t')
			*end = ' ';
	while (end > fault->text && end[-1] == ' ')
		*--end = '\0';
	return false;
}

static bool run(struct postgres *self, const char *sql, struct fault *fault)
{
	PGresult *result = PQexec(self->connection, sql);
	ExecStatusType status = PQresultStatus(result);
	bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
		    refuse(self, "running a statement", fault);

	PQclear(result);
	return good;
}

/* The one number a statement gives; -1 without one. */
static int64_t number_of(struct postgres *self, const char *sql)
{
	PGresult *result = PQexec(self->connection, sql);
	int64_t number = -1;

	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return number;
}

static bool transaction(
	struct postgres *self, bool (*work)(struct postgres *self, struct fault *fault), struct fault *fault)
{
	struct fault other;

	if (run(self, "BEGIN", fault) && run(self, lock, fault) && work(self, fault) &&
		run(self, "COMMIT", fault))
		return true;
	(void)run(self, "ROLLBACK", &other);
	return false;
}

static bool migrate(struct postgres *self, struct fault *fault)
{
	struct arena *arena = arena_new();
	int64_t version = -1;
	bool good = run(self, "CREATE TABLE IF NOT EXISTS verdicts_version (version BIGINT NOT NULL)", fault);

	if (good)
		version = number_of(self, "SELECT COALESCE(max(version), 0) FROM verdicts_version");
	if (version > SCHEMA_VERSION) {
		fault_set(fault, "the store was written by a newer sekisho (version %lld, ours %d)",
			(long long)version, SCHEMA_VERSION);
		good = false;
	}
	if (good && version < 1)
		good = run(self,
			arena_printf(arena,
				"CREATE TABLE verdicts (%s, PRIMARY KEY (time, id)) PARTITION BY RANGE "
				"(time);"
				"CREATE INDEX verdicts_queue_id ON verdicts (queue_id);"
				"INSERT INTO verdicts_version VALUES (%d)",
				sql_definitions(arena), SCHEMA_VERSION),
			fault);
	else if (good && version < 2)
		good = run(self,
			"ALTER TABLE verdicts ADD COLUMN failure TEXT NOT NULL DEFAULT '';"
			"INSERT INTO verdicts_version VALUES (2)",
			fault);
	arena_free(&arena);
	return good;
}

static void close_postgres(void *engine)
{
	struct postgres *self = engine;

	PQfinish(self->connection);
	free(self);
}

static void ignore_notice(void *nothing, const PGresult *result)
{
	(void)nothing;
	(void)result;
}

/* What libpq calls a URI begins with our own scheme, which has been taken off. */
static const char *conninfo_of(const char *where, struct arena *arena)
{
	return strncmp(where, "//", 2) == 0 ? arena_printf(arena, "postgresql:%s", where) : where;
}

/* What the admin writes stands last and wins. */
static void *open_postgres(const char *where, bool may_write, struct fault *fault)
{
	static const char *const names[] = {"connect_timeout", "tcp_user_timeout", "keepalives_idle",
		"application_name", "client_encoding", "options", "dbname", NULL};
	struct arena *arena = arena_new();
	const char *values[] = {"5", "10000", "30", "sekisho", "UTF8", "-c statement_timeout=60000",
		conninfo_of(where, arena), NULL};
	struct postgres *self = calloc(1, sizeof *self);

	if (self == NULL)
		abort();
	self->connection = PQconnectdbParams(names, values, 1);
	arena_free(&arena);
	if (PQstatus(self->connection) != CONNECTION_OK) {
		(void)refuse(self, "connecting", fault);
		close_postgres(self);
		return NULL;
	}
	(void)PQsetNoticeReceiver(self->connection, ignore_notice, NULL);
	if (may_write && !transaction(self, migrate, fault)) {
		close_postgres(self);
		return NULL;
	}
	return self;
}

static bool day_is_known(const struct postgres *self, int64_t day)
{
	size_t known = self->day_count < DAYS_KNOWN ? self->day_count : DAYS_KNOWN;

	for (size_t i = 0; i < known; i++)
		if (self->days[i] == day)
			return true;
	return false;
}

/* "verdicts_20260301": numbers of ours, so that the name may stand in a statement. */
static void partition_name(int64_t day, char name[40])
{
	time_t start = (time_t)(day * DAY_S);
	struct tm date = {0};

	(void)gmtime_r(&start, &date);
	(void)snprintf(name, 40, "verdicts_%04d%02d%02d", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
}

static bool make_day(struct postgres *self, int64_t day, struct fault *fault)
{
	char name[40], sql[200];

	if (day_is_known(self, day))
		return true;
	partition_name(day, name);
	(void)snprintf(sql, sizeof sql,
		"CREATE TABLE IF NOT EXISTS %s PARTITION OF verdicts FOR VALUES FROM (%lld) TO (%lld)", name,
		(long long)(day * DAY_S), (long long)((day + 1) * DAY_S));
	if (!run(self, lock, fault) || !run(self, sql, fault))
		return false;
	self->days[self->day_count++ % DAYS_KNOWN] = day;
	return true;
}

/* One column of all rows as an array of PostgreSQL: {"a","b"}. */
static const char *array_of(
	const struct row *rows, size_t count, const struct column *column, struct arena *arena)
{
	struct buf text = buf_in(arena);

	buf_char(&text, '{');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(&text, ',');
		if (column->kind == COLUMN_NUMBER) {
			buf_printf(&text, "%lld", (long long)row_number(&rows[i], column));
			continue;
		}
		buf_char(&text, '"');
		for (const char *at = row_text(&rows[i], column); *at != '\0'; at++) {
			if (*at == '"' || *at == '\\')
				buf_char(&text, '\\');
			buf_char(&text, *at);
		}
		buf_char(&text, '"');
	}
	buf_char(&text, '}');
	return text.data;
}

static const char *insert_text(struct arena *arena)
{
	struct buf text = buf_in(arena);

	buf_printf(&text, "INSERT INTO verdicts (%s) SELECT * FROM unnest(", sql_names(arena));
	for (size_t i = 0; i < column_count; i++)
		buf_printf(&text, "%s$%zu::%s[]", i > 0 ? ", " : "", i + 1,
			columns[i].kind == COLUMN_TEXT ? "text" : "bigint");
	buf_text(&text, ") ON CONFLICT DO NOTHING");
	return text.data;
}

static bool insert(struct postgres *self, const struct row *rows, size_t count, struct fault *fault)
{
	struct arena *arena = arena_new();
	const char **values = arena_array(arena, column_count, sizeof *values);
	PGresult *result;
	bool good;

	for (size_t i = 0; i < column_count; i++)
		values[i] = array_of(rows, count, &columns[i], arena);
	result = PQexecParams(
		self->connection, insert_text(arena), (int)column_count, NULL, values, NULL, NULL, 0);
	good = PQresultStatus(result) == PGRES_COMMAND_OK || refuse(self, "inserting", fault);
	PQclear(result);
	arena_free(&arena);
	return good;
}

static bool put_postgres(void *engine, const struct row *rows, size_t count, struct fault *fault)
{
	struct postgres *self = engine;
	struct fault other;
	bool good = run(self, "BEGIN", fault);

	for (size_t i = 0; good && i < count; i++)
		good = make_day(self, rows[i].time / DAY_S, fault);
	if (good && insert(self, rows, count, fault) && run(self, "COMMIT", fault))
		return true;
	(void)run(self, "ROLLBACK", &other);
	self->day_count = 0; /* what was made in this transaction is gone */
	return false;
}

/* Whole days go, each with its partition: that costs nothing. */
static bool prune_postgres(
	void *engine, int64_t before, uint64_t most_octets, bool *left, struct fault *fault)
{
	static const char oldest[] = "SELECT min(substr(relname, 10))::bigint FROM pg_class JOIN pg_inherits"
				     " ON inhrelid = pg_class.oid WHERE inhparent = 'verdicts'::regclass"
				     " AND relname ~ '^verdicts_[0-9]{8}$'";
	struct postgres *self = engine;
	char name[40], sql[100];
	int64_t date;

	(void)most_octets; /* a database server has its own means */
	*left = false;
	partition_name(before / DAY_S, name);
	date = number_of(self, oldest);
	if (date <= 0 || date >= strtoll(name + strlen("verdicts_"), NULL, 10))
		return true;
	(void)snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS verdicts_%08lld", (long long)date);
	*left = run(self, sql, fault);
	self->day_count = 0;
	return *left;
}

static void fill(struct row *row, const PGresult *result)
{
	for (size_t i = 0; i < column_count; i++) {
		void *field = (char *)row + columns[i].offset;
		const char *value = PQgetvalue(result, 0, (int)i);

		if (columns[i].kind == COLUMN_TEXT)
			*(const char **)field = value;
		else
			*(int64_t *)field = strtoll(value, NULL, 10);
	}
}

/* Gives the rows to take, one at a time as they come; false when the server failed. */
static bool take_rows(struct postgres *self, bool (*take)(void *taker, const struct row *row), void *taker,
	struct fault *fault)
{
	bool good = true, more = true;
	PGresult *result;

	while ((result = PQgetResult(self->connection)) != NULL) {
		ExecStatusType status = PQresultStatus(result);
		struct row row;

		if (status == PGRES_SINGLE_TUPLE && more) {
			fill(&row, result);
			more = take(taker, &row);
		} else if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK) {
			good = refuse(self, "reading", fault);
		}
		PQclear(result);
	}
	return good;
}

static bool select_postgres(void *engine, const struct selection *selection,
	bool (*take)(void *taker, const struct row *row), void *taker, struct fault *fault)
{
	struct postgres *self = engine;
	struct arena *arena = arena_new();
	const char *values[] = {arena_printf(arena, "%lld", (long long)selection->from),
		arena_printf(arena, "%lld", (long long)selection->until), selection->domain,
		selection->queue_id};
	bool good = PQsendQueryParams(self->connection, sql_select(selection, '$', arena), 4, NULL, values,
			    NULL, NULL, 0) == 1 &&
		    PQsetSingleRowMode(self->connection) == 1;

	good = good ? take_rows(self, take, taker, fault) : refuse(self, "reading", fault);
	arena_free(&arena);
	return good;
}

const struct engine postgres_engine = {
	.scheme = "postgresql:",
	.open = open_postgres,
	.close = close_postgres,
	.put = put_postgres,
	.prune = prune_postgres,
	.select = select_postgres,
};
#else
static void *open_postgres(const char *where, bool may_write, struct fault *fault)
{
	(void)where;
	(void)may_write;
	fault_set(fault, "store = postgresql needs a sekisho that is built with libpq");
	return NULL;
}

const struct engine postgres_engine = {.scheme = "postgresql:", .open = open_postgres};
#endif
