#include "logbook/html_text.h"

#include "base/arena.h"
#include "diagnose/sentence.h"

#include <stdarg.h>

void html_text(const struct html *html, const char *text, size_t max)
{
	for (const char *at = sentence_quote(text, max, html->arena); *at != '\0'; at++)
		switch (*at) {
		case '&':
			html_raw(html, "&amp;");
			break;
		case '<':
			html_raw(html, "&lt;");
			break;
		case '>':
			html_raw(html, "&gt;");
			break;
		case '"':
			html_raw(html, "&quot;");
			break;
		case '\'':
			html_raw(html, "&#39;");
			break;
		default:
			(void)fputc(*at, html->file);
		}
}

bool html_link_begin(const struct html *html, enum album_kind kind, const char *name)
{
	struct album_page *page = html->album != NULL ? album_find(html->album, kind, name) : NULL;

	if (page == NULL || page->sighting_count == 0)
		return false;
	page->shown = true;
	html_printf(html, "<a href=\"#m%zu\">", page->number);
	return true;
}

void html_link_end(const struct html *html)
{
	html_raw(html, "</a>");
}

void html_count(const struct html *html, enum album_kind kind, const char *name, uint64_t count)
{
	bool leads = count > 0 && html_link_begin(html, kind, name);

	html_raw(html, grouped(count, html->arena));
	if (leads)
		html_link_end(html);
}

const char *html_word(const struct html *html, enum word word)
{
	return word_of(word, html->language);
}

void html_raw(const struct html *html, const char *markup)
{
	(void)fputs(markup, html->file);
}

void html_printf(const struct html *html, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vfprintf(html->file, format, args);
	va_end(args);
}
