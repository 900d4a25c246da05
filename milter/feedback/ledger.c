#include "feedback/ledger.h"

#include "base/private_file.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUSY_MS = 10000, KEPT_S = 400 * 86400 };

static const char schema[] = "CREATE TABLE IF NOT EXISTS sent (domain TEXT NOT NULL, begin INTEGER NOT NULL, "
			     "address TEXT NOT NULL,"
			     " time INTEGER NOT NULL, PRIMARY KEY (domain, begin, address)) WITHOUT ROWID;"
			     "CREATE TABLE IF NOT EXISTS refused (address TEXT NOT NULL COLLATE NOCASE "
			     "PRIMARY KEY, why TEXT NOT NULL,"
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

/* Up to two texts and two numbers, in the order of the statement's ?1 ?2 and ?3 ?4. Returns sqlite's step. */
static int run(struct ledger *ledger, const char *sql, const char *a, const char *b, int64_t c, int64_t d)
{
	sqlite3_stmt *statement = NULL;
	int step = sqlite3_prepare_v2(ledger->database, sql, -1, &statement, NULL);

	if (step != SQLITE_OK)
		return step;
	(void)sqlite3_bind_text(statement, 1, a, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(statement, 2, b, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(statement, 3, c);
	(void)sqlite3_bind_int64(statement, 4, d);
	step = sqlite3_step(statement);
	(void)sqlite3_finalize(statement);
	return step;
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
