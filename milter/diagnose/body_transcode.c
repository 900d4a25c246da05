#include "diagnose/body_transcode.h"

#include "base/arena.h"
#include "base/base64.h"
#include "diagnose/transcode.h"
#include "message/mime.h"

#include <string.h>

enum { QP_COLUMNS = 76, BASE64_COLUMNS = 76 }; /* RFC 2045 sections 6.7 and 6.8 */

/* A body being written again with some spans replaced; replacements come in the order of the text. */
struct rewriting {
	struct buf out;
	struct span original;
	size_t done; /* octets of the original already dealt with */
	size_t count;
};

static void replace(struct rewriting *rewriting, struct span old, const struct buf *with)
{
	size_t at = (size_t)(old.at - rewriting->original.at);

	if (at < rewriting->done)
		return;
	buf_add(&rewriting->out, rewriting->original.at + rewriting->done, at - rewriting->done);
	buf_add(&rewriting->out, with->data, with->len);
	rewriting->done = at + old.len;
	rewriting->count++;
}

/* Replaces a word in the header of a part, if it is there. The message's own header is not in the body. */
static void replace_word(struct rewriting *rewriting, struct span header, const char *word, const char *with)
{
	const char *found =
		header.len == 0 || word[0] == '\0' ? NULL : text_find(header.at, header.len, word);
	struct buf text = buf_in(rewriting->out.arena);

	if (found == NULL)
		return;
	buf_text(&text, with);
	replace(rewriting, (struct span){found, strlen(word)}, &text);
	rewriting->count--;
}

static struct body_variant finish(struct rewriting *rewriting, enum body_change_kind kind)
{
	buf_add(&rewriting->out, rewriting->original.at + rewriting->done,
		rewriting->original.len - rewriting->done);
	return (struct body_variant){.kind = rewriting->count > 0 ? kind : BODY_UNKNOWN,
		.body = rewriting->out,
		.count = rewriting->count,
		.from = "",
		.to = "",
		.sweep = true};
}

static void decode_quoted_printable(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '=') {
			buf_char(out, text.at[i]);
		} else if (i + 2 < text.len && text_is_hex(text.at[i + 1]) && text_is_hex(text.at[i + 2])) {
			buf_char(out,
				(char)(text_hex_value(text.at[i + 1]) * 16 + text_hex_value(text.at[i + 2])));
			i += 2;
		} else if (i + 1 < text.len && text.at[i + 1] == '\r') {
			i += 2; /* a soft line break */
		} else if (i + 1 < text.len && text.at[i + 1] == '\n') {
			i += 1;
		}
	}
}

static void decode_base64(struct buf *out, struct span text)
{
	struct buf characters = buf_in(out->arena);
	struct base64 decoded;

	for (size_t i = 0; i < text.len; i++)
		if (!text_is_space(text.at[i]))
			buf_char(&characters, text.at[i]);
	decoded = base64_decode(out->arena, characters.data, characters.len);
	buf_add(out, (const char *)decoded.octets.at, decoded.octets.len);
}

struct body_variant variant_decoded(const struct body_facts *facts, const char *encoding, struct arena *arena)
{
	struct mime mime = mime_of(facts->header, facts->body, arena);
	struct rewriting rewriting = {.out = buf_in(arena), .original = facts->body};
	struct body_variant variant;

	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = &mime.parts[i];
		struct buf decoded = buf_in(arena);

		if (part->boundary[0] != '\0' || strcmp(part->encoding, encoding) != 0 ||
			!text_starts(part->type, "text/"))
			continue;
		if (strcmp(encoding, "base64") == 0)
			decode_base64(&decoded, part->body);
		else
			decode_quoted_printable(&decoded, part->body);
		replace_word(&rewriting, part->header, encoding, "8bit");
		replace(&rewriting, part->body, &decoded);
	}
	variant = finish(&rewriting, BODY_8BIT_CONVERTED);
	variant.from = "8bit";
	variant.to = encoding;
	return variant;
}

/* Where encoders differ: may a line be filled to the last column by its last character? */
enum last_column { LAST_NEVER, LAST_LITERAL, LAST_ANY };

static void encode_line(struct buf *out, struct span line, enum last_column last)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.at[i];
		bool ends = i + 1 == line.len;
		bool literal = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !ends);
		size_t width = literal ? 1 : 3;
		bool may_fill = ends && (last == LAST_ANY || (last == LAST_LITERAL && literal));

		if (column + width > (size_t)QP_COLUMNS - !may_fill) {
			buf_text(out, "=\r\n");
			column = 0;
		}
		if (literal)
			buf_char(out, (char)c);
		else
			buf_printf(out, "=%02X", c);
		column += width;
	}
}

