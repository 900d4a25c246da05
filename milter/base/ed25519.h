/* One Ed25519 verification (RFC 8032). */
#ifndef BASE_ED25519_H
#define BASE_ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ED25519_KEY_LEN = 32, ED25519_SIGNATURE_LEN = 64 };

bool ed25519_verifies(const uint8_t key[ED25519_KEY_LEN], const uint8_t signature[ED25519_SIGNATURE_LEN],
	const uint8_t *octets, size_t len);

/* One of the points of small order: with such a key one and the same signature verifies for any octets. The
 * library takes them, RFC 8032 leaves them to us. */
bool ed25519_key_is_weak(const uint8_t key[ED25519_KEY_LEN]);

#endif
