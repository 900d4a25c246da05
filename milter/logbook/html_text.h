/* Text for a page: a stranger's text can end neither an element nor an attribute, and shows no tricks. */
#ifndef LOGBOOK_HTML_TEXT_H
#define LOGBOOK_HTML_TEXT_H

#include "logbook/album.h"
#include "logbook/words.h"

#include <stddef.h>
#include <stdio.h>

struct arena;

/* Where the page goes. */
struct html {
	FILE *file;
	enum language language;
	struct arena *arena;
	struct album *album; /* of the messages behind the numbers; NULL: numbers lead nowhere */
};

/* At most so many characters, with & < > " ' escaped and controls made visible. */
void html_text(const struct html *html, const char *text, size_t max);

/* A number that leads to its messages, when the album has them: the page is shown then. */
void html_count(const struct html *html, enum album_kind kind, const char *name, uint64_t count);

/* What our markup is around a number that leads somewhere; false, and nothing, when it leads nowhere. */
bool html_link_begin(const struct html *html, enum album_kind kind, const char *name);
void html_link_end(const struct html *html);

const char *html_word(const struct html *html, enum word word);

/* Our own markup, as it is. */
void html_raw(const struct html *html, const char *markup);
void html_printf(const struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
