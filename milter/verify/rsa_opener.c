#include "verify/rsa_opener.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

enum {
	/* As OpenSSL: an exponent of this length opens everything, a longer one only short keys. */
	EXPONENT_BITS_MAX = 64,
	SHORT_KEY_BITS = 3072,
	PADDING_MIN = 8, /* RFC 8017 section 9.2 step 3 */
};

struct rsa_opener {
	atomic_uint holders;
	size_t len;
	BIGNUM *modulus, *exponent;
	BN_MONT_CTX *prepared; /* NULL: opens nothing */
};

/* What OpenSSL refuses when it is asked to open something, not before. */
static bool is_usable(const struct rsa_opener *opener)
{
	return BN_is_odd(opener->modulus) && BN_ucmp(opener->modulus, opener->exponent) > 0 &&
	       (BN_num_bits(opener->modulus) <= SHORT_KEY_BITS ||
		       BN_num_bits(opener->exponent) <= EXPONENT_BITS_MAX);
}

static void prepare(struct rsa_opener *opener)
{
	BN_CTX *context = BN_CTX_new();

	opener->prepared = BN_MONT_CTX_new();
	if (context == NULL || opener->prepared == NULL || !is_usable(opener) ||
		BN_MONT_CTX_set(opener->prepared, opener->modulus, context) != 1) {
		BN_MONT_CTX_free(opener->prepared);
		opener->prepared = NULL;
	}
	BN_CTX_free(context);
}

static struct rsa_opener *opener_of(const EVP_PKEY *key)
{
	struct rsa_opener *opener = calloc(1, sizeof *opener);

	if (opener == NULL)
		abort();
	atomic_init(&opener->holders, 1);
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &opener->modulus) != 1 ||
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &opener->exponent) != 1) {
		rsa_opener_give_back(&opener);
		return NULL;
	}
	opener->len = (size_t)BN_num_bytes(opener->modulus);
	prepare(opener);
	return opener;
}

struct rsa_opener *rsa_opener_new(struct octets public_key)
{
	const unsigned char *der = public_key.at;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &der, (long)public_key.len);
	struct rsa_opener *opener = key != NULL ? opener_of(key) : NULL;

	EVP_PKEY_free(key);
	ERR_clear_error(); /* a bad key is an answer here, not an error of ours */
	return opener;
}

struct rsa_opener *rsa_opener_share(struct rsa_opener *opener)
{
	(void)atomic_fetch_add(&opener->holders, 1);
	return opener;
}

void rsa_opener_give_back(struct rsa_opener **opener)
{
	if (*opener != NULL && atomic_fetch_sub(&(*opener)->holders, 1) == 1) {
		BN_free((*opener)->modulus);
		BN_free((*opener)->exponent);
		BN_MONT_CTX_free((*opener)->prepared);
		free(*opener);
	}
	*opener = NULL;
}

size_t rsa_opener_len(const struct rsa_opener *opener)
{
	return opener->len;
}

/* signature to the power of the exponent. */
static bool raise(const struct rsa_opener *opener, struct octets signature, uint8_t *block)
{
	BN_CTX *context = BN_CTX_new();
	BIGNUM *number = BN_bin2bn(signature.at, (int)signature.len, NULL);
	bool good = context != NULL && number != NULL && BN_ucmp(number, opener->modulus) < 0 &&
		    BN_mod_exp_mont(number, number, opener->exponent, opener->modulus, context,
			    opener->prepared) == 1 &&
		    BN_bn2binpad(number, block, (int)opener->len) == (int)opener->len;

	BN_free(number);
	BN_CTX_free(context);
	return good;
}

/* 00 01 FF… 00: where the content begins, 0 when the block is another one. */
static size_t padding_length(const uint8_t *block, size_t len)
{
	size_t at = 2;

	if (len < 2 || block[0] != 0 || block[1] != 1)
		return 0;
	while (at < len && block[at] == 0xff)
		at++;
	return at < len && at >= 2 + PADDING_MIN && block[at] == 0 ? at + 1 : 0;
}

size_t rsa_opener_open(
	const struct rsa_opener *opener, struct octets signature, uint8_t content[RSA_OCTETS_MAX])
{
	uint8_t block[RSA_OCTETS_MAX];
	size_t padding;

	if (opener->prepared == NULL || opener->len > sizeof block || signature.len != opener->len ||
		!raise(opener, signature, block))
		return 0;
	padding = padding_length(block, opener->len);
	if (padding == 0)
		return 0;
	memcpy(content, block + padding, opener->len - padding);
	return opener->len - padding;
}
