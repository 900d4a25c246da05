#include "base/arena.h"
#include "base/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPQ
#include "store/server.h"

enum {
	WRITE_MS = 30000, /* for one statement, longer than the server's own statement_timeout */
	READ_MS = 600000, /* until the next row: the server may have to sort a day first */
	SLICE_MS = 200,   /* between looks at the caller's patience */
	STATE_SIZE = 6,   /* of an SQLSTATE, with its NUL */
	COPY_PIECE = 1 << 20,
};

struct server {
	PGconn *connection;
	struct patience patience;
	int limit_ms;
	int64_t until_ms; /* of the operation that is under way */
	bool dead;        /* it did not answer in time: what it says later belongs to another question */
	char state[STATE_SIZE];
};

/* Errors of libpq end with a line end, and have several lines, the later ones behind a tab. */
static bool refuse(struct server *server, const char *doing, struct fault *fault)
{
	const char *why = PQerrorMessage(server->connection);
	char *end;

	if (server->dead)
		why = patience_is_over(&server->patience) ? "there is no time left to wait for it"
							  : "it does not answer";
	fault_set(fault, "postgresql, %s: %s", doing, why);
	for (end = fault->text; *end != '\0'; end++)
		if (*end == '\n' || *end == '\t')
			*end = ' ';
	while (end > fault->text && end[-1] == ' ')
		*--end = '\0';
	return false;
}

static void start(struct server *server)
{
	server->until_ms = clock_monotonic_ms() + server->limit_ms;
	server->state[0] = '\0';
}

/* False when the time is over. */
static bool wait_for(struct server *server, short events)
{
	struct pollfd socket = {.fd = PQsocket(server->connection), .events = events};
	int64_t left_ms;

	while (!server->dead) {
		left_ms = server->until_ms - clock_monotonic_ms();
		if (left_ms <= 0 || patience_is_over(&server->patience) || socket.fd < 0)
			break;
		if (poll(&socket, 1, left_ms < SLICE_MS ? (int)left_ms : SLICE_MS) > 0)
			return true;
	}
	server->dead = true;
	return false;
}

/* Everything that was said is on its way. */
static bool flush(struct server *server)
{
	int left;

	while ((left = PQflush(server->connection)) == 1)
		if (!wait_for(server, POLLIN | POLLOUT) || PQconsumeInput(server->connection) == 0)
			return false;
	return left == 0;
}

/* The next answer to the statement under way; NULL behind the last one, or when there will be none. */
static PGresult *next_result(struct server *server)
{
	while (!server->dead && PQisBusy(server->connection))
		if (!wait_for(server, POLLIN) || PQconsumeInput(server->connection) == 0)
			break;
	return server->dead ? NULL : PQgetResult(server->connection);
}

static bool is_good(struct server *server, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (state != NULL)
		(void)snprintf(server->state, sizeof server->state, "%s", state);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE ||
	       status == PGRES_COPY_IN;
}

/* The last of the answers; NULL with the reason in fault when one of them, or the line, is bad. */
static PGresult *last_result(struct server *server, const char *doing, struct fault *fault)
{
	PGresult *last = NULL, *next;
	bool good = true;

	while ((next = next_result(server)) != NULL) {
		PQclear(last);
		last = next;
		if (!is_good(server, last) && good)
			good = refuse(server, doing, fault);
		if (PQresultStatus(last) == PGRES_COPY_IN)
			break;
	}
	if (good && (last == NULL || server->dead))
		good = refuse(server, doing, fault);
	if (good)
		return last;
	PQclear(last);
	return NULL;
}

static bool run_for(struct server *server, const char *sql, const char *doing, struct fault *fault)
{
	PGresult *result = NULL;

	start(server);
	if (!server->dead && PQsendQuery(server->connection, sql) == 1 && flush(server))
		result = last_result(server, doing, fault);
	else
		(void)refuse(server, doing, fault);
	PQclear(result);
	return result != NULL;
}

bool server_run(struct server *server, const char *sql, struct fault *fault)
{
	return run_for(server, sql, "running a statement", fault);
}

PGresult *server_ask(
	struct server *server, const char *sql, const char *const *values, int count, struct fault *fault)
{
	start(server);
	if (!server->dead &&
		PQsendQueryParams(server->connection, sql, count, NULL, values, NULL, NULL, 0) == 1 &&
		flush(server))
		return last_result(server, "asking", fault);
	(void)refuse(server, "asking", fault);
	return NULL;
}

