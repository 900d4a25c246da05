/* What the body of a message came to for each of its DKIM signatures, when the body itself was not kept: with
 * it the signatures can be verified again, as they only sign this hash. */
#ifndef FACTS_BODY_DIGEST_H
#define FACTS_BODY_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct body_digest {
	int64_t canonical_length; /* octets of the canonicalised body; -1: this one is not known */
	size_t len;               /* 20 or 32 */
	uint8_t octets[32];
};

/* In the order of the DKIM-Signature fields, from the top. */
struct body_digests {
	const struct body_digest *items;
	size_t count;
};

#endif
