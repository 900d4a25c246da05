#include "logbook/html_text.h"

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
