#include "verify/key_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* Ours. A decoded key takes some 4 KB; two keys with one place drive each other out. Keys of 4096 bits
 * have 550 octets, longer ones are not used by any signature that counts. */
enum { PLACES = 512, OCTETS_MAX = 600 };

struct place {
	EVP_PKEY *key; /* NULL: free */
	uint8_t *octets;
	size_t len;
};

struct key_cache {
	pthread_mutex_t lock;
	struct place places[PLACES];
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
	EVP_PKEY_free(place->key);
	free(place->octets);
	*place = (struct place){.key = NULL};
}

void key_cache_free(struct key_cache **cache)
{
	if (cache == NULL || *cache == NULL)
		return;
	for (size_t i = 0; i < PLACES; i++)
		place_clear(&(*cache)->places[i]);
	(void)pthread_mutex_destroy(&(*cache)->lock);
	free(*cache);
	*cache = NULL;
}

/* FNV-1a. The octets are compared too: strangers choose them. */
static struct place *place_of(struct key_cache *cache, struct octets octets)
{
	uint64_t hash = 14695981039346656037U;

	for (size_t i = 0; i < octets.len; i++)
		hash = (hash ^ octets.at[i]) * 1099511628211U;
	return &cache->places[hash % PLACES];
}

static EVP_PKEY *known(struct key_cache *cache, struct octets octets)
{
	const struct place *place = place_of(cache, octets);
	EVP_PKEY *key = NULL;

	(void)pthread_mutex_lock(&cache->lock);
	if (place->key != NULL && place->len == octets.len &&
		memcmp(place->octets, octets.at, octets.len) == 0 && EVP_PKEY_up_ref(place->key) == 1)
		key = place->key;
	(void)pthread_mutex_unlock(&cache->lock);
	return key;
}

static void keep(struct key_cache *cache, struct octets octets, EVP_PKEY *key)
{
	struct place fresh = {.key = key, .octets = malloc(octets.len), .len = octets.len}, old;
	struct place *place = place_of(cache, octets);

	if (fresh.octets == NULL || EVP_PKEY_up_ref(key) != 1) {
		free(fresh.octets);
		return;
	}
	memcpy(fresh.octets, octets.at, octets.len);
	(void)pthread_mutex_lock(&cache->lock);
	old = *place;
	*place = fresh;
	(void)pthread_mutex_unlock(&cache->lock);
	place_clear(&old);
}

static EVP_PKEY *decoded(struct octets octets)
{
	const unsigned char *der = octets.at;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &der, (long)octets.len);

	if (key != NULL && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error(); /* a bad key is an answer here, not an error of ours */
	return key;
}

EVP_PKEY *key_cache_get(struct key_cache *cache, struct octets public_key)
{
	EVP_PKEY *key;

	if (public_key.len == 0 || public_key.len > OCTETS_MAX)
		return decoded(public_key);
	key = known(cache, public_key);
	if (key != NULL)
		return key;
	key = decoded(public_key);
	if (key != NULL)
		keep(cache, public_key, key);
	return key;
}
