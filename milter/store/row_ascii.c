#include "store/row_ascii.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "store/row.h"

#include <stdbool.h>
#include <string.h>

enum { BEYOND = 0x10000, HIGH_HALF = 0xd800, LOW_HALF = 0xdc00, HALF_BITS = 10, HALF_MASK = 0x3ff };

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static void add_octets(struct buf *out, const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "\\x%02x", (unsigned char)octets[i]);
}

/* RFC 8259 section 7: what does not fit into four digits is a pair of halves. */
static void add_json(struct buf *out, uint32_t code)
{
	if (code >= BEYOND) {
		buf_printf(out, "\\u%04x", HIGH_HALF + ((code - BEYOND) >> HALF_BITS));
		code = LOW_HALF + ((code - BEYOND) & HALF_MASK);
	}
	buf_printf(out, "\\u%04x", code);
}

static const char *in_ascii(const char *text, bool is_json, struct arena *arena)
{
	struct buf out = buf_in(arena);

	while (*text != '\0') {
		uint32_t code = 0;
		size_t len = utf8_length(text, strnlen(text, 4), &code);

		if ((unsigned char)*text < 0x80)
			buf_char(&out, *text);
		else if (is_json && len > 0)
			add_json(&out, code);
		else
			add_octets(&out, text, len > 0 ? len : 1);
		text += len > 0 ? len : 1;
	}
	return out.data;
}

const char *text_in_ascii(const char *text, struct arena *arena)
{
	return in_ascii(text, false, arena);
}

struct row row_in_ascii(const struct row *row, struct arena *arena)
{
	struct row copy = *row;

	for (size_t i = 0; i < column_count; i++) {
		const char **text = (const char **)((char *)&copy + columns[i].offset);

		if (columns[i].kind == COLUMN_TEXT && !is_ascii(*text))
			*text = in_ascii(*text, text == &copy.record, arena);
	}
	return copy;
}
