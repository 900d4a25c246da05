#include "dns/cache.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/condition.h"
#include "base/turnstile.h"
#include "dns/answer_table.h"
#include "dns/backend.h"
#include "dns/name.h"
#include "dns/stored_answer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	SHARDS = 16,
	ENTRIES_WORTH_SHARDS = 1024, /* a smaller cache is one shard, so that its bound is exact */
	OCTETS_PER_ENTRY = 512,      /* on average; a DKIM key with everything around it takes about 700 */
	SHARD_OCTETS_MIN = 256 * 1024,
	SHARD_FLIGHTS_MAX = 1024, /* questions under way at once; over it they fail */
	TTL_MAX_S = 86400,
	TTL_MIN_MS = 1000,     /* TTL 0 is good for the message that asked: it warms first and asks later */
	TROUBLE_TTL_MS = 2000, /* calms a storm, and is short enough to be right soon after an outage */
	JOIN_LEAST_MS = 2000,  /* a question that is under way for long may be about to be answered */
};

struct flight {
	struct flight *next;
	struct shard *shard;
	struct question question;
	uint64_t hash;
	int64_t started_ms;
	unsigned holders; /* the source, and everybody who waits */
	pthread_cond_t landed;
	struct stored_answer *stored; /* NULL while under way */
	char texts[];
};

struct shard {
	pthread_mutex_t lock;
	struct cache *cache;
	struct answer_table table;
	struct flight *flights;
	size_t flight_count;
};

struct cache {
	struct cache_source source;
	int timeout_ms;
	uint64_t keys[2];
	size_t shard_count;
	struct shard shards[SHARDS];
};

static void *zeroed(size_t size)
{
	void *memory = calloc(1, size);

	if (memory == NULL)
		abort();
	return memory;
}

struct cache *cache_new(struct cache_source source, size_t max_entries, int timeout_ms)
{
	struct cache *cache = zeroed(sizeof *cache);
	size_t max_octets;

	cache->source = source;
	cache->timeout_ms = timeout_ms;
	cache->shard_count = max_entries < ENTRIES_WORTH_SHARDS ? 1 : SHARDS;
	max_octets = max_entries / cache->shard_count * OCTETS_PER_ENTRY;
	if (max_octets < SHARD_OCTETS_MIN)
		max_octets = SHARD_OCTETS_MIN;
	if (getrandom(cache->keys, sizeof cache->keys, 0) != (ssize_t)sizeof cache->keys)
		cache->keys[0] = (uint64_t)clock_monotonic_ms();
	for (size_t i = 0; i < cache->shard_count; i++) {
		struct shard *shard = &cache->shards[i];

		shard->cache = cache;
		answer_table_init(&shard->table, max_entries / cache->shard_count, max_octets);
		(void)pthread_mutex_init(&shard->lock, NULL);
	}
	return cache;
}

/* Under the lock, as all that takes a flight. */
static void release_flight(struct flight *flight)
{
	if (--flight->holders > 0)
		return;
	stored_answer_drop(&flight->stored);
	(void)pthread_cond_destroy(&flight->landed);
	free(flight);
}

void cache_free(struct cache **cache)
{
	if (*cache == NULL)
		return;
	for (size_t i = 0; i < (*cache)->shard_count; i++) {
		struct shard *shard = &(*cache)->shards[i];

		answer_table_empty(&shard->table);
		for (struct flight *at = shard->flights, *next; at != NULL; at = next) {
			next = at->next;
			release_flight(at);
		}
		(void)pthread_mutex_destroy(&shard->lock);
	}
	free(*cache);
	*cache = NULL;
}

static uint64_t hash_of(const struct cache *cache, const struct question *question)
{
	uint64_t keys[2] = {cache->keys[0], cache->keys[1]};

	if (question->mode == ASK_AUTHORITY)
		keys[1] ^= name_hash(cache->keys, question->server, strlen(question->server));
	keys[0] ^= (uint64_t)question->type << 8 | (uint64_t)question->mode;
	return name_hash(keys, question->name, strlen(question->name));
}

static struct flight *find_flight(struct shard *shard, uint64_t hash, const struct question *question)
{
	struct flight *at = shard->flights;

	while (at != NULL && (at->hash != hash || !question_equal(&at->question, question)))
		at = at->next;
	return at;
}

static int64_t lifetime_ms(const struct answer *answer)
{
	int64_t ttl_ms = (int64_t)(answer->ttl < TTL_MAX_S ? answer->ttl : TTL_MAX_S) * 1000;

	if (answer_is_trouble(answer))
		return TROUBLE_TTL_MS;
	return ttl_ms < TTL_MIN_MS ? TTL_MIN_MS : ttl_ms;
}

static struct flight *new_flight(struct shard *shard, uint64_t hash, const struct question *question)
{
	size_t name = strlen(question->name) + 1, server = strlen(question->server) + 1;
	struct flight *flight = zeroed(sizeof *flight + name + server);

	memcpy(flight->texts, question->name, name);
	memcpy(flight->texts + name, question->server, server);
	flight->question = *question;
	flight->question.name = flight->texts;
	flight->question.server = flight->texts + name;
	flight->shard = shard;
	flight->hash = hash;
	flight->started_ms = clock_monotonic_ms();
	flight->holders = 1;
	condition_init(&flight->landed);
	flight->next = shard->flights;
	shard->flights = flight;
	shard->flight_count++;
	return flight;
}

