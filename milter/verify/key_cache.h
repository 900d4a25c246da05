/* RSA keys ready for use, kept between messages: reading one takes several times as long as the
 * verification itself. The cache is asked with the octets that DNS published for this message, so
 * that a key never outlives its record. One per process, bounded; locks inside. For verify/ alone. */
#ifndef VERIFY_KEY_CACHE_H
#define VERIFY_KEY_CACHE_H

#include "base/base64.h"

struct key_cache;
struct rsa_opener;

struct key_cache *key_cache_new(void);
void key_cache_free(struct key_cache **cache);

/* SubjectPublicKeyInfo of an RSA key. NULL when it is none; else the caller's to give back. */
struct rsa_opener *key_cache_get(struct key_cache *cache, struct octets public_key);

#endif
