/* RSA read backwards: b= raised with the published key gives the digest that the signer signed. So a
 * wrong key and an altered header, one and the same "bad signature" to the libraries, are told apart
 * with certainty. The digest inside b=, padding and all, is ours or it is not: as good as a verification. */
#ifndef VERIFY_RECOVERY_H
#define VERIFY_RECOVERY_H

#include "base/base64.h"
#include "facts/signature_verdict.h"

struct key_cache;

/* public_key: SubjectPublicKeyInfo of an RSA key. Sets verdict->recovery and, when the padding is
 * right, recovered_digest, by comparing with verdict->header_digest; only SHA-256. */
void recovery_run(struct signature_verdict *verdict, struct octets signature, struct octets public_key,
	struct key_cache *keys);

#endif
