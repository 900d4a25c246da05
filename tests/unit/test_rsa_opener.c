/* verify/rsa_opener opens what OpenSSL's verify_recover opens, and nothing else. */
#include "verify/rsa_opener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cmocka.h>

enum { DER_MAX = 2000, DAMAGES = 200 };

struct der {
	uint8_t octets[DER_MAX];
	size_t len;
};

static struct der der_of(const EVP_PKEY *key)
{
	struct der der = {.len = 0};
	unsigned char *at = der.octets;
	int len = i2d_PUBKEY(key, NULL);

	assert_in_range(len, 1, DER_MAX);
	der.len = (size_t)i2d_PUBKEY(key, &at);
	return der;
}

static size_t open_by_openssl(const struct der *der, struct octets signature, uint8_t *content)
{
	const unsigned char *at = der->octets;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)der->len);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	size_t len = RSA_OCTETS_MAX;
	bool good = EVP_PKEY_verify_recover_init(context) > 0 &&
		    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
		    EVP_PKEY_verify_recover(context, content, &len, signature.at, signature.len) > 0;

	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good ? len : 0;
}

/* Both say the same. Returns the length. */
static size_t open_both(const struct der *der, const uint8_t *signature, size_t len)
{
	uint8_t ours[RSA_OCTETS_MAX], theirs[RSA_OCTETS_MAX];
	struct rsa_opener *opener = rsa_opener_new((struct octets){der->octets, der->len});
	struct octets octets = {signature, len};
	size_t opened;

	assert_non_null(opener);
	opened = rsa_opener_open(opener, octets, ours);
	assert_int_equal(opened, open_by_openssl(der, octets, theirs));
	assert_memory_equal(ours, theirs, opened);
	rsa_opener_give_back(&opener);
	assert_null(opener);
	return opened;
}

/* A block signed as it is. */
static void sign_block(EVP_PKEY *key, const uint8_t *block, size_t len, uint8_t *signature)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	size_t signed_len = RSA_OCTETS_MAX;

	assert_true(
		EVP_PKEY_sign_init(context) > 0 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) > 0);
	assert_true(EVP_PKEY_sign(context, signature, &signed_len, block, len) > 0);
	assert_int_equal(signed_len, len);
	EVP_PKEY_CTX_free(context);
}

/* RFC 8017 section 9.2: 00 01, eight FF or more, 00, the content. */
static void paddings(void **state)
{
	static const struct {
		uint8_t first, second, filling, last;
		size_t filled;
		bool opens;
	} rows[] = {
		{0, 1, 0xff, 0, 50, true},
		{0, 1, 0xff, 0, 8, true},
		{0, 1, 0xff, 0, 125, false}, /* no content */
		{0, 1, 0xff, 0, 124, true},
		{0, 1, 0xff, 0xff, 126, false}, /* no end */
		{0, 1, 0xff, 0, 7, false},
		{0, 1, 0xff, 0, 0, false},
		{0, 1, 0xff, 1, 50, false},
		{0, 1, 0xfe, 0, 50, false},
		{0, 2, 0xff, 0, 50, false},
		{0, 0, 0xff, 0, 50, false},
		{1, 1, 0xff, 0, 50, false},
	};
	EVP_PKEY *key = EVP_RSA_gen(1024);
	struct der der = der_of(key);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t block[128], signature[RSA_OCTETS_MAX];

		memset(block, 0x42, sizeof block);
		block[0] = rows[i].first;
		block[1] = rows[i].second;
		memset(block + 2, rows[i].filling, rows[i].filled);
		if (2 + rows[i].filled < sizeof block)
			block[2 + rows[i].filled] = rows[i].last;
		sign_block(key, block, sizeof block, signature);
		assert_int_equal(open_both(&der, signature, sizeof block) > 0, rows[i].opens);
		assert_int_equal(open_both(&der, signature, sizeof block - 1), 0);
	}
	EVP_PKEY_free(key);
}

