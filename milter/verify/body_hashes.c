#include "verify/body_hashes.h"

#include "base/arena.h"

const struct body_hash *body_hashes_find(const struct body_hashes *hashes, enum canon canon, int64_t limit)
{
	for (const struct body_hash *hash = hashes->first; hash != NULL; hash = hash->next)
		if (hash->canon == canon && hash->limit == limit)
			return hash;
	return NULL;
}

static void digest(void *receiver, const char *octets, size_t len)
{
	digest_stream_add(receiver, octets, len);
}

void body_hashes_want(struct body_hashes *hashes, enum canon canon, int64_t limit, struct arena *arena)
{
	struct body_hash *hash;

	if (body_hashes_find(hashes, canon, limit) != NULL)
		return;
	hash = arena_alloc(arena, sizeof *hash);
	hash->canon = canon;
	hash->limit = limit;
	hash->running = digest_stream_new(DIGEST_SHA256);
	hash->stream = body_canon_new(canon);
	hash->stream.limit = limit;
	hash->stream.sink = digest;
	hash->stream.receiver = hash->running;
	hash->next = hashes->first;
	hashes->first = hash;
	hashes->count++;
}

void body_hashes_add(struct body_hashes *hashes, const char *octets, size_t len)
{
	for (struct body_hash *hash = hashes->first; hash != NULL; hash = hash->next)
		body_canon_add(&hash->stream, octets, len);
}

void body_hashes_end(struct body_hashes *hashes)
{
	for (struct body_hash *hash = hashes->first; hash != NULL; hash = hash->next) {
		hash->octets = body_canon_end(&hash->stream);
		hash->digest = digest_stream_end(hash->running);
	}
}

void body_hashes_free(struct body_hashes *hashes)
{
	for (struct body_hash *hash = hashes->first; hash != NULL; hash = hash->next)
		digest_stream_free(&hash->running);
	hashes->first = NULL;
	hashes->count = 0;
}