int64_t server_number(struct server *server, const char *sql)
{
	struct fault fault = {""};
	PGresult *result = server_ask(server, sql, NULL, 0, &fault);
	int64_t number = -1;

	if (result != NULL && PQntuples(result) == 1)
		number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return number;
}

bool server_lock(struct server *server, struct fault *fault)
{
	return server_run(server, "SELECT pg_advisory_xact_lock(7262514893)", fault);
}

bool server_transaction(
	struct server *server, bool (*work)(struct server *server, struct fault *fault), struct fault *fault)
{
	struct fault other;

	if (server_run(server, "BEGIN", fault) && server_lock(server, fault) && work(server, fault) &&
		server_run(server, "COMMIT", fault))
		return true;
	(void)server_run(server, "ROLLBACK", &other);
	return false;
}

bool server_read(struct server *server, const char *sql, const char *const *values, int count,
	bool (*take)(void *self, const PGresult *row), void *self, struct fault *fault)
{
	bool good, more = true;
	PGresult *result;

	start(server);
	good = (!server->dead &&
		       PQsendQueryParams(server->connection, sql, count, NULL, values, NULL, NULL, 0) == 1 &&
		       PQsetSingleRowMode(server->connection) == 1 && flush(server)) ||
	       refuse(server, "reading", fault);
	while (good && (result = next_result(server)) != NULL) {
		if (!is_good(server, result))
			good = refuse(server, "reading", fault);
		else if (more && PQresultStatus(result) == PGRES_SINGLE_TUPLE)
			more = take(self, result);
		PQclear(result);
		start(server);
	}
	return good && (!server->dead || refuse(server, "reading", fault));
}

/* The server may have stopped to listen: then it has said why. */
static bool send_copy(struct server *server, const char *octets, size_t len)
{
	while (len > 0) {
		size_t piece = len < COPY_PIECE ? len : COPY_PIECE;
		int sent = PQputCopyData(server->connection, octets, (int)piece);

		if (sent < 0 || (sent == 0 && !wait_for(server, POLLIN | POLLOUT)) ||
			PQconsumeInput(server->connection) == 0)
			return false;
		if (sent == 0)
			continue;
		octets += piece;
		len -= piece;
	}
	return true;
}

static bool end_copy(struct server *server)
{
	int ended;

	while ((ended = PQputCopyEnd(server->connection, NULL)) == 0)
		if (!wait_for(server, POLLIN | POLLOUT) || PQconsumeInput(server->connection) == 0)
			return false;
	return ended == 1 && flush(server);
}

bool server_copy(struct server *server, const char *sql, const char *octets, size_t len, struct fault *fault)
{
	PGresult *result;

	if (!run_for(server, sql, "copying rows", fault))
		return false;
	if (!send_copy(server, octets, len) || !end_copy(server))
		return refuse(server, "copying rows", fault);
	result = last_result(server, "copying rows", fault);
	PQclear(result);
	return result != NULL;
}

bool server_is_there(const struct server *server)
{
	return !server->dead && PQstatus(server->connection) == CONNECTION_OK;
}

bool server_said(const struct server *server, const char *state)
{
	return strcmp(server->state, state) == 0;
}

bool server_takes_unicode(const struct server *server)
{
	const char *encoding = PQparameterStatus(server->connection, "server_encoding");

	return encoding != NULL && (strcmp(encoding, "UTF8") == 0 || strcmp(encoding, "SQL_ASCII") == 0);
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
struct server *server_open(
	const char *where, bool may_write, const struct patience *patience, struct fault *fault)
{
	static const char *const names[] = {"connect_timeout", "tcp_user_timeout", "keepalives_idle",
		"application_name", "client_encoding", "options", "dbname", NULL};
	struct arena *arena = arena_new();
	const char *values[] = {"5", "10000", "30", "sekisho", "UTF8",
		may_write ? "-c statement_timeout=25000" : "", conninfo_of(where, arena), NULL};
	struct server *server = calloc(1, sizeof *server);

	if (server == NULL)
		abort();
	server->patience = *patience;
	server->limit_ms = may_write ? WRITE_MS : READ_MS;
	server->connection = PQconnectdbParams(names, values, 1);
	arena_free(&arena);
	if (PQstatus(server->connection) != CONNECTION_OK || PQsetnonblocking(server->connection, 1) != 0) {
		(void)refuse(server, "connecting", fault);
		server_close(&server);
		return NULL;
	}
	(void)PQsetNoticeReceiver(server->connection, ignore_notice, NULL);
	return server;
}

void server_close(struct server **server)
{
	if (*server == NULL)
		return;
	PQfinish((*server)->connection);
	free(*server);
	*server = NULL;
}
#endif
