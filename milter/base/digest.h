/* SHA-256 and SHA-1 of octets, in one go or at many ends of one stream. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum digest_kind { DIGEST_SHA256, DIGEST_SHA1 };

/* Reading out a running hash costs as much as hashing so many octets more. */
enum { DIGEST_END_COST = 160 };

struct digest {
	uint8_t octets[32];
	size_t len; /* 32 or 20 */
};

struct digest digest_of(enum digest_kind kind, const char *octets, size_t len);
bool digest_equal(const struct digest *a, const struct digest *b);

/* A running digest. digest_now gives the digest of what was added so far and lets the stream go on. */
struct digest_stream;

struct digest_stream *digest_stream_new(enum digest_kind kind);
void digest_stream_free(struct digest_stream **stream);
void digest_stream_reset(struct digest_stream *stream);
void digest_stream_add(struct digest_stream *stream, const char *octets, size_t len);
struct digest digest_stream_now(struct digest_stream *stream);

/* The same, cheaper, when the stream need not go on: next comes a reset or a copy. */
struct digest digest_stream_end(struct digest_stream *stream);

/* Makes the one stream go on from where the other is now. Both of the same kind. */
void digest_stream_copy(struct digest_stream *to, const struct digest_stream *from);

#endif
