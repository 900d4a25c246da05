#include "base/page.h"

#include "base/text.h"

#include <string.h>

static void add_char(struct page *page, char c, bool at_start)
{
	if (page->is_roff && at_start && (c == '.' || c == '\''))
		buf_text(&page->out, "\\&");
	if (page->is_roff && c == '\\')
		buf_text(&page->out, "\\e");
	else
		buf_char(&page->out, c);
}

static bool ends_sentence(const char *word, size_t len)
{
	return word[len - 1] == '.' && text_is_blank(word[len]) &&
	       text_upper_char(word[len + 1]) == word[len + 1];
}

void page_text(struct page *page, const char *text)
{
	size_t column = 0, prefix = strlen(page->prefix);

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		bool fresh = column == 0;

		if (!fresh && prefix + column + 1 + len > PAGE_WIDTH) {
			buf_char(&page->out, '\n');
			fresh = true;
		}
		buf_text(&page->out, fresh ? page->prefix : " ");
		for (size_t i = 0; i < len; i++)
			add_char(page, text[i], fresh && i == 0);
		column = fresh ? len : column + 1 + len;
		if (page->sentence_by_line && text[len] != '\0' && ends_sentence(text, len)) {
			buf_char(&page->out, '\n');
			column = 0;
		}
		text += len + strspn(text + len, " ");
	}
	buf_char(&page->out, '\n');
}
