/* records/key_record, rsa_key, base64: what is wrong with a published key, exactly. */
#include "base/arena.h"
#include "records/key_record.h"
#include "records/rsa_key.h"
#include "support/keys.h"
#include "support/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* RFC 8463 appendix A.2. */
#define ED25519_P "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void base64_is_strict(void **state)
{
	static const struct {
		const char *text, *octets;
		enum base64_fault fault;
		size_t position;
	} rows[] = {
		/* RFC 4648 section 10 */
		{"", "", BASE64_GOOD, 0},
		{"Zg==", "f", BASE64_GOOD, 2},
		{"Zm8=", "fo", BASE64_GOOD, 3},
		{"Zm9v", "foo", BASE64_GOOD, 4},
		{"Zm9vYg==", "foob", BASE64_GOOD, 6},
		{"Zm9vYmE=", "fooba", BASE64_GOOD, 7},
		{"Zm9vYmFy", "foobar", BASE64_GOOD, 8},
		/* RFC 6376 section 2.10 leaves the padding open */
		{"Zg", "f", BASE64_GOOD, 2},
		{"Zm8", "fo", BASE64_GOOD, 3},
		{"Zg=", "f", BASE64_INCOMPLETE, 2},
		{"Zm8==", "fo", BASE64_INCOMPLETE, 3},
		{"Zm9v=", "foo", BASE64_INCOMPLETE, 4},
		{"Zm9vY", "foo", BASE64_INCOMPLETE, 5},
		{"Zm9v!mFy", "foo", BASE64_CHARACTER, 4},
		{"Zg==Zg==", "f", BASE64_CHARACTER, 2},
		{"Zm 9v", "f", BASE64_CHARACTER, 2},
		{"Zm-_", "f", BASE64_CHARACTER, 2},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct base64 decoded = base64_decode(arena, rows[i].text, strlen(rows[i].text));

		assert_int_equal(decoded.fault, rows[i].fault);
		assert_int_equal(decoded.position, rows[i].position);
		assert_string_equal((const char *)decoded.octets.at, rows[i].octets);
		assert_int_equal(decoded.octets.len, strlen(rows[i].octets));
	}
	for (size_t len = 0; len <= 256; len++) {
		uint8_t octets[256];
		char *text;

		for (size_t i = 0; i < len; i++)
			octets[i] = (uint8_t)(i * 7 + len);
		text = base64_encode(arena, (struct octets){octets, len});
		assert_memory_equal(base64_decode(arena, text, strlen(text)).octets.at, octets, len);
	}
	arena_free(&arena);
}

static struct key_record read_text(struct arena *arena, const char *text)
{
	return key_record_read(arena, text, strlen(text));
}

static void good_keys(void **state)
{
	static const struct {
		const char *pem, *front, *behind;
		unsigned bits;
	} rows[] = {
		{KEY_RSA_512, "v=DKIM1; k=rsa; p=", "", 512},
		{KEY_RSA_1023, "p=", "", 1023},
		{KEY_RSA_1024, "v=DKIM1;p=", ";", 1024},
		{KEY_RSA_2048, "v=DKIM1; k=rsa; h=sha256:sha1; s=*; t=y; n=\"a \\ note\"; p=", "; ", 2048},
		{KEY_RSA_2048, " v = DKIM1 ; p = ", "\t;", 2048},
		{KEY_RSA_2048, "v=DKIM1; g=*; unknown=x; p=", "", 2048},
		{KEY_RSA_4096, "k=rsa;p=", "", 4096},
		{KEY_RSA_4160, "k=rsa;p=", "", 4160},
		{KEY_ED25519_ONE, "v=DKIM1; k=ed25519; p=", "", 256},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		const char *p = signer_public(arena, rows[i].pem);
		struct key_record key =
			read_text(arena, arena_printf(arena, "%s%s%s", rows[i].front, p, rows[i].behind));
		const char *plain;

		assert_int_equal(key.fault, KEYFAULT_NONE);
		assert_int_equal(key.bits, rows[i].bits);
		assert_string_equal(key.p, p);
		assert_false(key.revoked);
		assert_true(key_record_serves_email(&key));
		assert_true(key_record_allows_hash(&key, "sha256"));
		plain = key_record_plain(&key, arena);
		assert_string_equal(plain, arena_printf(arena, "v=DKIM1;k=%s;p=%s", key.type_text, p));
		assert_true(rows[i].bits > 4096 || strlen(plain) < 1024); /* libopendkim's buffer */
		arena_free(&arena);
	}
}

