#include "memory/key_store.h"

#include "base/arena.h"
#include "base/private_file.h"
#include "memory/key_memory.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Our limits: 64 MB of pages, some 100,000 keys; a key not seen for 400 days outlived every rotation. */
enum { BUSY_MS = 200, PATH_SIZE = 4096, KEPT_DAYS = 400, DAY = 86400, WRITES_BETWEEN_CLEANINGS = 1000 };
enum { OPENING_MS = 1000 }; /* all workers make a new file's tables at once */

static const char schema[] =
	"PRAGMA journal_mode=WAL;"
	"PRAGMA synchronous=NORMAL;"
	"PRAGMA temp_store=MEMORY;" /* a worker may write nowhere else */
	"PRAGMA max_page_count=16384;"
	"PRAGMA journal_size_limit=1048576;"
	"CREATE TABLE IF NOT EXISTS keys (domain TEXT NOT NULL, selector TEXT NOT NULL,"
	" p TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	" PRIMARY KEY (domain, selector, p)) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS by_age ON keys (last_seen);"
	"CREATE TABLE IF NOT EXISTS exchange (origin TEXT PRIMARY KEY, sent INTEGER NOT NULL,"
	" got INTEGER NOT NULL) WITHOUT ROWID;";

struct key_store {
	sqlite3 *database;
	dev_t device;
	ino_t inode;
	unsigned writes;
	bool damaged;
};

