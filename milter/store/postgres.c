/* The engine for many machines: several daemons write into one PostgreSQL, a partition a day. */
#include "store/engine.h"

#ifdef HAVE_LIBPQ
#include "base/arena.h"
#include "store/copy_code.h"
#include "store/row.h"
#include "store/row_ascii.h"
#include "store/server.h"
#include "store/shared_keys.h"
#include "store/sql.h"

#include <stdlib.h>

/* SQLSTATEs: a row is there already; the partition of a row is not, since another daemon dropped it; somebody
 * reads what is to be dropped. */
#define UNIQUE_VIOLATION "23505"
#define CHECK_VIOLATION "23514"
#define LOCK_NOT_AVAILABLE "55P03"

enum { DAY_S = 86400, DAYS_KNOWN = 64, SCHEMA_VERSION = 3 };

struct postgres {
	struct server *server;
	bool takes_unicode;
	int64_t days[DAYS_KNOWN]; /* whose partition is there; a ring */
	size_t day_count;
};

static bool migrate(struct server *server, struct fault *fault)
{
	struct arena *arena = arena_new();
	int64_t version = -1;
	bool good = server_run(
		server, "CREATE TABLE IF NOT EXISTS verdicts_version (version BIGINT NOT NULL)", fault);

	if (good)
		version = server_number(server, "SELECT COALESCE(max(version), 0) FROM verdicts_version");
	if (version > SCHEMA_VERSION) {
		fault_set(fault, "the store was written by a newer sekisho (version %lld, ours %d)",
			(long long)version, SCHEMA_VERSION);
		good = false;
	}
	if (good && version < 1)
		good = server_run(server, sql_make_postgres(arena), fault);
	else if (good && version < 2)
		good = server_run(
			server, "ALTER TABLE verdicts ADD COLUMN failure TEXT NOT NULL DEFAULT ''", fault);
	if (good && version < 3)
		good = server_run(server, shared_keys_tables, fault) &&
		       server_run(server, "INSERT INTO verdicts_version VALUES (3)", fault);
	arena_free(&arena);
	return good;
}

static void close_postgres(void *engine)
{
	struct postgres *self = engine;

	server_close(&self->server);
	free(self);
}

static void *open_postgres(
	const char *where, bool may_write, const struct patience *patience, struct fault *fault)
{
	struct postgres *self = calloc(1, sizeof *self);

	if (self == NULL)
		abort();
	self->server = server_open(where, may_write, patience, fault);
	if (self->server != NULL && (!may_write || server_transaction(self->server, migrate, fault))) {
		self->takes_unicode = server_takes_unicode(self->server);
		return self;
	}
	close_postgres(self);
	return NULL;
}

static bool day_is_known(const struct postgres *self, int64_t day)
{
	size_t known = self->day_count < DAYS_KNOWN ? self->day_count : DAYS_KNOWN;

	for (size_t i = 0; i < known; i++)
		if (self->days[i] == day)
			return true;
	return false;
}

static bool make_day(struct postgres *self, int64_t day, struct arena *arena, struct fault *fault)
{
	if (day_is_known(self, day))
		return true;
	if (!server_lock(self->server, fault))
		return false;
	if (server_number(self->server, sql_has_day(day, arena)) != 1 &&
		!server_run(self->server, sql_make_day(day, arena), fault))
		return false;
	self->days[self->day_count++ % DAYS_KNOWN] = day;
	return true;
}

static const char *code_of(
	const struct postgres *self, const struct row *rows, size_t count, size_t *len, struct arena *arena)
{
	struct row *plain;

	if (self->takes_unicode)
		return copy_code(rows, count, len, arena);
	plain = arena_array(arena, count, sizeof *plain);
	for (size_t i = 0; i < count; i++)
		plain[i] = row_in_ascii(&rows[i], arena);
	return copy_code(plain, count, len, arena);
}

struct parcel {
	const struct row *rows;
	size_t count;
	const char *code;
	size_t len;
	struct arena *arena;
};

static bool copy_direct(struct postgres *self, const struct parcel *parcel, struct fault *fault)
{
	return server_copy(self->server, sql_copy(parcel->arena), parcel->code, parcel->len, fault);
}

/* Some of the rows are there already: the others are picked out of a table of their own. */
static bool copy_beside(struct postgres *self, const struct parcel *parcel, struct fault *fault)
{
	return server_run(self->server,
		       "CREATE TEMPORARY TABLE arrived ON COMMIT DROP AS SELECT * FROM verdicts LIMIT 0",
		       fault) &&
	       server_copy(self->server, sql_copy_beside(parcel->arena), parcel->code, parcel->len, fault) &&
	       server_run(self->server, sql_take_over(parcel->arena), fault);
}

static bool put_by(struct postgres *self,
	bool (*copy)(struct postgres *self, const struct parcel *parcel, struct fault *fault),
	const struct parcel *parcel, struct fault *fault)
{
	bool good = server_run(self->server, "BEGIN", fault);

	for (size_t i = 0; good && i < parcel->count; i++)
		good = make_day(self, parcel->rows[i].time / DAY_S, parcel->arena, fault);
	return good && copy(self, parcel, fault) && server_run(self->server, "COMMIT", fault);
}