static void words_are_read(void **state)
{
	static const struct {
		const char *tags;
		bool sha256, email, testing, strict;
	} rows[] = {
		{"", true, true, false, false},
		{"h=sha1;", false, true, false, false},
		{"h=sha1:sha256;", true, true, false, false},
		{"h= sha1 : md5 : SHA256 ;", true, true, false, false},
		{"h=;", true, true, false, false},
		{"s=tlsrpt;", true, false, false, false},
		{"s=tlsrpt:email;", true, true, false, false},
		{"s=x:*;", true, true, false, false},
		{"t=y;", true, true, true, false},
		{"t=s;", true, true, false, true},
		{"t= y : s ;", true, true, true, true},
		{"t=yes:sx;", true, true, false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct key_record key = read_text(
			arena, arena_printf(arena, "v=DKIM1; %s k=ed25519; p=" ED25519_P, rows[i].tags));

		assert_int_equal(key.fault, KEYFAULT_NONE);
		assert_int_equal(key_record_allows_hash(&key, "sha256"), rows[i].sha256);
		assert_int_equal(key_record_serves_email(&key), rows[i].email);
		assert_int_equal(key.testing, rows[i].testing);
		assert_int_equal(key.strict, rows[i].strict);
		arena_free(&arena);
	}
}

/* RFC 6376 section 3.6.1 and what happens between the key's maker and DNS. */
static void faults_are_named(void **state)
{
	static const struct {
		const char *record;
		enum key_fault fault;
		size_t position;
	} rows[] = {
		{"v=DKIM1; p=\xe3\x80\x80" ED25519_P, KEYFAULT_NON_ASCII, 11},
		{"v=DKIM1; k=rsa\x01; p=", KEYFAULT_NON_ASCII, 14},
		{"\"v=DKIM1; k=rsa; p=MII\"", KEYFAULT_QUOTES, 0},
		{"v=DKIM1; k=rsa; p=\"MII\"", KEYFAULT_QUOTES, 18},
		{"v=DKIM1; n=x\"; p=\"MII", KEYFAULT_QUOTES, 17},
		{"v=DKIM1\\; k=rsa\\; p=MII", KEYFAULT_BACKSLASH, 7},
		{"default._domainkey IN TXT ( \"v=DKIM1; p=MII\" )", KEYFAULT_QUOTES, 28},
		{"v=spf1 include:spf.example.com -all", KEYFAULT_FOREIGN, 0},
		{"v=DMARC1; p=none", KEYFAULT_FOREIGN, 0},
		{"google-site-verification=abc", KEYFAULT_FOREIGN, 0},
		{"wildcard text", KEYFAULT_FOREIGN, 0},
		{"", KEYFAULT_FOREIGN, 0},
		{"   ", KEYFAULT_FOREIGN, 3},
		{"s1.domainkey.u1.wl.example.net.", KEYFAULT_HOST_NAME, 0},
		{" s1._domainkey.example.net", KEYFAULT_HOST_NAME, 1},
		{"v=DKIM2; p=" ED25519_P, KEYFAULT_VERSION, 2},
		{"v=dkim1; p=" ED25519_P, KEYFAULT_VERSION, 2},
		{"v=DKIM; p=" ED25519_P, KEYFAULT_VERSION, 2},
		{"k=ed25519; v=DKIM1; p=" ED25519_P, KEYFAULT_VERSION, 13},
		{"v=DKIM1 k=rsa p=MII", KEYFAULT_SYNTAX, 7},
		{"v=DKIM1, k=rsa, p=MII", KEYFAULT_SYNTAX, 7},
		{"k=rsa, p=MII", KEYFAULT_SYNTAX, 5},
		{"v=DKIM1; k=rsa, p=MII", KEYFAULT_SYNTAX, 14},
		{"v=DKIM1; k=rsa p=MII", KEYFAULT_SYNTAX, 16},
		{"v=DKIM1; k rsa; p=MII", KEYFAULT_SYNTAX, 11},
		{"v=DKIM1;; p=MII", KEYFAULT_SYNTAX, 8},
		{"v=DKIM1; =x; p=MII", KEYFAULT_SYNTAX, 9},
		{"v=DKIM1; 1=x; p=MII", KEYFAULT_SYNTAX, 9},
		{"default._domainkey IN TXT v=DKIM1; p=MII", KEYFAULT_SYNTAX, 7},
		{"v=DKIM1; p=" ED25519_P "; k=ed25519; p=" ED25519_P, KEYFAULT_DUPLICATE_TAG, 68},
		{"v=DKIM1; k=rsa", KEYFAULT_NO_P, 0},
		{"v=DKIM1", KEYFAULT_NO_P, 0},
		{"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", KEYFAULT_NO_P, 0},
		{"v=DKIM1; k=dsa; p=MII", KEYFAULT_UNKNOWN_TYPE, 11},
		{"v=DKIM1; k=RSA; p=MII", KEYFAULT_UNKNOWN_TYPE, 11},
		{"v=DKIM1; k=; p=MII", KEYFAULT_UNKNOWN_TYPE, 11},
		{"v=DKIM1; p=-----BEGIN PUBLIC KEY-----MII", KEYFAULT_PEM, 11},
		{"v=DKIM1; p=BEGIN PUBLIC KEY MII", KEYFAULT_PEM, 11},
		{"v=DKIM1; p=-----BEGIN RSA PRIVATE KEY-----MII", KEYFAULT_PRIVATE, 11},
		{"v=DKIM1; p=MIIBIjAN*", KEYFAULT_BASE64, 11},
		{"v=DKIM1; p=AAAA", KEYFAULT_BASE64, 11},
		{"v=DKIM1; p=" ED25519_P, KEYFAULT_NOT_RSA, 11},
		{"v=DKIM1; p=MCowBQYDK2VwAyEA" ED25519_P, KEYFAULT_NOT_RSA, 11},
		{"v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA" ED25519_P, KEYFAULT_ED25519_WRAPPED, 22},
		{"v=DKIM1; k=ed25519; p=AAAA", KEYFAULT_ED25519_LENGTH, 22},
		/* points of small order, also with the sign bit and unreduced */
		{"v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", KEYFAULT_ED25519_WEAK,
			22},
		{"v=DKIM1; k=ed25519; p=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=", KEYFAULT_ED25519_WEAK,
			22},
		{"v=DKIM1; k=ed25519; p=JuiVj8KyJ7BFw/SJ8u+Y8NXfrAXTxjM5sTgCiG1T/AU=", KEYFAULT_ED25519_WEAK,
			22},
		{"v=DKIM1; k=ed25519; p=xxdqcD1N2E+6PAt2DRBnDyogU/osOczGTsf9d5KsA3o=", KEYFAULT_ED25519_WEAK,
			22},
		{"v=DKIM1; k=ed25519; p=7v///////////////////////////////////////38=", KEYFAULT_ED25519_WEAK,
			22},
		{"v=DKIM1; k=ed25519; p=A" ED25519_P, KEYFAULT_BASE64, 22},
		{"v=DKIM1; k=ed25519; p=A*" ED25519_P, KEYFAULT_BASE64, 22},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct key_record key = read_text(arena, rows[i].record);

		if (key.fault != rows[i].fault || key.fault_position != rows[i].position)
			print_error("%s\n", rows[i].record);
		assert_int_equal(key.fault, rows[i].fault);
		assert_int_equal(key.fault_position, rows[i].position);
		assert_non_null(key.fault_text);
		arena_free(&arena);
	}
}

/* A key that is cut at every length is never good, and never anything but cut or damaged. */
static void cut_keys(void **state)
{
	static const char front[] = "v=DKIM1; k=rsa; p=";
	struct arena *arena = arena_new();
	const char *p = signer_public(arena, KEY_RSA_2048);

	(void)state;
	for (size_t len = 1; len < strlen(p); len++) {
		char *record = arena_printf(arena, "%s%.*s", front, (int)len, p);
		size_t total = strlen(record), missing = 294 - len * 3 / 4;
		enum key_fault fault = read_text(arena, record).fault;
		bool panel = total == 127 || total == 128 || (total >= 254 && total <= 256);

		if (len < 6) /* not even the header of the DER */
			assert_int_equal(fault, KEYFAULT_BASE64);
		else
			assert_int_equal(fault, missing > 8 || panel ? KEYFAULT_TRUNCATED : KEYFAULT_BASE64);
	}
	arena_free(&arena);
}

static void damaged_keys(void **state)
{
	struct arena *arena = arena_new();
	const char *p = signer_public(arena, KEY_RSA_2048);
	char *copy;
	size_t plus = 0;

	(void)state;
	copy = arena_printf(arena, "v=DKIM1; p=%s", p);
	for (size_t i = 11; copy[i] != '\0'; i++)
		if (copy[i] == '+' && ++plus)
			copy[i] = ' ';
	assert_true(plus > 0);
	assert_int_equal(read_text(arena, copy).fault, KEYFAULT_PLUS_LOST);
	copy = arena_printf(arena, "v=DKIM1; p=%sAAAA", p);
	assert_int_equal(read_text(arena, copy).fault, KEYFAULT_BASE64);
	copy = arena_printf(arena, "v=DKIM1; p=%.40s  %s", p, p + 40); /* folding is legal */
	assert_int_equal(read_text(arena, copy).fault, KEYFAULT_NONE);
	copy = arena_alloc(arena, KEY_RECORD_MAX + 2);
	memcpy(copy, "v=DKIM1; n=", 11);
	memset(copy + 11, 'x', KEY_RECORD_MAX - 10);
	assert_int_equal(read_text(arena, copy).fault, KEYFAULT_TOO_LARGE);
	assert_int_equal(key_record_read(arena, "v=DKIM1; p=\0x", 13).fault, KEYFAULT_NON_ASCII);
	assert_true(read_text(arena, "v=DKIM1; p=").revoked);
	assert_true(read_text(arena, "p= ;").revoked);
	assert_int_equal(read_text(arena, "p= ;").fault, KEYFAULT_NONE);
	arena_free(&arena);
}

/* DER of every other shape, whole and in every prefix: no octet behind the end is read (ASan). */
static void other_der(void **state)
{
	static const struct {
		enum rsa_key_kind kind;
		size_t len;
		uint8_t der[40];
	} rows[] = {
		{RSAKEY_DAMAGED, 0, {0}},
		{RSAKEY_DAMAGED, 1, {0x30}},
		{RSAKEY_DAMAGED, 2, {0x30, 0x00}},
		{RSAKEY_DAMAGED, 2, {0x30, 0x80}},
		{RSAKEY_DAMAGED, 6, {0x30, 0x84, 0, 0, 0, 1}},
		{RSAKEY_DAMAGED, 4, {0x30, 0x82, 0xff, 0xff}},
		{RSAKEY_DAMAGED, 4, {0x31, 0x02, 0x05, 0x00}},
		{RSAKEY_PRIVATE, 5, {0x30, 0x03, 0x02, 0x01, 0x00}},
		{RSAKEY_PRIVATE, 5, {0x30, 0x7f, 0x02, 0x01, 0x00}},
		{RSAKEY_CUT, 4, {0x30, 0x7f, 0x02, 0x41}},
		{RSAKEY_PKCS1, 9, {0x30, 0x07, 0x02, 0x02, 0x7f, 0x01, 0x02, 0x01, 0x03}},
		/* an even modulus, exponent 1, an even exponent, modulus 0, negative, octets left over */
		{RSAKEY_DAMAGED, 9, {0x30, 0x07, 0x02, 0x02, 0x7f, 0x00, 0x02, 0x01, 0x03}},
		{RSAKEY_DAMAGED, 9, {0x30, 0x07, 0x02, 0x02, 0x7f, 0x01, 0x02, 0x01, 0x01}},
		{RSAKEY_DAMAGED, 9, {0x30, 0x07, 0x02, 0x02, 0x7f, 0x01, 0x02, 0x01, 0x04}},
		{RSAKEY_DAMAGED, 9, {0x30, 0x07, 0x02, 0x02, 0x00, 0x00, 0x02, 0x01, 0x03}},
		{RSAKEY_DAMAGED, 9, {0x30, 0x07, 0x02, 0x02, 0xff, 0x01, 0x02, 0x01, 0x03}},
		{RSAKEY_DAMAGED, 10, {0x30, 0x08, 0x02, 0x02, 0x7f, 0x01, 0x02, 0x01, 0x03, 0x05}},
		/* the algorithm: elliptic curve; none; too short to tell */
		{RSAKEY_OTHER_TYPE, 15,
			{0x30, 0x0d, 0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x03,
				0x00}},
		{RSAKEY_DAMAGED, 4, {0x30, 0x02, 0x30, 0x00}},
		{RSAKEY_DAMAGED, 6, {0x30, 0x04, 0x30, 0x09, 0x06, 0x07}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		const uint8_t *copy =
			(const uint8_t *)arena_copy(arena, (const char *)rows[i].der, rows[i].len);

		for (size_t len = 0; len < rows[i].len; len++)
			assert_int_not_equal(rsa_key_read((struct octets){copy, len}).kind, RSAKEY_GOOD);
		assert_int_equal(rsa_key_read((struct octets){copy, rows[i].len}).kind, rows[i].kind);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_strict),
		cmocka_unit_test(good_keys),
		cmocka_unit_test(words_are_read),
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(cut_keys),
		cmocka_unit_test(damaged_keys),
		cmocka_unit_test(other_der),
	};

	return cmocka_run_group_tests_name("key_record", tests, NULL, NULL);
}
