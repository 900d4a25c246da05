/* Blocks that somebody may have put into a text: lines at its top or end, at the edges of an HTML
 * page, on lines of their own or between tags. */
#ifndef DIAGNOSE_BODY_BLOCKS_H
#define DIAGNOSE_BODY_BLOCKS_H

#include "base/text.h"

#include <stddef.h>

struct arena;

enum { BLOCKS_MAX = 480 };

struct body_block {
	size_t from, to;
	bool at_top;
};

struct body_blocks {
	struct body_block items[BLOCKS_MAX];
	size_t count;
};

/* The short ones of each kind first. */
void body_blocks_find(struct body_blocks *blocks, struct span text);

/* The letters and figures of a block, without tags: the same in plain text and HTML. */
struct span body_block_words(struct span block, struct arena *arena);

#endif
