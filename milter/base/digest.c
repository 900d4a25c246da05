#include "base/digest.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct digest_stream {
	const EVP_MD *method;
	EVP_MD_CTX *running, *copy;
};

/* Looked up once: for each message anew it would cost more than hashing 1 KB. Whoever comes second gives his
 * back. */
static const EVP_MD *method_of(enum digest_kind kind)
{
	static _Atomic(EVP_MD *) methods[2];
	EVP_MD *method = atomic_load(&methods[kind]), *first = NULL;

	if (method != NULL)
		return method;
	method = EVP_MD_fetch(NULL, kind == DIGEST_SHA1 ? "SHA1" : "SHA256", NULL);
	if (method == NULL)
		return kind == DIGEST_SHA1 ? EVP_sha1() : EVP_sha256();
	if (atomic_compare_exchange_strong(&methods[kind], &first, method))
		return method;
	EVP_MD_free(method);
	return first;
}

/* SHA-1 may be switched off by the machine's policy: then its digest is empty and equals nothing. */
struct digest digest_of(enum digest_kind kind, const char *octets, size_t len)
{
	struct digest digest = {.len = 0};
	unsigned int digest_len = 0;

	if (EVP_Digest(octets, len, digest.octets, &digest_len, method_of(kind), NULL) == 1)
		digest.len = digest_len;
	return digest;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return a->len > 0 && a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

struct digest_stream *digest_stream_new(enum digest_kind kind)
{
	struct digest_stream *stream = calloc(1, sizeof *stream);

	if (stream == NULL)
		abort();
	stream->method = method_of(kind);
	stream->running = EVP_MD_CTX_new();
	stream->copy = EVP_MD_CTX_new();
	if (stream->running == NULL || stream->copy == NULL)
		abort();
	digest_stream_reset(stream);
	return stream;
}

void digest_stream_free(struct digest_stream **stream)
{
	if (stream == NULL || *stream == NULL)
		return;
	EVP_MD_CTX_free((*stream)->running);
	EVP_MD_CTX_free((*stream)->copy);
	free(*stream);
	*stream = NULL;
}

void digest_stream_reset(struct digest_stream *stream)
{
	(void)EVP_DigestInit_ex(stream->running, stream->method, NULL);
}

void digest_stream_add(struct digest_stream *stream, const char *octets, size_t len)
{
	(void)EVP_DigestUpdate(stream->running, octets, len);
}

struct digest digest_stream_now(struct digest_stream *stream)
{
	struct digest digest = {.len = 0};
	unsigned int len = 0;

	if (EVP_MD_CTX_copy_ex(stream->copy, stream->running) == 1 &&
		EVP_DigestFinal_ex(stream->copy, digest.octets, &len) == 1)
		digest.len = len;
	return digest;
}

struct digest digest_stream_end(struct digest_stream *stream)
{
	struct digest digest = {.len = 0};
	unsigned int len = 0;

	if (EVP_DigestFinal_ex(stream->running, digest.octets, &len) == 1)
		digest.len = len;
	return digest;
}

void digest_stream_copy(struct digest_stream *to, const struct digest_stream *from)
{
	(void)EVP_MD_CTX_copy_ex(to->running, from->running);
}