void flight_land(struct flight *flight, const struct answer *answer)
{
	struct shard *shard = flight->shard;
	struct answer landed = *answer;
	struct flight **at = &shard->flights;

	landed.asked = flight->question;
	if (landed.final_name[0] == '\0')
		landed.final_name = landed.asked.name;
	(void)pthread_mutex_lock(&shard->lock);
	flight->stored = stored_answer_new(&landed, clock_monotonic_ms(), lifetime_ms(&landed));
	while (*at != flight)
		at = &(*at)->next;
	*at = flight->next;
	shard->flight_count--;
	answer_table_add(&shard->table, flight->hash, flight->stored);
	(void)pthread_cond_broadcast(&flight->landed);
	release_flight(flight);
	(void)pthread_mutex_unlock(&shard->lock);
}

/* Under the lock, which is let go while the source starts. The flight with one holder more. */
static struct flight *join_flight(struct shard *shard, uint64_t hash, const struct question *question)
{
	struct flight *flight = find_flight(shard, hash, question);

	if (flight != NULL) {
		flight->holders++;
		return flight;
	}
	if (shard->flight_count >= SHARD_FLIGHTS_MAX)
		return NULL;
	flight = new_flight(shard, hash, question);
	flight->holders++;
	(void)pthread_mutex_unlock(&shard->lock);
	shard->cache->source.start(shard->cache->source.self, &flight->question, flight);
	(void)pthread_mutex_lock(&shard->lock);
	return flight;
}

static int patience_ms(const struct cache *cache, const struct flight *flight, int wait_ms)
{
	int64_t left = flight->started_ms + cache->timeout_ms - clock_monotonic_ms();

	if (left < JOIN_LEAST_MS)
		left = cache->timeout_ms < JOIN_LEAST_MS ? cache->timeout_ms : JOIN_LEAST_MS;
	return left < wait_ms ? (int)left : wait_ms;
}

/* Under the lock. The answer with one holder more, or NULL when the time is over. */
static struct stored_answer *wait_for_landing(struct flight *flight, int wait_ms)
{
	int64_t until_ms = clock_monotonic_ms() + wait_ms;

	while (flight->stored == NULL &&
		condition_wait_until(&flight->landed, &flight->shard->lock, until_ms))
		;
	return flight->stored == NULL ? NULL : stored_answer_hold(flight->stored);
}

static struct shard *shard_of(struct cache *cache, uint64_t hash)
{
	return &cache->shards[hash % cache->shard_count];
}

const struct answer *cache_ask(
	struct cache *cache, const struct question *question, int wait_ms, struct arena *arena, bool *at_once)
{
	uint64_t hash = hash_of(cache, question);
	struct shard *shard = shard_of(cache, hash);
	struct stored_answer *stored;
	struct flight *flight = NULL;
	struct answer *answer;

	(void)pthread_mutex_lock(&shard->lock);
	stored = answer_table_find(&shard->table, hash, question, clock_monotonic_ms());
	*at_once = stored != NULL;
	if (stored == NULL && wait_ms > 0)
		flight = join_flight(shard, hash, question);
	if (flight != NULL) {
		turnstile_step_out();
		wait_ms = patience_ms(cache, flight, wait_ms);
		stored = wait_for_landing(flight, wait_ms);
		release_flight(flight);
	}
	(void)pthread_mutex_unlock(&shard->lock);
	turnstile_step_in();
	if (stored == NULL && flight == NULL && wait_ms > 0)
		return answer_of_trouble(arena, question, TROUBLE_LOCAL, "too many questions are under way");
	if (stored == NULL)
		return answer_of_trouble(arena, question, TROUBLE_TIMEOUT,
			arena_printf(arena, "no answer within %d ms", wait_ms));
	answer = stored_answer_copy(stored, clock_monotonic_ms(), arena);
	stored_answer_drop(&stored);
	return answer;
}

void cache_warm(struct cache *cache, const struct question *question)
{
	uint64_t hash = hash_of(cache, question);
	struct shard *shard = shard_of(cache, hash);
	struct stored_answer *stored;
	struct flight *flight;

	(void)pthread_mutex_lock(&shard->lock);
	stored = answer_table_find(&shard->table, hash, question, clock_monotonic_ms());
	if (stored == NULL) {
		flight = join_flight(shard, hash, question);
		if (flight != NULL)
			release_flight(flight);
	}
	(void)pthread_mutex_unlock(&shard->lock);
	stored_answer_drop(&stored);
}

struct cache_size cache_size(struct cache *cache)
{
	struct cache_size size = {.entries = 0};

	for (size_t i = 0; i < cache->shard_count; i++) {
		struct shard *shard = &cache->shards[i];

		(void)pthread_mutex_lock(&shard->lock);
		size.entries += shard->table.entries;
		size.octets += shard->table.octets;
		size.under_way += shard->flight_count;
		(void)pthread_mutex_unlock(&shard->lock);
	}
	return size;
}
