/* A public RSA key, ready to open signatures with: the operation of RFC 8017 section 5.2.2, and nothing
 * around it. OpenSSL's way to the same looks for the algorithm anew each time, which takes as long as the
 * operation. For verify/ alone. */
#ifndef VERIFY_RSA_OPENER_H
#define VERIFY_RSA_OPENER_H

#include "base/base64.h"

struct rsa_opener;

enum { RSA_OCTETS_MAX = 512 }; /* 4096 bits: longer keys are not used by any signature that counts */

/* SubjectPublicKeyInfo. NULL when OpenSSL takes it for no RSA key. */
struct rsa_opener *rsa_opener_new(struct octets public_key);

/* One more holder, from any thread; the last who gives it back frees it. */
struct rsa_opener *rsa_opener_share(struct rsa_opener *opener);
void rsa_opener_give_back(struct rsa_opener **opener);

/* Octets of each signature with this key. */
size_t rsa_opener_len(const struct rsa_opener *opener);

/* What is inside of the PKCS#1 padding (RFC 8017 section 9.2), and its length; 0 when there is no such
 * padding. */
size_t rsa_opener_open(
	const struct rsa_opener *opener, struct octets signature, uint8_t content[RSA_OCTETS_MAX]);

#endif