static bool is_damage(int code)
{
	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

static bool give_up(struct key_store *store, const char *doing, struct fault *fault)
{
	store->damaged = store->database != NULL && is_damage(sqlite3_errcode(store->database));
	fault_set(fault, "%s: %s", doing,
		store->database == NULL ? "out of memory" : sqlite3_errmsg(store->database));
	return false;
}

/* SQLite would make the file with the rights of the umask, and follow a link that somebody laid. */
static bool make_file(struct key_store *store, const char *path, struct fault *fault)
{
	struct stat status = {.st_ino = 0};
	int fd = private_file_open(path, fault);

	if (fd < 0)
		return false;
	(void)fstat(fd, &status);
	(void)close(fd);
	store->device = status.st_dev;
	store->inode = status.st_ino;
	return true;
}

bool key_store_is_in_place(const struct key_store *store, const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_dev == store->device && status.st_ino == store->inode;
}

void key_store_close(struct key_store **store)
{
	if (store == NULL || *store == NULL)
		return;
	(void)sqlite3_close_v2((*store)->database);
	free(*store);
	*store = NULL;
}

static struct key_store *open_once(const char *path, bool *damaged, struct fault *fault)
{
	struct key_store *store = calloc(1, sizeof *store);

	if (store == NULL)
		abort();
	*damaged = false;
	if (!make_file(store, path, fault)) {
		key_store_close(&store);
		return NULL;
	}
	if (sqlite3_open_v2(path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
			SQLITE_OK &&
		sqlite3_busy_timeout(store->database, OPENING_MS) == SQLITE_OK &&
		sqlite3_exec(store->database, schema, NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_busy_timeout(store->database, BUSY_MS) == SQLITE_OK)
		return store;
	(void)give_up(store, "opening", fault);
	*damaged = key_store_set_aside(&store, path);
	return NULL;
}

/* Each worker may come here: only one that still sees the damaged file in its place moves it. */
bool key_store_set_aside(struct key_store **store, const char *path)
{
	static const char *const companions[] = {"-wal", "-shm"};
	bool damaged = (*store)->damaged, ours = key_store_is_in_place(*store, path);
	char name[PATH_SIZE];

	key_store_close(store);
	if (!damaged || !ours)
		return damaged;
	if (snprintf(name, sizeof name, "%s.damaged", path) < (int)sizeof name)
		(void)rename(path, name);
	for (size_t i = 0; i < sizeof companions / sizeof companions[0]; i++)
		if (snprintf(name, sizeof name, "%s%s", path, companions[i]) < (int)sizeof name)
			(void)unlink(name);
	return true;
}

struct key_store *key_store_open(const char *path, struct fault *fault)
{
	bool damaged;
	struct key_store *store = open_once(path, &damaged, fault);

	return store == NULL && damaged ? open_once(path, &damaged, fault) : store;
}

static sqlite3_stmt *prepared(struct key_store *store, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	(void)sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL);
	return statement;
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	(void)sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

/* What nobody used for long; and when the file is full, the older part of it. */
static void clean(struct key_store *store, int64_t now, bool full)
{
	sqlite3_stmt *statement = prepared(store,
		full ? "DELETE FROM keys WHERE last_seen <= (SELECT last_seen FROM keys ORDER BY last_seen"
		       " LIMIT 1 OFFSET (SELECT count(*) / 8 FROM keys))"
		     : "DELETE FROM keys WHERE last_seen < ?1");

	(void)sqlite3_bind_int64(statement, 1, now - (int64_t)KEPT_DAYS * DAY);
	(void)sqlite3_step(statement);
	(void)sqlite3_finalize(statement);
}

/* One domain shall not push out the others: the oldest of more than KEYS_PER_DOMAIN goes. */
static void bound_domain(struct key_store *store, const char *domain)
{
	sqlite3_stmt *statement = prepared(store,
		"DELETE FROM keys WHERE domain = ?1 AND (selector, p) NOT IN"
		" (SELECT selector, p FROM keys WHERE domain = ?1 ORDER BY last_seen DESC LIMIT ?2)");

	bind_text(statement, 1, domain);
	(void)sqlite3_bind_int(statement, 2, KEYS_PER_DOMAIN);
	(void)sqlite3_step(statement);
	(void)sqlite3_finalize(statement);
}

static int insert(struct key_store *store, const struct remembered_key *key, int64_t now)
{
	sqlite3_stmt *statement = prepared(store,
		"INSERT INTO keys (domain, selector, p, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?4)"
		" ON CONFLICT DO UPDATE SET last_seen = max(last_seen, ?4)");
	int code;

	bind_text(statement, 1, key->domain);
	bind_text(statement, 2, key->selector);
	bind_text(statement, 3, key->p);
	(void)sqlite3_bind_int64(statement, 4, now);
	code = sqlite3_step(statement);
	(void)sqlite3_finalize(statement);
	return code;
}

bool key_store_write(
	struct key_store *store, const struct remembered_key *key, int64_t now, struct fault *fault)
{
	int code = insert(store, key, now);

	if (code == SQLITE_FULL) {
		clean(store, now, true);
		code = insert(store, key, now);
	}
	if (code == SQLITE_DONE) {
		bound_domain(store, key->domain);
		if (store->writes++ % WRITES_BETWEEN_CLEANINGS == 0)
			clean(store, now, false);
	}
	/* Another worker writes just now: the next message with this key will do. */
	return code == SQLITE_DONE || code == SQLITE_BUSY || give_up(store, "writing", fault);
}

static const char *column(sqlite3_stmt *statement, int index, struct arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(statement, index);

	return text == NULL ? "" : arena_text(arena, text);
}

bool key_store_read(struct key_store *store, const char *domain, struct arena *arena,
	struct remembered_keys *keys, struct fault *fault)
{
	struct remembered_key *items = arena_array(arena, KEYS_PER_DOMAIN, sizeof *items);
	sqlite3_stmt *statement = prepared(store,
		"SELECT selector, p, last_seen FROM keys WHERE domain = ?1 ORDER BY last_seen DESC LIMIT ?2");
	int code;

	*keys = (struct remembered_keys){items, 0};
	bind_text(statement, 1, domain);
	(void)sqlite3_bind_int(statement, 2, KEYS_PER_DOMAIN);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW && keys->count < KEYS_PER_DOMAIN)
		items[keys->count++] = (struct remembered_key){
			.domain = arena_text(arena, domain),
			.selector = column(statement, 0, arena),
			.p = column(statement, 1, arena),
			.last_seen = sqlite3_column_int64(statement, 2),
		};
	(void)sqlite3_finalize(statement);
	return code == SQLITE_DONE || code == SQLITE_ROW || code == SQLITE_BUSY ||
	       give_up(store, "reading", fault);
}

/* Done, or somebody else writes just now: then it is done the next time. */
static bool finish(struct key_store *store, sqlite3_stmt *statement, const char *doing, struct fault *fault)
{
	int code = sqlite3_step(statement);

	(void)sqlite3_finalize(statement);
	return code == SQLITE_DONE || code == SQLITE_BUSY || give_up(store, doing, fault);
}

bool key_store_marks(
	struct key_store *store, const char *origin, struct key_marks *marks, struct fault *fault)
{
	sqlite3_stmt *statement = prepared(store, "SELECT sent, got FROM exchange WHERE origin = ?1");
	int code;

	*marks = (struct key_marks){0, 0};
	bind_text(statement, 1, origin);
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*marks = (struct key_marks){
			sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1)};
	(void)sqlite3_finalize(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE || give_up(store, "reading", fault);
}

bool key_store_set_marks(
	struct key_store *store, const char *origin, const struct key_marks *marks, struct fault *fault)
{
	sqlite3_stmt *statement =
		prepared(store, "INSERT INTO exchange (origin, sent, got) VALUES (?1, ?2, ?3)"
				" ON CONFLICT DO UPDATE SET sent = ?2, got = ?3");

	bind_text(statement, 1, origin);
	(void)sqlite3_bind_int64(statement, 2, marks->sent);
	(void)sqlite3_bind_int64(statement, 3, marks->got);
	return finish(store, statement, "writing", fault);
}

bool key_store_since(struct key_store *store, int64_t since, size_t max, struct arena *arena,
	struct remembered_keys *keys, struct fault *fault)
{
	struct remembered_key *items = arena_array(arena, max, sizeof *items);
	sqlite3_stmt *statement = prepared(store, "SELECT selector, p, domain, last_seen FROM keys WHERE "
						  "last_seen >= ?1 ORDER BY last_seen LIMIT ?2");
	int code;

	*keys = (struct remembered_keys){items, 0};
	(void)sqlite3_bind_int64(statement, 1, since);
	(void)sqlite3_bind_int64(statement, 2, (int64_t)max);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW && keys->count < max)
		items[keys->count++] = (struct remembered_key){
			.selector = column(statement, 0, arena),
			.p = column(statement, 1, arena),
			.domain = column(statement, 2, arena),
			.last_seen = sqlite3_column_int64(statement, 3),
		};
	(void)sqlite3_finalize(statement);
	return code == SQLITE_DONE || code == SQLITE_ROW || give_up(store, "reading", fault);
}

bool key_store_merge(struct key_store *store, const struct remembered_keys *keys, struct fault *fault)
{
	int begun = sqlite3_exec(store->database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	bool good = begun == SQLITE_OK;

	if (begun == SQLITE_BUSY)
		return false;
	for (size_t i = 0; good && i < keys->count; i++)
		good = key_store_write(store, &keys->items[i], keys->items[i].last_seen, fault);
	if (good && sqlite3_exec(store->database, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		return true;
	(void)give_up(store, "merging", fault);
	(void)sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
	return false;
}