static void roll_back(struct postgres *self)
{
	struct fault other;

	(void)server_run(self->server, "ROLLBACK", &other);
	self->day_count = 0; /* what was made in this transaction is gone */
}

static bool put_postgres(void *engine, const struct row *rows, size_t count, struct fault *fault)
{
	struct postgres *self = engine;
	struct arena *arena = arena_new();
	struct parcel parcel = {.rows = rows, .count = count, .arena = arena};
	bool good, doubles, dropped;

	parcel.code = code_of(self, rows, count, &parcel.len, arena);
	good = put_by(self, copy_direct, &parcel, fault);
	if (!good) {
		doubles = server_said(self->server, UNIQUE_VIOLATION);
		dropped = server_said(self->server, CHECK_VIOLATION);
		roll_back(self);
		if (doubles || dropped)
			good = put_by(self, copy_beside, &parcel, fault);
		if (!good)
			roll_back(self);
	}
	arena_free(&arena);
	return good;
}

/* *left: it may be that others are older still. A day that somebody reads goes the next time. */
static bool drop_day(struct postgres *self, int64_t date, bool *left, struct fault *fault)
{
	struct arena *arena = arena_new();
	bool good = server_run(self->server, sql_drop_day(date, arena), fault);
	bool is_read = !good && server_said(self->server, LOCK_NOT_AVAILABLE);

	arena_free(&arena);
	self->day_count = 0;
	if (!good)
		roll_back(self);
	*left = good;
	return good || is_read;
}

/* Whole days go, each with its partition: that costs nothing. */
static bool prune_postgres(
	void *engine, int64_t before, uint64_t most_octets, bool *left, struct fault *fault)
{
	static const char oldest[] = "SELECT min(substr(relname, 10))::bigint FROM pg_class JOIN pg_inherits"
				     " ON inhrelid = pg_class.oid WHERE inhparent = 'verdicts'::regclass"
				     " AND relname ~ '^verdicts_[0-9]{8}$'";
	struct postgres *self = engine;
	int64_t date = server_number(self->server, oldest);
	struct fault other = {""};
	bool good = true;

	(void)most_octets; /* a database server has its own means */
	*left = date > 0 && date < sql_date(before / DAY_S);
	if (*left)
		good = drop_day(self, date, left, fault);
	if (good)
		(void)shared_keys_prune(self->server, &other); /* verdicts do not depend on it */
	if (good && !server_is_there(self->server)) {
		fault_set(fault, "postgresql, looking for old days: the connection is gone");
		good = false;
	}
	return good;
}

struct reading {
	bool (*take)(void *taker, const struct row *row);
	void *taker;
};

static bool take_row(void *self, const PGresult *result)
{
	struct reading *reading = self;
	struct row row;

	for (size_t i = 0; i < column_count; i++) {
		void *field = (char *)&row + columns[i].offset;
		const char *value = PQgetvalue(result, 0, (int)i);

		if (columns[i].kind == COLUMN_TEXT)
			*(const char **)field = value;
		else
			*(int64_t *)field = strtoll(value, NULL, 10);
	}
	return reading->take(reading->taker, &row);
}

static bool select_postgres(void *engine, const struct selection *selection,
	bool (*take)(void *taker, const struct row *row), void *taker, struct fault *fault)
{
	struct postgres *self = engine;
	struct arena *arena = arena_new();
	struct reading reading = {take, taker};
	const char *values[] = {arena_printf(arena, "%lld", (long long)selection->from),
		arena_printf(arena, "%lld", (long long)selection->until),
		self->takes_unicode ? selection->domain : text_in_ascii(selection->domain, arena),
		self->takes_unicode ? selection->queue_id : text_in_ascii(selection->queue_id, arena)};
	bool good = server_read(
		self->server, sql_select(selection, '$', arena), values, 4, take_row, &reading, fault);

	arena_free(&arena);
	return good;
}

static bool keys_origin_postgres(void *engine, char origin[KEYS_ORIGIN_SIZE], struct fault *fault)
{
	return shared_keys_origin(((struct postgres *)engine)->server, origin, fault);
}

static bool put_keys_postgres(void *engine, const struct remembered_keys *keys, struct fault *fault)
{
	return shared_keys_put(((struct postgres *)engine)->server, keys, fault);
}

static bool keys_since_postgres(
	void *engine, struct key_parcel *parcel, size_t max, struct arena *arena, struct fault *fault)
{
	return shared_keys_since(((struct postgres *)engine)->server, parcel, max, arena, fault);
}

const struct engine postgres_engine = {
	.scheme = "postgresql:",
	.open = open_postgres,
	.close = close_postgres,
	.put = put_postgres,
	.prune = prune_postgres,
	.select = select_postgres,
	.keys_origin = keys_origin_postgres,
	.keys_put = put_keys_postgres,
	.keys_since = keys_since_postgres,
};
#else
static void *open_postgres(
	const char *where, bool may_write, const struct patience *patience, struct fault *fault)
{
	(void)where;
	(void)may_write;
	(void)patience;
	fault_set(fault, "store = postgresql needs a sekisho that is built with libpq");
	return NULL;
}

const struct engine postgres_engine = {.scheme = "postgresql:", .open = open_postgres};
#endif
