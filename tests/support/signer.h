/* Signs messages for the tests with the tag text that a test wants, however odd. Independent of
 * libopendkim: our own canonicaliser and OpenSSL. */
#ifndef TESTS_SIGNER_H
#define TESTS_SIGNER_H

#include "base/arena.h"
#include "base/buf.h"
#include "message/header_list.h"

/* p= of the key's public half: SubjectPublicKeyInfo for RSA, 32 bare octets for ed25519. */
char *signer_public(struct arena *arena, const char *key_pem);

/* The value of a DKIM-Signature field for that header and body (CRLF line ends). tags must hold a=,
 * h= and what else the test wants, but neither bh= nor b=; these are appended. */
char *signer_sign(struct arena *arena, const struct header_list *header, const char *body, const char *tags,
	const char *key_pem);

/* The same for a field of another name: ARC-Message-Signature. */
char *signer_sign_as(struct arena *arena, const struct header_list *header, const char *name,
	const char *body, const char *tags, const char *key_pem);

/* b= over these octets. */
char *signer_octets(struct arena *arena, const struct buf *input, const char *algorithm, const char *key_pem);

/* b= alone, over any field value that ends in "b=". */
char *signer_b(struct arena *arena, const struct header_list *header, const char *value, const char *key_pem);

#endif
