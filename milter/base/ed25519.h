/* One Ed25519 verification (RFC 8032). */
#ifndef BASE_ED25519_H
#define BASE_ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ED25519_KEY_LEN = 32, ED25519_SIGNATURE_LEN = 64 };

bool ed25519_verifies(const uint8_t key[ED25519_KEY_LEN], const uint8_t signature[ED25519_SIGNATURE_LEN],
	const uint8_t *octets, size_t len);

#endif
