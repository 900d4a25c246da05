#include "report/escape.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define CUT "..."

/* extra: octets that are escaped besides what must be. */
static const char *escape(const char *text, size_t max, const char *extra, struct arena *arena)
{
	struct buf out = buf_in(arena);
	size_t len = strlen(text), step, cut_at = 0;

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
