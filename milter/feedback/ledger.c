#include "feedback/ledger.h"

#include "base/private_file.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUSY_MS = 10000, KEPT_S = 400 * 86400, FAILURES_KEPT_S = 2 * 86400 };

static const char schema[] = "CREATE TABLE IF NOT EXISTS sent (domain TEXT NOT NULL, begin INTEGER NOT NULL, "
			     "address TEXT NOT NULL,"
			     " time INTEGER NOT NULL, PRIMARY KEY (domain, begin, address)) WITHOUT ROWID;"
			     "CREATE TABLE IF NOT EXISTS refused (address TEXT NOT NULL COLLATE NOCASE "
			     "PRIMARY KEY, why TEXT NOT NULL,"
			     " time INTEGER NOT NULL) WITHOUT ROWID;"
			     "CREATE TABLE IF NOT EXISTS failures (domain TEXT NOT NULL, kind TEXT NOT NULL,"
			     " address TEXT NOT NULL, time INTEGER NOT NULL,"
			     " PRIMARY KEY (domain, kind, address)) WITHOUT ROWID;"
			     "CREATE TABLE IF NOT EXISTS failures_until (one INTEGER PRIMARY KEY,"
			     " time INTEGER NOT NULL) WITHOUT ROWID;";

struct ledger {
	sqlite3 *database;
};

struct ledger *ledger_open(const char *path, struct fault *fault)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);
	int fd = private_file_open(path, fault);

	if (ledger == NULL)
		abort();
	if (fd >= 0) {
		(void)close(fd);
		if (sqlite3_open_v2(path, &ledger->database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
			sqlite3_busy_timeout(ledger->database, BUSY_MS) == SQLITE_OK &&
			sqlite3_exec(ledger->database, schema, NULL, NULL, NULL) == SQLITE_OK)
			return ledger;
		fault_set(fault, "%s: %s", path,
			ledger->database != NULL ? sqlite3_errmsg(ledger->database) : "out of memory");
	}
	ledger_close(&ledger);
	return NULL;
}

void ledger_close(struct ledger **ledger)
{
	if (*ledger == NULL)
		return;
	(void)sqlite3_close((*ledger)->database);
	free(*ledger);
	*ledger = NULL;
}

/* What a statement gets: texts as ?1 ?2 ?5, numbers as ?3 ?4. */
struct values {
	const char *a, *b;
	int64_t c, d;
	const char *e;
};

/* Returns sqlite's step; *number, unless NULL: what it gave. */
static int ask(struct ledger *ledger, const char *sql, const struct values *values, int64_t *number)
{
	sqlite3_stmt *statement = NULL;
	int step = sqlite3_prepare_v2(ledger->database, sql, -1, &statement, NULL);

	if (step != SQLITE_OK)
		return step;
	(void)sqlite3_bind_text(statement, 1, values->a, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(statement, 2, values->b, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(statement, 3, values->c);
	(void)sqlite3_bind_int64(statement, 4, values->d);
	(void)sqlite3_bind_text(statement, 5, values->e, -1, SQLITE_STATIC);
	step = sqlite3_step(statement);
	if (step == SQLITE_ROW && number != NULL)
		*number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return step;
}

static int run(struct ledger *ledger, const char *sql, const char *a, const char *b, int64_t c, int64_t d)
{
	return ask(ledger, sql, &(struct values){.a = a, .b = b, .c = c, .d = d}, NULL);
}

bool ledger_was_sent(struct ledger *ledger, const char *domain, int64_t from, const char *address)
{
	return run(ledger, "SELECT 1 FROM sent WHERE domain = ?1 AND address = ?2 AND begin = ?3", domain,
		       address, from, 0) == SQLITE_ROW;
}

bool ledger_is_refused(struct ledger *ledger, const char *address)
{
	return run(ledger, "SELECT 1 FROM refused WHERE address = ?1", address, "", 0, 0) == SQLITE_ROW;
}

bool ledger_note_sent(
	struct ledger *ledger, const char *domain, int64_t from, const char *address, int64_t now)
{
	(void)run(ledger, "DELETE FROM sent WHERE time < ?3", "", "", now - KEPT_S, 0);
	return run(ledger,
		       "INSERT OR REPLACE INTO sent (domain, address, begin, time) VALUES (?1, ?2, ?3, ?4)",
		       domain, address, from, now) == SQLITE_DONE;
}

bool ledger_forget_sent(struct ledger *ledger, const char *domain, int64_t from, const char *address)
{
	return run(ledger, "DELETE FROM sent WHERE domain = ?1 AND address = ?2 AND begin = ?3", domain,
		       address, from, 0) == SQLITE_DONE;
}

bool ledger_refuse(struct ledger *ledger, const char *address, const char *why, int64_t now, bool again)
{
	if (again)
		return run(ledger, "DELETE FROM refused WHERE address = ?1", address, "", 0, 0) ==
		       SQLITE_DONE;
	return run(ledger, "INSERT OR REPLACE INTO refused (address, why, time) VALUES (?1, ?2, ?3)", address,
		       why, now, 0) == SQLITE_DONE;
}

bool ledger_has_failure(struct ledger *ledger, const char *domain, const char *kind, const char *address,
	int64_t since, int64_t until)
{
	const struct values values = {.a = domain, .b = address, .c = since, .d = until, .e = kind};

	return ask(ledger,
		       "SELECT 1 FROM failures WHERE domain = ?1 AND address = ?2 AND kind = ?5"
		       " AND time > ?3 AND time <= ?4",
		       &values, NULL) == SQLITE_ROW;
}

uint64_t ledger_failures(struct ledger *ledger, const char *domain, int64_t since, int64_t until)
{
	const struct values values = {.a = domain, .b = "", .c = since, .d = until, .e = ""};
	int64_t count = INT64_MAX; /* of a ledger that cannot be read: nothing more goes */

	(void)ask(ledger,
		"SELECT count(*) FROM failures WHERE (?1 = '' OR domain = ?1) AND time > ?3 AND time <= ?4",
		&values, &count);
	return (uint64_t)count;
}

enum ledger_note ledger_note_failure(struct ledger *ledger, const char *domain, const char *kind,
	const char *address, int64_t since, int64_t now)
{
	const struct values values = {.a = domain, .b = address, .c = now, .d = since, .e = kind};

	(void)run(ledger, "DELETE FROM failures WHERE time < ?3", "", "", now - FAILURES_KEPT_S, 0);
	/* what is of later is of a run that began later, or of a clock that was set back since */
	if (ask(ledger,
		    "INSERT INTO failures (domain, address, time, kind) VALUES (?1, ?2, ?3, ?5)"
		    " ON CONFLICT (domain, kind, address) DO UPDATE SET time = ?3"
		    " WHERE time <= ?4 OR time > ?3 + 3600",
		    &values, NULL) != SQLITE_DONE)
		return LEDGER_NOT_WRITTEN;
	return sqlite3_changes(ledger->database) > 0 ? LEDGER_NOTED : LEDGER_THERE;
}

int64_t ledger_failures_until(struct ledger *ledger)
{
	const struct values values = {.a = "", .b = "", .e = ""};
	int64_t until = 0;

	(void)ask(ledger, "SELECT time FROM failures_until", &values, &until);
	return until;
}

bool ledger_note_failures_until(struct ledger *ledger, int64_t until)
{
	return run(ledger, "INSERT OR REPLACE INTO failures_until (one, time) VALUES (1, ?3)", "", "", until,
		       0) == SQLITE_DONE;
}