static void damaged_signatures(void **state)
{
	static const uint8_t block[256] = {0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 7};
	EVP_PKEY *key = EVP_RSA_gen(2048);
	struct der der = der_of(key);
	uint8_t signature[RSA_OCTETS_MAX];

	(void)state;
	sign_block(key, block, sizeof block, signature);
	assert_int_equal(open_both(&der, signature, sizeof block), sizeof block - 11);
	for (size_t i = 0; i < DAMAGES; i++) {
		signature[i] ^= (uint8_t)(1 + i);
		assert_int_equal(open_both(&der, signature, sizeof block), 0);
	}
	memset(signature, 0xff, sizeof signature); /* more than the modulus */
	assert_int_equal(open_both(&der, signature, sizeof block), 0);
	memset(signature, 0, sizeof signature);
	assert_int_equal(open_both(&der, signature, sizeof block), 0);
	EVP_PKEY_free(key);
}

static struct der der_from(const BIGNUM *modulus, const BIGNUM *exponent)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
	OSSL_PARAM *parameters;
	EVP_PKEY *key = NULL;
	struct der der;

	assert_true(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
		    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1);
	parameters = OSSL_PARAM_BLD_to_param(builder);
	assert_true(EVP_PKEY_fromdata_init(context) > 0 &&
		    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) > 0);
	der = der_of(key);
	EVP_PKEY_free(key);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	return der;
}

/* Keys that nobody should publish: a signature that is a well-padded block by itself, with the exponent 1,
 * tells whether they are used at all. */
static void odd_keys(void **state)
{
	static const struct {
		int bits;
		bool even;
		const char *exponent; /* hexadecimal */
	} rows[] = {
		{1024, false, "1"},
		{1024, false, "2"},
		{1024, false, "0"},
		{1024, true, "1"},
		{512, false, "10001"},
		{1023, false, "10001"},
		{3072, false, "1000000000000000000000001"},
		{3080, false, "1000000000000000000000001"},
		{3080, false, "FFFFFFFFFFFFFFFF"},
		{4096, false, "10001"},
		{88, false, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
		{88, false, "1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t signature[RSA_OCTETS_MAX] = {0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
		BIGNUM *modulus = BN_new(), *exponent = NULL;
		size_t len = ((size_t)rows[i].bits + 7) / 8;
		struct der der;

		signature[len - 1] = 7;
		assert_true(BN_rand(modulus, rows[i].bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) == 1);
		if (rows[i].even)
			(void)BN_add_word(modulus, 1);
		(void)BN_hex2bn(&exponent, rows[i].exponent);
		der = der_from(modulus, exponent);
		(void)open_both(&der, signature, len);
		BN_free(modulus);
		BN_free(exponent);
	}
}

static void no_rsa(void **state)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	struct der der = der_of(key);

	(void)state;
	assert_null(rsa_opener_new((struct octets){der.octets, der.len}));
	assert_null(rsa_opener_new((struct octets){der.octets, der.len / 2}));
	assert_null(rsa_opener_new((struct octets){der.octets, 0}));
	assert_int_equal(ERR_peek_error(), 0);
	EVP_PKEY_free(key);
}

static void shared(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(1024);
	struct der der = der_of(key);
	struct rsa_opener *one = rsa_opener_new((struct octets){der.octets, der.len});
	struct rsa_opener *other = rsa_opener_share(one);

	(void)state;
	rsa_opener_give_back(&one);
	assert_int_equal(rsa_opener_len(other), 128);
	rsa_opener_give_back(&other);
	rsa_opener_give_back(&other);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paddings),
		cmocka_unit_test(damaged_signatures),
		cmocka_unit_test(odd_keys),
		cmocka_unit_test(no_rsa),
		cmocka_unit_test(shared),
	};

	return cmocka_run_group_tests_name("rsa_opener", tests, NULL, NULL);
}
