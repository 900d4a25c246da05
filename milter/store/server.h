/* The connection to a PostgreSQL. Every operation ends in bounded time, also when the server has stopped to
 * answer: then the connection is of no use any more, and each further operation fails at once. One thread at
 * a time. All values are bound parameters or fields of a COPY; SQL text is ours. */
#ifndef STORE_SERVER_H
#define STORE_SERVER_H

#include "base/fault.h"
#include "store/patience.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;

/* where: a conninfo, or a URI without its scheme. A writer's statements end after less than a minute, a
 * reader's may take long. NULL with the reason in fault. */
struct server *server_open(
	const char *where, bool may_write, const struct patience *patience, struct fault *fault);
void server_close(struct server **server);

/* False: the texts of its database are no Unicode, and other than ASCII may be refused. */
bool server_takes_unicode(const struct server *server);

/* SQL without parameters; several statements, but only without rows. */
bool server_run(struct server *server, const char *sql, struct fault *fault);

/* The one number that a statement gives; -1 without one. */
int64_t server_number(struct server *server, const char *sql);

/* Runs work between BEGIN and COMMIT, one daemon after the other: for what makes tables. */
bool server_transaction(
	struct server *server, bool (*work)(struct server *server, struct fault *fault), struct fault *fault);

/* Waits until other daemons have ended what they do behind the same lock; until the transaction ends. */
bool server_lock(struct server *server, struct fault *fault);

/* Values are texts. The result is the caller's to PQclear; NULL with the reason in fault. */
PGresult *server_ask(
	struct server *server, const char *sql, const char *const *values, int count, struct fault *fault);

/* The same, and gives each row to take as it comes, as a result of one row, until that returns false. */
bool server_read(struct server *server, const char *sql, const char *const *values, int count,
	bool (*take)(void *self, const PGresult *row), void *self, struct fault *fault);

/* "COPY … FROM STDIN" with these octets. */
bool server_copy(struct server *server, const char *sql, const char *octets, size_t len, struct fault *fault);

/* Is the connection of any use? Asks nobody: what the last operation met. */
bool server_is_there(const struct server *server);

/* Has the last operation failed with this SQLSTATE? */
bool server_said(const struct server *server, const char *state);

#endif
