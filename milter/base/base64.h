/* Base64 (RFC 4648 section 4) as mail carries it: white space already removed, final "=" optional. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct octets {
	const uint8_t *at;
	size_t len;
};

enum base64_fault {
	BASE64_GOOD,
	BASE64_CHARACTER,  /* one that is not in the alphabet, or "=" in the middle */
	BASE64_INCOMPLETE, /* a lone character at the end, or too few or too many "=" */
};

struct base64 {
	struct octets octets; /* what could be read before the fault */
	enum base64_fault fault;
	size_t position; /* of the first wrong character */
};

struct base64 base64_decode(struct arena *arena, const char *text, size_t len);
char *base64_encode(struct arena *arena, struct octets octets);

#endif
