#include "report/escape.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define CUT "..."

/* Octets at the start that stay as they are without a look at UTF-8. */
static size_t plain_length(const char *text, const char *extra)
{
	size_t len = 0;

	while (text[len] >= ' ' && text[len] <= '~' && text[len] != extra[0] &&
		(extra[0] == '\0' || text[len] != extra[1]))
		len++;
	return len;
}

/* extra: octets, two at most, that are escaped besides what must be. */
static const char *escape(const char *text, size_t max, const char *extra, struct arena *arena)
{
	size_t len = plain_length(text, extra), step, cut_at = 0;
	struct buf out;

	if (len <= max && text[len] == '\0')
		return arena_copy(arena, text, len);
	len += strlen(text + len);
	out = buf_in(arena);
	for (size_t i = 0; i < len; i += step) {
		char code[sizeof "\\xff"];
		const char *piece = text + i;
		size_t piece_len = utf8_visible_length(text + i, len - i);

		step = piece_len;
		if (piece_len == 0 || strchr(extra, text[i]) != NULL) {
			(void)snprintf(code, sizeof code, "\\x%02x", (unsigned char)text[i]);
			piece = code;
			piece_len = strlen(code);
			step = 1;
		}
		if (out.len + piece_len > max) {
			out.len = cut_at;
			out.data[cut_at] = '\0';
			buf_text(&out, max >= strlen(CUT) ? CUT : "");
			break;
		}
		buf_add(&out, piece, piece_len);
		if (out.len + strlen(CUT) <= max)
			cut_at = out.len;
	}
	return out.data;
}

const char *escape_foreign(const char *text, size_t max, struct arena *arena)
{
	return escape(text, max, "\\", arena);
}

const char *escape_sentence(const char *text, size_t max, struct arena *arena)
{
	return escape(text, max, "", arena);
}

const char *escape_word(const char *text, size_t max, struct arena *arena)
{
	return escape(text, max, "\\ ", arena);
}
