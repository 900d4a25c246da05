#include "message/encoded_word.h"

#include "base/arena.h"
#include "base/base64.h"

#include <string.h>

static const char *find_char(const char *at, const char *end, char c)
{
	return at >= end ? NULL : memchr(at, c, (size_t)(end - at));
}

/* Reads one word that begins at the place, which holds "=?". */
static bool read_word(const char *at, const char *end, struct encoded_word *word)
{
	const char *encoding = find_char(at + 2, end, '?'), *text, *close;

	if (encoding == NULL || end - encoding < 3 || encoding[2] != '?')
		return false;
	text = encoding + 3;
	close = find_char(text, end, '?');
	if (close == NULL || close + 1 >= end || close[1] != '=' || strchr("BbQq", encoding[1]) == NULL)
		return false;
	word->charset = (struct span){at + 2, (size_t)(encoding - at - 2)};
	word->encoding = encoding[1];
	word->text = (struct span){text, (size_t)(close - text)};
	word->whole = (struct span){at, (size_t)(close + 2 - at)};
	return true;
}

bool encoded_word_find(struct span value, struct encoded_word *word)
{
	const char *end = value.at + value.len;

	for (const char *at = value.at; (at = find_char(at, end, '=')) != NULL; at++)
		if (at + 1 < end && at[1] == '?' && read_word(at, end, word))
			return true;
	return false;
}

static void decode_q(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '=' && i + 2 < text.len && text_is_hex(text.at[i + 1]) &&
			text_is_hex(text.at[i + 2])) {
			buf_char(out,
				(char)(text_hex_value(text.at[i + 1]) * 16 + text_hex_value(text.at[i + 2])));
			i += 2;
		} else {
			buf_char(out, text.at[i] == '_' ? ' ' : text.at[i]);
		}
	}
}

struct buf encoded_word_decode(const struct encoded_word *word, struct arena *arena)
{
	struct buf out = buf_in(arena);

	if (text_lower_char(word->encoding) == 'b') {
		struct base64 decoded = base64_decode(arena, word->text.at, word->text.len);

		buf_add(&out, (const char *)decoded.octets.at, decoded.octets.len);
	} else {
		decode_q(&out, word->text);
	}
	return out;
}

static void write_q(struct buf *out, struct span octets)
{
	for (size_t i = 0; i < octets.len; i++) {
		char c = octets.at[i];

		if (c == ' ')
			buf_char(out, '_');
		else if (text_is_alnum(c) || strchr("!*+-/", c) != NULL)
			buf_char(out, c);
		else
			buf_printf(out, "=%02X", (unsigned char)c);
	}
}

void encoded_word_write(struct buf *out, struct span charset, char encoding, struct span octets)
{
	buf_text(out, "=?");
	buf_add(out, charset.at, charset.len);
	buf_printf(out, "?%c?", encoding);
	if (text_lower_char(encoding) == 'b')
		buf_text(out,
			base64_encode(out->arena, (struct octets){(const uint8_t *)octets.at, octets.len}));
	else
		write_q(out, octets);
	buf_text(out, "?=");
}
