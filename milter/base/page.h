/* Text broken into lines for people: comments, or the source of a manual page (mdoc). */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include "base/buf.h"

#include <stdbool.h>

enum { PAGE_WIDTH = 78 };

struct page {
	struct buf out;
	const char *prefix;    /* of each line */
	bool sentence_by_line; /* as mdoc wants it */
	bool is_roff;          /* escapes what roff would take for a request */
};

/* One paragraph, filled, with a line end behind it. */
void page_text(struct page *page, const char *text);

#endif
