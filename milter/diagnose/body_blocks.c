#include "diagnose/body_blocks.h"

#include "base/buf.h"

#include <string.h>

/* Blocks at the end of a text, at its top, before and behind the edge of a page. */
enum { LINES_TRIED = 40, TAGS_TRIED = 60, WORDS_MAX = 400, WORDS_FROM = 4000 };

static void add_block(struct body_blocks *blocks, size_t from, size_t to, bool at_top)
{
	if (blocks->count < BLOCKS_MAX && from < to)
		blocks->items[blocks->count++] = (struct body_block){from, to, at_top};
}

/* Blocks that end there and begin at a line; then those that begin at a tag. */
static void blocks_before(struct body_blocks *blocks, struct span text, size_t end)
{
	size_t lines = 0, tags = 0;

	for (size_t at = end; at-- > 0 && lines < LINES_TRIED;) {
		if (at > 0 && text.at[at - 1] != '\n')
			continue;
		lines++;
		if (at > 0)
			add_block(blocks, at, end, false);
		/* Where the text ends without a line end, the one before it was added too. */
		if (end == text.len && at > 1 && text.at[at - 2] == '\r')
			add_block(blocks, at - 2, end, false);
	}
	for (size_t at = end; at-- > 0 && tags < TAGS_TRIED;) {
		if (text.at[at] != '<' || (at > 0 && text.at[at - 1] == '\n'))
			continue;
		tags++;
		add_block(blocks, at, end, false);
	}
}

static void blocks_behind(struct body_blocks *blocks, struct span text, size_t start)
{
	size_t lines = 0, tags = 0;

	for (size_t at = start; at < text.len && lines < LINES_TRIED; at++) {
		if (text.at[at] != '\n')
			continue;
		lines++;
		if (at + 1 < text.len)
			add_block(blocks, start, at + 1, true);
	}
	for (size_t at = start; at + 1 < text.len && tags < TAGS_TRIED; at++) {
		if (text.at[at] != '>')
			continue;
		tags++;
		add_block(blocks, start, at + 1, true);
	}
}

static size_t start_of_line(struct span text, size_t at)
{
	while (at > 0 && text.at[at - 1] != '\n')
		at--;
	return at;
}

void body_blocks_find(struct body_blocks *blocks, struct span text)
{
	const char *page = text_find(text.at, text.len, "<body"), *close;

	blocks->count = 0;
	blocks_before(blocks, text, text.len);
	close = text_find(text.at, text.len, "</body");
	if (close == NULL)
		close = text_find(text.at, text.len, "</html");
	if (close != NULL) {
		size_t edge = (size_t)(close - text.at);

		blocks_before(blocks, text, edge);
		if (start_of_line(text, edge) < edge)
			blocks_before(blocks, text, start_of_line(text, edge));
	}
	if (page != NULL) {
		const char *end = memchr(page, '>', text.len - (size_t)(page - text.at));
		size_t edge = end == NULL ? text.len : (size_t)(end - text.at) + 1;

		blocks_behind(blocks, text, edge);
		if (edge + 2 < text.len && text.at[edge] == '\r')
			blocks_behind(blocks, text, edge + 2);
	}
	blocks_behind(blocks, text, 0);
}

struct span body_block_words(struct span block, struct arena *arena)
{
	struct buf out = buf_in(arena);
	bool tag = false;

	for (size_t i = 0; i < block.len && i < WORDS_FROM && out.len < WORDS_MAX; i++) {
		char c = block.at[i];

		if (c == '<' || c == '>')
			tag = c == '<';
		else if (!tag && (text_is_alnum(c) || (unsigned char)c >= 0x80))
			buf_char(&out, c);
	}
	return (struct span){out.data, out.len};
}
