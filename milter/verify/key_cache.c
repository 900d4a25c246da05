#include "verify/key_cache.h"

#include "verify/rsa_opener.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Ours. A key takes some 2 KB. One place for each hash is too few: of 320 keys in 512 places 80 drive
 * each other out. Keys of 4096 bits have 550 octets, longer ones are not used by any signature that counts.
 */
enum { SETS = 256, WAYS = 4, OCTETS_MAX = 600, HASHED = 64 };

struct place {
	struct rsa_opener *key; /* NULL: free */
	uint8_t *octets;
	size_t len;
};

/* The key used last is the first of its set. */
struct key_cache {
	pthread_mutex_t lock;
	struct place sets[SETS][WAYS];
};

struct key_cache *key_cache_new(void)
{
	struct key_cache *cache = calloc(1, sizeof *cache);

	if (cache == NULL)
		abort();
	(void)pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

static void place_clear(struct place *place)
{
	rsa_opener_give_back(&place->key);
	free(place->octets);
	*place = (struct place){.key = NULL};
}

void key_cache_free(struct key_cache **cache)
{
	if (cache == NULL || *cache == NULL)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++)
			place_clear(&(*cache)->sets[i][j]);
	(void)pthread_mutex_destroy(&(*cache)->lock);
	free(*cache);
	*cache = NULL;
}

/* FNV-1a of the last octets, where keys differ as much as anywhere. All are compared too: strangers choose
 * them. */
static struct place *set_of(struct key_cache *cache, struct octets octets)
{
	uint64_t hash = 14695981039346656037U;

	for (size_t i = octets.len > HASHED ? octets.len - HASHED : 0; i < octets.len; i++)
		hash = (hash ^ octets.at[i]) * 1099511628211U;
	return cache->sets[(hash ^ hash >> 32) % SETS];
}

static bool is_of(const struct place *place, struct octets octets)
{
	return place->key != NULL && place->len == octets.len &&
	       memcmp(place->octets, octets.at, octets.len) == 0;
}

/* Places in front of it go one back. */
static void move_to_front(struct place *set, size_t number)
{
	struct place used = set[number];

	memmove(set + 1, set, number * sizeof *set);
	set[0] = used;
}

static struct rsa_opener *known(struct key_cache *cache, struct octets octets)
{
	struct place *set = set_of(cache, octets);
	struct rsa_opener *key = NULL;
	size_t i = 0;

	(void)pthread_mutex_lock(&cache->lock);
	while (i < WAYS && !is_of(&set[i], octets))
		i++;
	if (i < WAYS) {
		key = rsa_opener_share(set[i].key);
		move_to_front(set, i);
	}
	(void)pthread_mutex_unlock(&cache->lock);
	return key;
}

static void keep(struct key_cache *cache, struct octets octets, struct rsa_opener *key)
{
	struct place fresh = {.octets = malloc(octets.len), .len = octets.len}, old;
	struct place *set = set_of(cache, octets);

	if (fresh.octets == NULL)
		return;
	fresh.key = rsa_opener_share(key);
	memcpy(fresh.octets, octets.at, octets.len);
	(void)pthread_mutex_lock(&cache->lock);
	old = set[WAYS - 1];
	set[WAYS - 1] = fresh;
	move_to_front(set, WAYS - 1);
	(void)pthread_mutex_unlock(&cache->lock);
	place_clear(&old);
}

struct rsa_opener *key_cache_get(struct key_cache *cache, struct octets public_key)
{
	struct rsa_opener *key;

	if (public_key.len == 0 || public_key.len > OCTETS_MAX)
		return rsa_opener_new(public_key);
	key = known(cache, public_key);
	if (key != NULL)
		return key;
	key = rsa_opener_new(public_key);
	if (key != NULL)
		keep(cache, public_key, key);
	return key;
}
