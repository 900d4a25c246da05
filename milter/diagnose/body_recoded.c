#include "diagnose/body_recoded.h"

#include "base/arena.h"
#include "diagnose/body_blocks.h"
#include "message/mime.h"

#include <string.h>

enum { TEXTS_MAX = 4, TEXT_SHOWN = 100, PAIRS_MAX = 60 };

struct search {
	const struct body_texts *texts;
	const struct recoded_visitor *visitor;
	struct arena *arena;
	struct body_blocks blocks[TEXTS_MAX];
	struct span (*words)[BLOCKS_MAX];
	size_t count; /* texts looked at */
	struct body_variant found;
	const char *shown;
	bool over; /* the visitor wants no more */
};

static struct span block_text(const struct search *search, size_t item, const struct body_block *block)
{
	return (struct span){search->texts->items[item].decoded.at + block->from, block->to - block->from};
}

static const char *first_line(struct span text, struct arena *arena)
{
	size_t len = 0;

	text = span_trim(text);
	while (len < text.len && len < TEXT_SHOWN && text.at[len] != '\r' && text.at[len] != '\n')
		len++;
	return span_text(arena, (struct span){text.at, len});
}

static size_t lines_of(struct span text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.at[i] == '\n';
	return lines > 0 ? lines : 1;
}

static enum body_change_kind kind_of(const struct search *search, size_t item, const struct body_block *block)
{
	bool edge = block->from == 0 || block->to == search->texts->items[item].decoded.len;

	if (!edge || search->texts->multipart)
		return block->at_top ? BODY_BANNER : BODY_INSERTED;
	return block->at_top ? BODY_BANNER : BODY_FOOTER;
}

static struct span without(const struct search *search, size_t item, const struct body_block *block)
{
	struct span decoded = search->texts->items[item].decoded;
	struct buf out = buf_in(search->arena);

	buf_add(&out, decoded.at, block->from);
	buf_add(&out, decoded.at + block->to, decoded.len - block->to);
	return (struct span){out.data, out.len};
}

static bool visit(struct search *search, const struct span *replacements, enum body_encoding encoding,
	size_t item, const struct body_block *block)
{
	struct span gone = block_text(search, item, block);
	struct arena_mark mark = arena_mark(search->arena);
	struct body_variant variant = body_variant_none();

	variant.kind = kind_of(search, item, block);
	variant.count = lines_of(gone);
	variant.body = body_texts_with(search->texts, replacements, encoding, search->arena);
	if (search->visitor->fits(search->visitor->context, &variant)) {
		search->over = true;
		search->found = variant;
		search->shown = first_line(gone, search->arena);
	} else {
		arena_rewind(search->arena, mark);
	}
	return search->over;
}

/* Only quoted-printable is written in several ways. */
static const enum body_encoding manners[] = {ENCODING_QP_LITERAL, ENCODING_QP_ALWAYS, ENCODING_QP_NEVER};

static size_t manners_of(const struct search *search, size_t item)
{
	return body_encoding_is(ENCODING_QP_LITERAL, search->texts->items[item].part->encoding)
		       ? sizeof manners / sizeof manners[0]
		       : 1;
}

static void one_block(struct search *search, size_t item)
{
	struct span replacements[TEXTS_MAX] = {{NULL, 0}};
	size_t manner_count = manners_of(search, item);

	for (size_t i = 0; i < search->blocks[item].count; i++) {
		const struct body_block *block = &search->blocks[item].items[i];
		struct arena_mark mark = arena_mark(search->arena);

		replacements[item] = without(search, item, block);
		for (size_t manner = 0; manner < manner_count; manner++)
			if (visit(search, replacements, manners[manner], item, block))
				return;
		arena_rewind(search->arena, mark);
	}
}

static bool same_words(struct span a, struct span b)
{
	return a.len > 0 && a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* The same words put into two parts: a disclaimer in plain text and in HTML. */
static void two_blocks(struct search *search, size_t first, size_t second)
{
	struct span replacements[TEXTS_MAX] = {{NULL, 0}};
	size_t pairs = PAIRS_MAX;

	for (size_t i = 0; i < search->blocks[first].count; i++)
		for (size_t j = 0; j < search->blocks[second].count && pairs > 0; j++) {
			const struct body_block *a = &search->blocks[first].items[i],
						*b = &search->blocks[second].items[j];
			struct arena_mark mark = arena_mark(search->arena);

			if (!same_words(search->words[first][i], search->words[second][j]))
				continue;
			pairs--;
			replacements[first] = without(search, first, a);
			replacements[second] = without(search, second, b);
			for (size_t manner = 0; manner < manners_of(search, second); manner++)
				if (visit(search, replacements, manners[manner], first, a))
					return;
			arena_rewind(search->arena, mark);
		}
}

static void begin(struct search *search)
{
	search->count = search->texts->count < TEXTS_MAX ? search->texts->count : TEXTS_MAX;
	search->words = arena_array(search->arena, TEXTS_MAX, sizeof *search->words);
	for (size_t i = 0; i < search->count; i++) {
		body_blocks_find(&search->blocks[i], search->texts->items[i].decoded);
		for (size_t j = 0; j < search->blocks[i].count; j++)
			search->words[i][j] = body_block_words(
				block_text(search, i, &search->blocks[i].items[j]), search->arena);
	}
}

struct body_variant body_recoded_find(const struct body_texts *texts, const struct recoded_visitor *visitor,
	const char **text, struct arena *arena)
{
	struct search *search = arena_alloc(arena, sizeof *search);

	search->texts = texts;
	search->visitor = visitor;
	search->arena = arena;
	search->found = body_variant_none();
	if (texts->count > TEXTS_MAX)
		return search->found;
	begin(search);
	for (size_t i = 0; i < search->count && !search->over; i++)
		for (size_t j = i + 1; j < search->count && !search->over; j++)
			two_blocks(search, i, j);
	for (size_t i = 0; i < search->count && !search->over; i++)
		one_block(search, i);
	*text = search->shown;
	return search->found;
}
