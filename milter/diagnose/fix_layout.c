#include "diagnose/fix_layout.h"

#include "base/buf.h"
#include <stdbool.h>
#include <string.h>

static size_t word_length(const char *text)
{
	return strcspn(text, " ");
}

static const char *next_word(const char *text)
{
	text += word_length(text);
	return text + (*text == ' ');
}

static size_t quoted_length(const char *text)
{
	size_t len = 1;

	while (text[len] != '\0' && text[len] != '"')
		len += text[len] == '\\' && text[len + 1] != '\0' ? 2 : 1;
	return text[len] == '"' ? len + 1 : len;
}

/* The length of 'NAME. TXT "…" "…"' or 'NAME. CNAME NAME.'; 0 when the text is something else. */
static size_t record_length(const char *text)
{
	static const char *const types[] = {"TXT ", "CNAME ", "MX ", "A ", "AAAA "};
	size_t name = word_length(text), len = 0;
	const char *data = next_word(text);

	for (size_t i = 0; name > 1 && text[name - 1] == '.' && i < sizeof types / sizeof types[0]; i++)
		if (strncmp(data, types[i], strlen(types[i])) == 0)
			len = (size_t)(data - text) + strlen(types[i]);
	if (len == 0)
		return 0;
	if (strncmp(data, "MX ", 3) == 0)
		len = (size_t)(next_word(text + len) - text);
	if (text[len] != '"')
		return len + word_length(text + len);
	len += quoted_length(text + len);
	while (strncmp(text + len, " \"", 2) == 0)
		len += 1 + quoted_length(text + len + 1);
	return len;
}

/* The length of the bracket with a second variant of a record; 0 when the text is something else. */
static size_t variant_length(const char *text)
{
	static const char *const openings[][2] = {{"(if the panel takes ", ")"}, {"（127文字までの", "）"}};

	for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
		size_t len = strlen(openings[i][0]);

		if (strncmp(text, openings[i][0], len) != 0)
			continue;
		while (text[len] != '\0' && strncmp(text + len, openings[i][1], strlen(openings[i][1])) != 0)
			len += text[len] == '"' ? quoted_length(text + len) : 1;
		return text[len] == '\0' ? len : len + strlen(openings[i][1]);
	}
	return 0;
}

static bool ends_sentence(const struct buf *out)
{
	return out->len > 0 && out->data[out->len - 1] == '.';
}

static void add_piece(struct buf *out, const char *piece, size_t len, const char *before)
{
	if (out->len > 0)
		buf_text(out, before);
	buf_add(out, piece, len);
}

const char *fix_layout(const char *fix, const char *indent, struct arena *arena)
{
	struct buf out = buf_in(arena), break_line = buf_in(arena);
	bool behind_block = false;

	buf_printf(&break_line, "\n%s", indent);
	while (*fix != '\0') {
		bool blank = *fix == ' ', breaks = behind_block;
		size_t block;

		/* nothing sticks to what is to be copied */
		fix += behind_block ? strspn(fix, " .,;:") : strspn(fix, " ");
		if (behind_block && strncmp(fix, "。", strlen("。")) == 0)
			fix += strlen("。");
		if (*fix == '\0')
			break;
		block = record_length(fix);
		if (block == 0)
			block = variant_length(fix);
		breaks = breaks || block > 0 || (blank && ends_sentence(&out) && *fix >= 'A' && *fix <= 'Z');
		behind_block = block > 0;
		if (block == 0)
			block = *fix == '"' ? quoted_length(fix) : strcspn(fix, " \"");
		add_piece(&out, fix, block, breaks ? break_line.data : blank ? " " : "");
		fix += block;
	}
	return out.data;
}
