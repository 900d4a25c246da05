/* The database behind the store, whichever it is: SQLite in a file, or PostgreSQL. One thread at a time.
 * All SQL has bound parameters. */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include "base/fault.h"
#include "facts/remembered_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct database;
struct patience;
struct row;

/* "sqlite:/PATH" or "postgresql:CONNINFO". Makes the tables, or brings those of an older version up to
 * date. NULL with the reason in fault. may_write false: for reading only, and nothing is made. */
struct database *database_open(const char *where, bool may_write, struct fault *fault);

/* The same for those who may have no time left while they wait (patience.h). */
struct database *database_open_patiently(
	const char *where, bool may_write, const struct patience *patience, struct fault *fault);
void database_close(struct database **database);

/* All of them or none; a row whose id is there already is left out, silently. On failure the connection
 * may be gone: close it and open it anew. */
bool database_put(struct database *database, const struct row *rows, size_t count, struct fault *fault);

/* Takes away what is older than that (seconds since 1970), and the oldest when there are more than so many
 * octets (0: any number); a bounded part of it in one call. *left: there is more to do. */
bool database_prune(
	struct database *database, int64_t before, uint64_t most_octets, bool *left, struct fault *fault);

/* What to read, in the order of time or of the domain whose DMARC record applied. */
struct selection {
	int64_t from, until;  /* seconds since 1970: from <= time < until */
	const char *domain;   /* from_domain or dmarc_domain is this one; "" for all */
	const char *queue_id; /* "" for all */
	bool by_dmarc_domain; /* only rows with one, ordered by it, and without their record */
	bool failures;        /* beside it: only rows with a failure report, and only here with its text */
};

/* Gives each row to take, until that returns false. The row lives until take returns. False when the database
 * failed. */
bool database_select(struct database *database, const struct selection *selection,
	bool (*take)(void *self, const struct row *row), void *self, struct fault *fault);

/* Keys that the machines tell each other through the database they share. */
struct key_parcel {
	struct remembered_keys keys;
	int64_t mark; /* in: the last that was read before, 0 for none; out: the last that was read now */
	bool more;
};

enum { KEYS_ORIGIN_SIZE = 64 };

/* Whose keys these are: marks of one origin mean nothing at another; "" where nothing is shared (SQLite). */
bool database_keys_origin(struct database *database, char origin[KEYS_ORIGIN_SIZE], struct fault *fault);

/* Those of some domains, as they were seen here; what is known is left out. */
bool database_keys_put(struct database *database, const struct remembered_keys *keys, struct fault *fault);

/* The next, at most max, behind the parcel's mark; in the arena. */
bool database_keys_since(struct database *database, struct key_parcel *parcel, size_t max,
	struct arena *arena, struct fault *fault);

#endif
