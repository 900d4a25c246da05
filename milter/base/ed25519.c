#include "base/ed25519.h"

#include <openssl/evp.h>

bool ed25519_verifies(const uint8_t key[ED25519_KEY_LEN], const uint8_t signature[ED25519_SIGNATURE_LEN],
	const uint8_t *octets, size_t len)
{
	EVP_PKEY *public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, ED25519_KEY_LEN);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool verified = public_key != NULL && context != NULL &&
			EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key) == 1 &&
			EVP_DigestVerify(context, signature, ED25519_SIGNATURE_LEN, octets, len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public_key);
	return verified;
}
