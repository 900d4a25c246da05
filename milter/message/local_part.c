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

/* A backslash in front makes it an ordinary character, unless that is itself behind one. */
static bool is_escaped(const char *text, size_t at, size_t from)
{
	size_t backslashes = 0;

	while (at - backslashes > from && text[at - backslashes - 1] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

/* Where what ends in the quote before "end" begins; "from" when it was never opened. */
static size_t quoted_start(const char *text, size_t end, size_t from)
{
	for (size_t at = end - 1; at > from; at--)
		if (text[at - 1] == '"' && !is_escaped(text, at - 1, from))
			return at - 1;
	return from;
}

/* The same for a comment, with those inside of it. */
static size_t comment_start(const char *text, size_t end, size_t from)
{
	size_t depth = 0;

	for (size_t at = end; at > from; at--) {
		char c = text[at - 1];

		if ((c != '(' && c != ')') || is_escaped(text, at - 1, from))
			continue;
		depth = c == ')' ? depth + 1 : depth - 1;
		if (depth == 0)
			return at - 1;
	}
	return from;
}

/* In front of blanks and comments that end here. */
static size_t gap_start(const char *text, size_t end, size_t from)
{
	while (end > from) {
		if (text_is_space(text[end - 1]))
			end--;
		else if (text[end - 1] == ')')
			end = comment_start(text, end, from);
		else
			break;
	}
	return end;
}

static size_t word_start(const char *text, size_t end, size_t from)
{
	if (end > from && text[end - 1] == '"')
		return quoted_start(text, end, from);
	while (end > from && is_local_char(text[end - 1]))
		end--;
	return end;
}

/* Where the local part before the "@" begins: words, quoted or not, and what may stand between words with a
 * dot, and before the "@" (RFC 5322 sections 3.4.1 and 4.4). Rather too much than too little. */
static size_t local_start(const char *text, size_t at, size_t from)
{
	size_t start = gap_start(text, at, from), end = start, gap;

	if (start > from && word_start(text, start, from) == start)
		return at; /* nothing that could be one */
	while ((start = word_start(text, end, from)) < end) {
		gap = gap_start(text, start, from);
		end = text[start] == '.' || (gap > from && text[gap - 1] == '.') ? gap : start;
	}
	return start;
}

/* One "@" after the other belongs to one address, however wrong. */
static size_t address_end(const char *text, size_t *at, size_t len)
{
	size_t end = *at + 1;

	for (;;) {
		while (end < len && is_domain_char(text[end]))
			end++;
		if (end >= len || text[end] != '@')
			return end;
		*at = end++;
	}
}

const char *local_parts_masked(
	const struct local_part_mask *mask, const char *text, size_t len, struct arena *arena)
{
	struct buf out = buf_in(arena);
	size_t from = 0;

	if (mask == NULL || mask->kept == LOCAL_PART_FULL)
		return arena_copy(arena, text, len);
	for (size_t at = 0; at < len; at++) {
		size_t start, end;

		if (text[at] != '@')
			continue;
		start = local_start(text, at, from);
		end = address_end(text, &at, len);
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
