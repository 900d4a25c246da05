#include "diagnose/body_encoding.h"

#include "base/base64.h"

#include <string.h>

enum { COLUMNS = 76 }; /* RFC 2045 sections 6.7 and 6.8 */

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

void body_decode(struct buf *out, struct span text, const char *encoding)
{
	if (strcmp(encoding, "base64") == 0)
		decode_base64(out, text);
	else if (strcmp(encoding, "quoted-printable") == 0)
		decode_quoted_printable(out, text);
	else
		buf_add(out, text.at, text.len);
}

static void encode_line(struct buf *out, struct span line, enum body_encoding encoding)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.at[i];
		bool ends = i + 1 == line.len;
		bool literal = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !ends);
		size_t width = literal ? 1 : 3;
		bool may_fill = ends && (encoding == ENCODING_QP_ALWAYS ||
						(encoding == ENCODING_QP_LITERAL && literal));

		if (column + width > (size_t)COLUMNS - !may_fill) {
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

static void encode_quoted_printable(struct buf *out, struct span text, enum body_encoding encoding)
{
	while (text.len > 0) {
		const char *feed = memchr(text.at, '\n', text.len);
		size_t len = feed == NULL ? text.len : (size_t)(feed - text.at);
		size_t whole = feed == NULL ? len : len + 1;

		if (feed != NULL && len > 0 && text.at[len - 1] == '\r')
			len--;
		encode_line(out, (struct span){text.at, len}, encoding);
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
		size_t len = left < COLUMNS ? left : COLUMNS;

		buf_add(out, characters, len);
		characters += len;
		left -= len;
		if (left > 0)
			buf_text(out, "\r\n");
	}
}

void body_encode(struct buf *out, struct span text, enum body_encoding encoding)
{
	if (encoding == ENCODING_NONE)
		buf_add(out, text.at, text.len);
	else if (encoding == ENCODING_BASE64)
		encode_base64(out, text);
	else
		encode_quoted_printable(out, text, encoding);
}

const char *body_encoding_name(enum body_encoding encoding, struct span text)
{
	if (encoding == ENCODING_BASE64)
		return "base64";
	if (encoding != ENCODING_NONE)
		return "quoted-printable";
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] >= 0x80)
			return "8bit";
	return "7bit";
}

bool body_encoding_is(enum body_encoding encoding, const char *name)
{
	if (strcmp(name, "base64") == 0)
		return encoding == ENCODING_BASE64;
	if (strcmp(name, "quoted-printable") == 0)
		return encoding != ENCODING_NONE && encoding != ENCODING_BASE64;
	return encoding == ENCODING_NONE;
}

bool body_is_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] >= 0x80 || text.at[i] == '\033')
			return false;
	return true;
}
