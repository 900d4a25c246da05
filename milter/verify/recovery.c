#include "verify/recovery.h"

#include "verify/key_cache.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

enum { RSA_OCTETS_MAX = 512, SHA256_LEN = 32 };

/* DigestInfo of SHA-256, up to the digest (RFC 8017 section 9.2). */
static const uint8_t digest_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

/* Takes off the PKCS#1 padding; 0 when it is not there. content has room for RSA_OCTETS_MAX. */
static size_t open_padding(EVP_PKEY *key, struct octets signature, uint8_t *content)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	size_t len = RSA_OCTETS_MAX;
	bool good = context != NULL && EVP_PKEY_verify_recover_init(context) > 0 &&
		    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
		    EVP_PKEY_verify_recover(context, content, &len, signature.at, signature.len) > 0;

	EVP_PKEY_CTX_free(context);
	return good ? len : 0;
}

static void recover(struct signature_verdict *verdict, struct octets signature, EVP_PKEY *key)
{
	uint8_t content[RSA_OCTETS_MAX];
	size_t len;

	if ((size_t)EVP_PKEY_get_size(key) != signature.len || signature.len > sizeof content) {
		verdict->recovery = RECOVERY_OTHER_SIZE;
		return;
	}
	len = open_padding(key, signature, content);
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
	EVP_PKEY *key = key_cache_get(keys, public_key);

	if (key != NULL)
		recover(verdict, signature, key);
	EVP_PKEY_free(key);
	ERR_clear_error(); /* a failure is an answer here, not an error of ours */
}
