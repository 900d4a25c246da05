/* The hashes of the body that the signatures of one message ask for, made while it streams through: each
 * canonical form, up to each length, once, however many signatures want it. For verify/ alone. */
#ifndef VERIFY_BODY_HASHES_H
#define VERIFY_BODY_HASHES_H

#include "base/digest.h"
#include "message/body_canon.h"

struct arena;

struct body_hash {
	struct body_hash *next;
	enum canon canon;
	int64_t limit; /* l=; -1: all */
	struct body_canon stream;
	struct digest_stream *running;
	struct digest digest; /* these two when the body is complete */
	uint64_t octets;      /* canonical length of all of it */
};

/* Empty when zeroed. */
struct body_hashes {
	struct body_hash *first;
	size_t count;
};

/* NULL when nobody wanted it. */
const struct body_hash *body_hashes_find(const struct body_hashes *hashes, enum canon canon, int64_t limit);

/* Before the first octet; SHA-256. */
void body_hashes_want(struct body_hashes *hashes, enum canon canon, int64_t limit, struct arena *arena);

void body_hashes_add(struct body_hashes *hashes, const char *octets, size_t len);
void body_hashes_end(struct body_hashes *hashes);

/* Frees what is not in the arena; in every path. */
void body_hashes_free(struct body_hashes *hashes);

#endif
