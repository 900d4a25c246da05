/* Answers kept for their time to live, in shards with a lock each, bounded in entries and octets, the
 * longest unused thrown out first. Equal questions under way are asked once ("flight"): everybody
 * else waits for the same answer, each with a deadline of its own. An answer that comes too late
 * for everybody still lands in the cache. */
#ifndef DNS_CACHE_H
#define DNS_CACHE_H

#include "facts/answer.h"

struct arena;
struct cache;
struct flight;

struct cache_source {
	/* Starts a question without waiting for its answer. flight_land must follow exactly once,
	 * from any thread, also from inside of this call. The question lives as long as the flight. */
	void (*start)(void *self, const struct question *question, struct flight *flight);
	void *self;
};

/* timeout_ms: longest wait for one answer. */
struct cache *cache_new(struct cache_source source, size_t max_entries, int timeout_ms);

/* Nobody may be asking any more, and the source must not land what is still under way. */
void cache_free(struct cache **cache);

/* As in dns/backend.h. */
const struct answer *cache_ask(struct cache *cache, const struct question *question, int wait_ms,
	struct arena *arena, bool *at_once);
void cache_warm(struct cache *cache, const struct question *question);

/* The answer is borrowed; what was asked is taken from the flight, and the final name when it is "". */
void flight_land(struct flight *flight, const struct answer *answer);

struct cache_size {
	size_t entries, octets, under_way;
};
struct cache_size cache_size(struct cache *cache);

#endif
