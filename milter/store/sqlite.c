/* The engine for one machine: a file, in write-ahead mode, one writer. */
#include "base/arena.h"
#include "base/private_file.h"
#include "store/engine.h"
#include "store/patience.h"
#include "store/row.h"
#include "store/sql.h"

#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BUSY_MS = 5000, /* a reader who makes a backup, an admin with a transaction */
	BUSY_STEP_MS = 20,
	PRUNED_AT_ONCE = 5000, /* rows: a reader shall not wait long for a deletion */
	PATH_SIZE = 4096,
	WAL_SIZE = 8 * 1024 * 1024, /* octets; then its pages are brought to their places */
};

struct sqlite {
	sqlite3 *database;
	sqlite3_stmt *insert;
	bool may_write;
	struct patience patience;
	bool damaged; /* the file is no database any more; a locked or full one is */
	char path[PATH_SIZE];
};

static bool is_damage(int code)
{
	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

/* Damage is found while the store is opened or, when a disk rots, long after. */
static bool refuse(struct sqlite *self, const char *doing, struct fault *fault)
{
	bool damaged = self->database != NULL && is_damage(sqlite3_errcode(self->database));

	self->damaged = self->damaged || (self->may_write && damaged);
	fault_set(fault, "sqlite, %.80s: %.60s%s%.80s%s", doing,
		self->database != NULL ? sqlite3_errmsg(self->database) : "out of memory",
		self->damaged ? "; it becomes " : "", self->damaged ? self->path : "",
		self->damaged ? ".damaged, and a new one begins" : "");
	return false;
}

static bool run(struct sqlite *self, const char *sql, struct fault *fault)
{
	return sqlite3_exec(self->database, sql, NULL, NULL, NULL) == SQLITE_OK || refuse(self, sql, fault);
}

static int64_t number_of(struct sqlite *self, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t number = -1;

	if (sqlite3_prepare_v2(self->database, sql, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return number;
}

enum { SCHEMA_VERSION = 2 };

/* What brings a file of that version to the next; a new one, of version 0, has all columns at once. */
static const char *migration(int64_t version, struct arena *arena)
{
	if (version == 0)
		return sql_make_sqlite(arena);
	return "ALTER TABLE verdicts ADD COLUMN failure TEXT NOT NULL DEFAULT ''"; /* 1 to 2 */
}

static bool migrate(struct sqlite *self, struct fault *fault)
{
	struct arena *arena = arena_new();
	int64_t version = number_of(self, "PRAGMA user_version");
	bool good = version >= 0 || refuse(self, "reading the version", fault);

	if (version > SCHEMA_VERSION) {
		fault_set(fault, "the store was written by a newer sekisho (version %lld, ours %d)",
			(long long)version, SCHEMA_VERSION);
		good = false;
	}
	while (good && version < SCHEMA_VERSION) {
		int64_t next = version == 0 ? SCHEMA_VERSION : version + 1;

		good = run(self, "BEGIN IMMEDIATE", fault) && run(self, migration(version, arena), fault) &&
		       run(self, sql_mark_version((int)next, arena), fault) && run(self, "COMMIT", fault);
		version = next;
	}
	arena_free(&arena);
	return good;
}

static bool prepare(struct sqlite *self, struct fault *fault)
{
	struct arena *arena = arena_new();
	bool good = sqlite3_prepare_v3(self->database, sql_insert(arena), -1, SQLITE_PREPARE_PERSISTENT,
			    &self->insert, NULL) == SQLITE_OK ||
		    refuse(self, "preparing", fault);

	arena_free(&arena);
	return good;
}

/* A row has a kilobyte or two: with a dozen on a page less is looked for and written. An older file keeps the
 * pages it has. */
static bool open_for_writing(struct sqlite *self, struct fault *fault)
{
	int64_t page_size;

	if (!run(self,
		    "PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
		    "PRAGMA temp_store = MEMORY; PRAGMA synchronous = NORMAL;"
		    "PRAGMA journal_size_limit = 16777216;",
		    fault) ||
		!migrate(self, fault) || !prepare(self, fault))
		return false;
	page_size = number_of(self, "PRAGMA page_size");
	if (page_size > 0)
		(void)sqlite3_wal_autocheckpoint(self->database, (int)(WAL_SIZE / page_size));
	return true;
}

/* What was not yet written back goes with it: tools that save what can be saved want both. */
static void set_aside(const char *path)
{
	static const char *const parts[] = {"", "-wal"};
	char name[PATH_SIZE], aside[PATH_SIZE + 16];

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (snprintf(name, sizeof name, "%s%s", path, parts[i]) < (int)sizeof name) {
			(void)snprintf(aside, sizeof aside, "%s.damaged%s", path, parts[i]);
			(void)rename(name, aside);
		}
	if (snprintf(name, sizeof name, "%s-shm", path) < (int)sizeof name)
		(void)unlink(name);
}

/* The next opening finds nothing in place of a damaged file. SQLite deletes the -wal of what it closes last.
 */
static void close_sqlite(void *engine)
{
	struct sqlite *self = engine;

	if (self->damaged)
		set_aside(self->path);
	(void)sqlite3_finalize(self->insert);
	(void)sqlite3_close(self->database);
	free(self);
}

/* Somebody else has the file locked: SQLite tries again as long as this is true. */
static int wait_for_lock(void *engine, int times)
{
	struct sqlite *self = engine;

	if (times * BUSY_STEP_MS >= BUSY_MS || patience_is_over(&self->patience))
		return 0;
	(void)poll(NULL, 0, BUSY_STEP_MS);
	return 1;
}

/* That would cost SQLite a lock at each piece of memory. It listens only before its first file. */
static void count_no_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static bool open_file(struct sqlite *self, struct fault *fault)
{
	int flags = (self->may_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;

	count_no_memory();
	if (sqlite3_open_v2(self->path, &self->database, flags, NULL) != SQLITE_OK)
		return refuse(self, self->path, fault);
	(void)sqlite3_busy_handler(self->database, wait_for_lock, self);
	return !self->may_write || open_for_writing(self, fault);
}

/* NULL with the reason in fault; *damaged: a damaged file was set aside. */
static struct sqlite *open_once(
	const char *path, bool may_write, const struct patience *patience, bool *damaged, struct fault *fault)
{
	struct sqlite *self = calloc(1, sizeof *self);
	int fd = may_write ? private_file_open(path, fault) : -1;
	bool good = fd >= 0 || !may_write;

	if (self == NULL)
		abort();
	if (fd >= 0)
		(void)close(fd);
	self->may_write = may_write;
	self->patience = *patience;
	if (snprintf(self->path, sizeof self->path, "%s", path) >= (int)sizeof self->path) {
		fault_set(fault, "sqlite: the path is too long");
		good = false;
	}
	if (good && open_file(self, fault))
		return self;
	*damaged = self->damaged;
	close_sqlite(self);
	return NULL;
}

static void *open_sqlite(
	const char *path, bool may_write, const struct patience *patience, struct fault *fault)
{
	bool damaged = false;
	struct sqlite *self = open_once(path, may_write, patience, &damaged, fault);

	if (self != NULL || !damaged)
		return self;
	self = open_once(path, may_write, patience, &damaged, fault);
	if (self != NULL)
		fault_set(fault, "the store was damaged: it is %s.damaged now, a new one begins", path);
	return self;
}

static bool insert(struct sqlite *self, const struct row *row)
{
	bool done;

	for (size_t i = 0; i < column_count; i++) {
		int place = (int)i + 1;

		if (columns[i].kind == COLUMN_TEXT)
			(void)sqlite3_bind_text(
				self->insert, place, row_text(row, &columns[i]), -1, SQLITE_STATIC);
		else
			(void)sqlite3_bind_int64(self->insert, place, row_number(row, &columns[i]));
	}
	done = sqlite3_step(self->insert) == SQLITE_DONE;
	(void)sqlite3_reset(self->insert);
	return done;
}

static bool put_sqlite(void *engine, const struct row *rows, size_t count, struct fault *fault)
{
	struct sqlite *self = engine;

	if (!run(self, "BEGIN IMMEDIATE", fault))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!insert(self, &rows[i])) {
			(void)refuse(self, "inserting", fault);
			(void)sqlite3_exec(self->database, "ROLLBACK", NULL, NULL, NULL);
			return false;
		}
	if (run(self, "COMMIT", fault))
		return true;
	(void)sqlite3_exec(self->database, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

/* Pages in use, without those that wait to be used again. */
static uint64_t octets_of(struct sqlite *self)
{
	int64_t pages = number_of(self, "PRAGMA page_count") - number_of(self, "PRAGMA freelist_count");

	return pages > 0 ? (uint64_t)pages * (uint64_t)number_of(self, "PRAGMA page_size") : 0;
}

/* How many of the oldest rows make up what is too much, about: they are nearly of one size. */
static int64_t rows_over(struct sqlite *self, uint64_t most_octets)
{
	uint64_t octets = octets_of(self);
	int64_t rows;

	if (most_octets == 0 || octets <= most_octets)
		return 0;
	/* two questions: each is answered by one look, both in one by a look at all rows */
	rows = number_of(self,
		"SELECT COALESCE((SELECT max(n) FROM verdicts) - (SELECT min(n) FROM verdicts) + 1, 0)");
	if (rows <= 0)
		return 0;
	return (int64_t)((double)rows * (double)(octets - most_octets) / (double)octets) + 1;
}

static bool prune_sqlite(void *engine, int64_t before, uint64_t most_octets, bool *left, struct fault *fault)
{
	struct sqlite *self = engine;
	int64_t over = rows_over(self, most_octets);
	sqlite3_stmt *statement = NULL;
	bool good;

	(void)sqlite3_prepare_v2(self->database,
		over > 0 ? "DELETE FROM verdicts WHERE n IN (SELECT n FROM verdicts ORDER BY time LIMIT ?2)"
			 : "DELETE FROM verdicts WHERE n IN"
			   " (SELECT n FROM verdicts WHERE time < ?1 ORDER BY time LIMIT ?2)",
		-1, &statement, NULL);
	(void)sqlite3_bind_int64(statement, 1, before);
	(void)sqlite3_bind_int64(
		statement, 2, over > 0 && over < PRUNED_AT_ONCE ? over : (int64_t)PRUNED_AT_ONCE);
	good = sqlite3_step(statement) == SQLITE_DONE || refuse(self, "pruning", fault);
	(void)sqlite3_finalize(statement);
	/* what was too much is looked at once more: the rows may not have been of one size, others too old */
	*left = good && (over > 0 ? sqlite3_changes(self->database) > 0
				  : sqlite3_changes(self->database) == PRUNED_AT_ONCE);
	return good && run(self, "PRAGMA incremental_vacuum(1000)", fault);
}

static void fill(struct row *row, sqlite3_stmt *statement)
{
	for (size_t i = 0; i < column_count; i++) {
		void *field = (char *)row + columns[i].offset;

		if (columns[i].kind == COLUMN_TEXT) {
			const char *text = (const char *)sqlite3_column_text(statement, (int)i);

			*(const char **)field = text != NULL ? text : "";
		} else {
			*(int64_t *)field = sqlite3_column_int64(statement, (int)i);
		}
	}
}

static bool select_sqlite(void *engine, const struct selection *selection,
	bool (*take)(void *taker, const struct row *row), void *taker, struct fault *fault)
{
	struct sqlite *self = engine;
	struct arena *arena = arena_new();
	sqlite3_stmt *statement = NULL;
	int step = SQLITE_ERROR;

	if (sqlite3_prepare_v2(self->database, sql_select(selection, '?', arena), -1, &statement, NULL) ==
		SQLITE_OK) {
		(void)sqlite3_bind_int64(statement, 1, selection->from);
		(void)sqlite3_bind_int64(statement, 2, selection->until);
		(void)sqlite3_bind_text(statement, 3, selection->domain, -1, SQLITE_STATIC);
		(void)sqlite3_bind_text(statement, 4, selection->queue_id, -1, SQLITE_STATIC);
		while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
			struct row row;

			fill(&row, statement);
			if (!take(taker, &row)) {
				step = SQLITE_DONE;
				break;
			}
		}
	}
	if (step != SQLITE_DONE)
		(void)refuse(self, "reading", fault);
	(void)sqlite3_finalize(statement);
	arena_free(&arena);
	return step == SQLITE_DONE;
}

const struct engine sqlite_engine = {
	.scheme = "sqlite:",
	.open = open_sqlite,
	.close = close_sqlite,
	.put = put_sqlite,
	.prune = prune_sqlite,
	.select = select_sqlite,
};
