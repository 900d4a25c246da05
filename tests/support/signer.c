#include "support/signer.h"

#include "base/base64.h"
#include "message/canon.h"
#include "records/tag_list.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static void must(bool good)
{
	if (!good)
		abort();
}

/* Reading a key takes OpenSSL longer than signing with it, a hundred times longer under valgrind: each is
 * read once and kept to the end. */
static EVP_PKEY *key_of(const char *pem)
{
	enum { KEYS_MAX = 32 };
	static struct {
		char *pem;
		EVP_PKEY *key;
	} known[KEYS_MAX];
	size_t i = 0;
	BIO *bio;

	while (i < KEYS_MAX && known[i].pem != NULL && strcmp(known[i].pem, pem) != 0)
		i++;
	must(i < KEYS_MAX);
	if (known[i].pem != NULL)
		return known[i].key;
	bio = BIO_new_mem_buf(pem, -1);
	known[i].pem = strdup(pem);
	known[i].key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	must(known[i].pem != NULL && known[i].key != NULL);
	BIO_free(bio);
	return known[i].key;
}

char *signer_public(struct arena *arena, const char *key_pem)
{
	EVP_PKEY *key = key_of(key_pem);
	unsigned char raw[32], *der = NULL;
	struct octets octets = {raw, sizeof raw};
	size_t len = sizeof raw;
	char *text;

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
		must(EVP_PKEY_get_raw_public_key(key, raw, &len) == 1);
	} else {
		octets.len = (size_t)i2d_PUBKEY(key, &der);
		octets.at = der;
	}
	text = base64_encode(arena, octets);
	OPENSSL_free(der);
	return text;
}

static char *tag_text(struct arena *arena, const char *tags, const char *name)
{
	struct tag_list list = tag_list_read_utf8(tags, strlen(tags));
	const struct tag *tag = tag_list_find(&list, name);

	return tag == NULL ? arena_text(arena, "") : span_text(arena, tag->value);
}

char *signer_octets(struct arena *arena, const struct buf *input, const char *algorithm, const char *key_pem)
{
	EVP_PKEY *key = key_of(key_pem);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char digest[32], signature[1024];
	size_t len = sizeof signature;
	char *text;

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) { /* RFC 8463: PureEdDSA over the digest */
		must(EVP_Digest(input->data, input->len, digest, NULL, EVP_sha256(), NULL) == 1);
		must(EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1);
		must(EVP_DigestSign(context, signature, &len, digest, sizeof digest) == 1);
	} else {
		const EVP_MD *hash = strcmp(algorithm, "rsa-sha1") == 0 ? EVP_sha1() : EVP_sha256();

		must(EVP_DigestSignInit(context, NULL, hash, NULL, key) == 1);
		must(EVP_DigestSign(
			     context, signature, &len, (const unsigned char *)input->data, input->len) == 1);
	}
	text = base64_encode(arena, (struct octets){signature, len});
	EVP_MD_CTX_free(context);
	return text;
}

static char *b_of(struct arena *arena, const struct header_list *header, const char *name, const char *value,
	const char *key_pem)
{
	struct header_field field = {
		.name = name, .name_len = strlen(name), .value = value, .value_len = strlen(value)};
	struct canon_selection selection = canon_select(header, tag_text(arena, value, "h"), arena);
	enum canon header_canon, body_canon;
	struct buf input;

	must(canon_parse(tag_text(arena, value, "c"), &header_canon, &body_canon));
	input = canon_header(&selection, header_canon, &field, arena);
	return signer_octets(arena, &input, tag_text(arena, value, "a"), key_pem);
}

char *signer_b(struct arena *arena, const struct header_list *header, const char *value, const char *key_pem)
{
	return b_of(arena, header, "DKIM-Signature", value, key_pem);
}

char *signer_sign(struct arena *arena, const struct header_list *header, const char *body, const char *tags,
	const char *key_pem)
{
	return signer_sign_as(arena, header, "DKIM-Signature", body, tags, key_pem);
}

char *signer_sign_as(struct arena *arena, const struct header_list *header, const char *name,
	const char *body, const char *tags, const char *key_pem)
{
	const char *length = tag_text(arena, tags, "l");
	bool sha1 = strcmp(tag_text(arena, tags, "a"), "rsa-sha1") == 0;
	enum canon header_canon, body_canon;
	unsigned char digest[32];
	unsigned digest_len = 0;
	struct buf canonical;
	char *value;

	must(canon_parse(tag_text(arena, tags, "c"), &header_canon, &body_canon));
	canonical = canon_body(body_canon, span_of(body), arena);
	if (length[0] != '\0' && strtoul(length, NULL, 10) < canonical.len)
		canonical.len = strtoul(length, NULL, 10);
	must(EVP_Digest(canonical.data, canonical.len, digest, &digest_len, sha1 ? EVP_sha1() : EVP_sha256(),
		     NULL) == 1);
	value = arena_printf(
		arena, " %s bh=%s; b=", tags, base64_encode(arena, (struct octets){digest, digest_len}));
	return arena_printf(arena, "%s%s", value, b_of(arena, header, name, value, key_pem));
}
