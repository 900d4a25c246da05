#include "store/shared_keys.h"

#include "base/arena.h"
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPQ
#include "store/server.h"

enum { KEY_P_MOST = 1024, KEY_NAME_MOST = 255 };

/* n counts what is told: whoever asks for what is above their mark misses nothing, since one machine after
 * the other writes (shared_keys_put). origin is of this database: marks of another one mean nothing here. */
const char shared_keys_tables[] =
	"CREATE TABLE verdicts_keys (domain TEXT NOT NULL, selector TEXT NOT NULL, p TEXT NOT NULL,"
	" last_seen BIGINT NOT NULL, n BIGSERIAL, PRIMARY KEY (domain, selector, p));"
	"CREATE INDEX verdicts_keys_n ON verdicts_keys (n);"
	"CREATE TABLE verdicts_keys_origin (origin TEXT NOT NULL);"
	"INSERT INTO verdicts_keys_origin VALUES (md5(random()::text || clock_timestamp()::text))";

bool shared_keys_origin(struct server *server, char origin[KEYS_ORIGIN_SIZE], struct fault *fault)
{
	PGresult *result =
		server_ask(server, "SELECT origin FROM verdicts_keys_origin LIMIT 1", NULL, 0, fault);
	bool good = result != NULL && PQntuples(result) == 1;

	if (good)
		(void)snprintf(origin, KEYS_ORIGIN_SIZE, "%s", PQgetvalue(result, 0, 0));
	else if (result != NULL)
		fault_set(fault, "postgresql: the table verdicts_keys_origin is empty");
	PQclear(result);
	return good;
}

/* Printable, and nothing that means something in an array of PostgreSQL: every key that is worth sharing. */
static bool is_plain(const char *text, size_t most)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~' || strchr("\"\\{},", text[i]) != NULL)
			return false;
	return len > 0 && len <= most;
}

static bool is_shareable(const struct remembered_key *key)
{
	return is_plain(key->domain, KEY_NAME_MOST) && is_plain(key->selector, KEY_NAME_MOST) &&
	       is_plain(key->p, KEY_P_MOST);
}

static void add_text(struct buf *array, const char *text)
{
	buf_text(array, array->len > 0 ? ",\"" : "{\"");
	buf_text(array, text);
	buf_char(array, '"');
}

/* Parameters: what was seen, as four arrays. Times are not later than the server's own. */
static bool put_parcel(struct server *server, const char *const *values, struct fault *fault)
{
	static const char put[] =
		"INSERT INTO verdicts_keys (domain, selector, p, last_seen) SELECT domain, selector, p,"
		" LEAST(max(seen), extract(epoch FROM now())::bigint)"
		" FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS told(domain, selector, p, "
		"seen)"
		" GROUP BY domain, selector, p ON CONFLICT (domain, selector, p)"
		" DO UPDATE SET last_seen = EXCLUDED.last_seen, n = nextval('verdicts_keys_n_seq')"
		" WHERE verdicts_keys.last_seen < EXCLUDED.last_seen - 43200";
	/* as in memory/: a domain has at most so many, the latest */
	static const char bound[] =
		"DELETE FROM verdicts_keys WHERE ctid IN (SELECT place FROM (SELECT ctid AS place,"
		" row_number() OVER (PARTITION BY domain ORDER BY last_seen DESC) AS number FROM "
		"verdicts_keys"
		" WHERE domain = ANY($1::text[])) AS ranked WHERE number > 16)";
	PGresult *result = server_ask(server, put, values, 4, fault);
	bool good = result != NULL;

	PQclear(result);
	result = good ? server_ask(server, bound, values, 1, fault) : NULL;
	good = result != NULL;
	PQclear(result);
	return good;
}

bool shared_keys_put(struct server *server, const struct remembered_keys *keys, struct fault *fault)
{
	struct arena *arena = arena_new();
	struct buf arrays[] = {buf_in(arena), buf_in(arena), buf_in(arena), buf_in(arena)};
	const char *values[4];
	struct fault other;
	bool good = true;

	for (size_t i = 0; i < keys->count; i++) {
		const struct remembered_key *key = &keys->items[i];

		if (!is_shareable(key))
			continue;
		add_text(&arrays[0], key->domain);
		add_text(&arrays[1], key->selector);
		add_text(&arrays[2], key->p);
		buf_printf(&arrays[3], "%s%lld", arrays[3].len > 0 ? "," : "{", (long long)key->last_seen);
	}
	if (arrays[0].len > 0) {
		for (size_t i = 0; i < 4; i++) {
			buf_char(&arrays[i], '}');
			values[i] = arrays[i].data;
		}
		good = server_run(server, "BEGIN; SELECT pg_advisory_xact_lock(7262514894)", fault) &&
		       put_parcel(server, values, fault) && server_run(server, "COMMIT", fault);
		if (!good)
			(void)server_run(server, "ROLLBACK", &other);
	}
	arena_free(&arena);
	return good;
}

/* A row of ours; what somebody else wrote there is not believed. */
static bool key_of(const PGresult *result, int row, struct remembered_key *key, struct arena *arena)
{
	*key = (struct remembered_key){.domain = PQgetvalue(result, row, 0),
		.selector = PQgetvalue(result, row, 1),
		.p = PQgetvalue(result, row, 2),
		.last_seen = strtoll(PQgetvalue(result, row, 3), NULL, 10)};
	if (!is_shareable(key))
		return false;
	key->domain = arena_copy(arena, key->domain, strlen(key->domain));
	key->selector = arena_copy(arena, key->selector, strlen(key->selector));
	key->p = arena_copy(arena, key->p, strlen(key->p));
	return true;
}

bool shared_keys_since(struct server *server, struct key_parcel *parcel, size_t max, struct arena *arena,
	struct fault *fault)
{
	static const char since[] = "SELECT domain, selector, p, last_seen, n FROM verdicts_keys WHERE n > "
				    "$1 ORDER BY n LIMIT $2";
	struct remembered_key *items = arena_array(arena, max, sizeof *items);
	const char *values[2] = {NULL, arena_printf(arena, "%zu", max)};
	PGresult *result;

	parcel->keys = (struct remembered_keys){items, 0};
	/* a database that was brought back from a backup counts from an earlier number */
	if (server_number(server, "SELECT last_value FROM verdicts_keys_n_seq") < parcel->mark)
		parcel->mark = 0;
	values[0] = arena_printf(arena, "%lld", (long long)parcel->mark);
	result = server_ask(server, since, values, 2, fault);
	if (result == NULL)
		return false;
	parcel->more = (size_t)PQntuples(result) == max;
	for (int row = 0; row < PQntuples(result) && parcel->keys.count < max; row++) {
		if (key_of(result, row, &items[parcel->keys.count], arena))
			parcel->keys.count++;
		parcel->mark = strtoll(PQgetvalue(result, row, 4), NULL, 10);
	}
	PQclear(result);
	return true;
}

bool shared_keys_prune(struct server *server, struct fault *fault)
{
	/* as old as in memory/, and not more than any machine could keep */
	return server_run(server,
		"DELETE FROM verdicts_keys WHERE last_seen < extract(epoch FROM now())::bigint - 400 * 86400"
		" OR n <= (SELECT n FROM verdicts_keys ORDER BY n DESC OFFSET 200000 LIMIT 1)",
		fault);
}
#endif
