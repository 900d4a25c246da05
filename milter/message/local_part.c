#include "message/local_part.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/text.h"

#include <string.h>

enum { BLOCK = 64, HASH_SHOWN = 8 }; /* octets: RFC 2104 for SHA-256; 64 bits tell a site's users apart */

/* HMAC-SHA-256 (RFC 2104) of the whole address in lower case: the same local part elsewhere is another. */
static struct digest keyed(
	const struct local_part_mask *mask, const char *octets, size_t len, struct arena *arena)
{
	char *inner = arena_alloc(arena, BLOCK + len), outer[BLOCK + 32];
	struct digest digest;

	for (size_t i = 0; i < BLOCK; i++) {
		uint8_t key = i < sizeof mask->secret ? mask->secret[i] : 0;

		inner[i] = (char)(key ^ 0x36);
		outer[i] = (char)(key ^ 0x5c);
	}
	memcpy(inner + BLOCK, octets, len);
	digest = digest_of(DIGEST_SHA256, inner, BLOCK + len);
	memcpy(outer + BLOCK, digest.octets, digest.len);
	return digest_of(DIGEST_SHA256, outer, BLOCK + digest.len);
}

/* What stands for the local part of an address of len octets, of which the first local are it. */
static void add_masked(
	struct buf *out, const struct local_part_mask *mask, const char *address, size_t local, size_t len)
{
	struct digest digest;

	if (mask->kept == LOCAL_PART_HASH && local > 0) {
		digest = keyed(mask, text_lower(out->arena, address, len), len, out->arena);
		buf_char(out, '#');
		for (size_t i = 0; i < HASH_SHOWN; i++)
			buf_printf(out, "%02x", digest.octets[i]);
	}
	buf_add(out, address + local, len - local);
}

const char *local_part_masked(const struct local_part_mask *mask, const char *address, struct arena *arena)
{
	const char *at = strrchr(address, '@');
	size_t len = strlen(address);
	struct buf out;

	if (mask == NULL || mask->kept == LOCAL_PART_FULL || len == 0 || strcmp(address, "<>") == 0)
		return address;
	out = buf_in(arena);
	add_masked(&out, mask, address, at == NULL ? len : (size_t)(at - address), len);
	return out.data;
}

/* RFC 5322 section 3.2.3, the dot, and octets beyond ASCII (RFC 6531). */
static bool is_local_char(char c)
{
	return text_is_alnum(c) || (unsigned char)c >= 0x80 ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static bool is_domain_char(char c)
{
	return text_is_alnum(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

/* Where the local part before the "@" begins: behind an opening quote too. */
static size_t local_start(const char *text, size_t at, size_t from)
{
	size_t start = at;

	if (start > from && text[start - 1] == '"') {
		start--;
		while (start > from &&
			(text[start - 1] != '"' || (start - 1 > from && text[start - 2] == '\\')))
			start--; /* a quote behind a backslash is one of its characters */
		return start > from ? start - 1 : from;
	}
	while (start > from && is_local_char(text[start - 1]))
		start--;
	return start;
}

const char *local_parts_masked(
	const struct local_part_mask *mask, const char *text, size_t len, struct arena *arena)
{
	struct buf out = buf_in(arena);
	size_t from = 0;

	if (mask == NULL || mask->kept == LOCAL_PART_FULL)
		return arena_copy(arena, text, len);
	for (size_t at = 0; at < len; at++) {
		size_t start, end = at + 1;

		if (text[at] != '@')
			continue;
		start = local_start(text, at, from);
		while (end < len && is_domain_char(text[end]))
			end++;
		buf_add(&out, text + from, start - from);
		add_masked(&out, mask, text + start, at - start, end - start);
		from = end;
		at = end - 1;
	}
	buf_add(&out, text + from, len - from);
	return out.data;
}

const char *local_part_masked_in(
	const struct local_part_mask *mask, const char *text, const char *address, struct arena *arena)
{
	const char *masked = local_part_masked(mask, address, arena);

	if (masked == address || strchr(address, '@') == NULL)
		return text;
	return text_replaced(arena, text, address, masked);
}
