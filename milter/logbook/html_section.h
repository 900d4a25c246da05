/* The sections of the page, each in its file. */
#ifndef LOGBOOK_HTML_SECTION_H
#define LOGBOOK_HTML_SECTION_H

#include "logbook/html_text.h"
#include "logbook/overview.h"

enum { HTML_NAME_SHOWN = 253 };

void html_causes(const struct html *html, const struct overview *overview);
void html_parties(const struct html *html, const struct overview *overview);
void html_forwarders(const struct html *html, const struct overview *overview);
void html_exposure(const struct html *html, const struct census *census);
void html_changes(const struct html *html, const struct overview *overview);

/* The messages that numbers lead to: those whose pages were shown so far. */
void html_messages(const struct html *html);

/* A name of a stranger's; words of ours for the empty one. */
void html_name(const struct html *html, const char *name);

/* How many more there are than are shown. */
void html_more(const struct html *html, size_t all, size_t shown);

#endif
