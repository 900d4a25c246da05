/* Text for a page: a stranger's text can end neither an element nor an attribute, and shows no tricks. */
#ifndef LOGBOOK_HTML_TEXT_H
#define LOGBOOK_HTML_TEXT_H

#include "diagnose/diagnosis.h"

#include <stddef.h>
#include <stdio.h>

struct arena;

/* Where the page goes. */
struct html {
	FILE *file;
	enum language language;
	struct arena *arena;
};

/* At most so many characters, with & < > " ' escaped and controls made visible. */
void html_text(const struct html *html, const char *text, size_t max);

/* Our own markup, as it is. */
void html_raw(const struct html *html, const char *markup);
void html_printf(const struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