static void encode_quoted_printable(struct buf *out, struct span text, enum last_column last)
{
	while (text.len > 0) {
		const char *feed = memchr(text.at, '\n', text.len);
		size_t len = feed == NULL ? text.len : (size_t)(feed - text.at);
		size_t whole = feed == NULL ? len : len + 1;

		if (feed != NULL && len > 0 && text.at[len - 1] == '\r')
			len--;
		encode_line(out, (struct span){text.at, len}, last);
		if (feed != NULL)
			buf_text(out, "\r\n");
		text.at += whole;
		text.len -= whole;
	}
}

static void encode_base64(struct buf *out, struct span text)
{
	const char *characters =
		base64_encode(out->arena, (struct octets){(const uint8_t *)text.at, text.len});

	for (size_t left = strlen(characters); left > 0;) {
		size_t len = left < BASE64_COLUMNS ? left : BASE64_COLUMNS;

		buf_add(out, characters, len);
		characters += len;
		left -= len;
		if (left > 0)
			buf_text(out, "\r\n");
	}
}

struct body_variant variant_encoded(const struct body_facts *facts, unsigned manner, struct arena *arena)
{
	struct mime mime = mime_of(facts->header, facts->body, arena);
	struct rewriting rewriting = {.out = buf_in(arena), .original = facts->body};
	const char *encoding = manner == LAST_ANY + 1 ? "base64" : "quoted-printable";
	struct body_variant variant;

	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = &mime.parts[i];
		struct buf encoded = buf_in(arena);

		if (part->boundary[0] != '\0' || strcmp(part->encoding, "8bit") != 0 ||
			!text_starts(part->type, "text/"))
			continue;
		if (manner <= LAST_ANY)
			encode_quoted_printable(&encoded, part->body, (enum last_column)manner);
		else
			encode_base64(&encoded, part->body);
		replace_word(&rewriting, part->header, "8bit", encoding);
		replace(&rewriting, part->body, &encoded);
	}
	variant = finish(&rewriting, BODY_8BIT_CONVERTED);
	variant.from = encoding;
	variant.to = "8bit";
	variant.sweep = false;
	return variant;
}

struct body_variant variant_rewrapped(const struct body_facts *facts, size_t columns, struct arena *arena)
{
	struct mime mime = mime_of(facts->header, facts->body, arena);
	struct rewriting rewriting = {.out = buf_in(arena), .original = facts->body};

	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = &mime.parts[i];
		struct buf wrapped = buf_in(arena);
		size_t column = 0, filled = part->body.len;

		if (strcmp(part->encoding, "base64") != 0)
			continue;
		while (filled > 0 && text_is_space(part->body.at[filled - 1]))
			filled--;
		for (size_t at = 0; at < filled; at++) {
			if (text_is_space(part->body.at[at]))
				continue;
			if (column == columns) {
				buf_text(&wrapped, "\r\n");
				column = 0;
			}
			buf_char(&wrapped, part->body.at[at]);
			column++;
		}
		/* An empty line before the boundary stays one. */
		buf_add(&wrapped, part->body.at + filled, part->body.len - filled);
		replace(&rewriting, part->body, &wrapped);
	}
	return finish(&rewriting, BODY_BASE64_WRAP);
}

/* Such text is the same in all these character sets, so most bodies are not converted at all. */
static bool is_plain_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] >= 0x80 || text.at[i] == '\033')
			return false;
	return true;
}

struct body_variant variant_charset(const struct body_facts *facts, const char *charset, struct arena *arena)
{
	struct mime mime = mime_of(facts->header, facts->body, arena);
	struct rewriting rewriting = {.out = buf_in(arena), .original = facts->body};
	struct body_variant variant;
	const char *now = "";

	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = &mime.parts[i];
		const char *present = part->charset[0] == '\0' ? "utf-8" : part->charset;
		struct buf converted = buf_in(arena);

		if (!text_starts(part->type, "text/") || strcmp(present, charset) == 0 ||
			strcmp(part->encoding, "base64") == 0 ||
			strcmp(part->encoding, "quoted-printable") == 0 || is_plain_ascii(part->body) ||
			!transcode_text(&converted, part->body, present, charset))
			continue;
		replace_word(&rewriting, part->header, part->charset, charset);
		replace(&rewriting, part->body, &converted);
		now = present;
	}
	variant = finish(&rewriting, BODY_CHARSET);
	variant.from = charset;
	variant.to = now;
	return variant;
}
