#include "verify/recovery.h"

#include "verify/key_cache.h"
#include "verify/rsa_opener.h"

#include <string.h>

enum { SHA256_LEN = 32 };

/* DigestInfo of SHA-256, up to the digest (RFC 8017 section 9.2). */
static const uint8_t digest_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

static void recover(struct signature_verdict *verdict, struct octets signature, const struct rsa_opener *key)
{
	uint8_t content[RSA_OCTETS_MAX];
	size_t len;

	if (rsa_opener_len(key) != signature.len || signature.len > sizeof content) {
		verdict->recovery = RECOVERY_OTHER_SIZE;
		return;
	}
	len = rsa_opener_open(key, signature, content);
	if (len == 0) {
		verdict->recovery = RECOVERY_WRONG_KEY;
		return;
	}
	if (len != sizeof digest_info + SHA256_LEN || memcmp(content, digest_info, sizeof digest_info) != 0) {
		verdict->recovery = RECOVERY_BAD_DIGEST;
		return;
	}
	memcpy(verdict->recovered_digest, content + sizeof digest_info, SHA256_LEN);
	verdict->recovery = memcmp(verdict->recovered_digest, verdict->header_digest, SHA256_LEN) == 0
				    ? RECOVERY_SAME_HEADER
				    : RECOVERY_OTHER_HEADER;
}

void recovery_run(struct signature_verdict *verdict, struct octets signature, struct octets public_key,
	struct key_cache *keys)
{
	struct rsa_opener *key = key_cache_get(keys, public_key);

	if (key != NULL)
		recover(verdict, signature, key);
	rsa_opener_give_back(&key);
}
