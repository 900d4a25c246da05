#include "settings/sample.h"

#include "base/buf.h"
#include "base/page.h"
#include "settings/options.h"

#include <string.h>

static const char introduction[] =
	"# Configuration of sekisho, a milter that verifies incoming mail and says what\n"
	"# is wrong with it. Every option is here, behind a \"#\", at its default: take\n"
	"# the \"#\" away to change it.\n"
	"#\n"
	"#     name = value       needs no quotes; a \"#\" behind a blank begins a comment\n"
	"#     name = one, two    a list, instead of the default\n"
	"#     name += three      adds to the list\n"
	"#\n"
	"# \"sekishod -t\" checks this file, \"sekisho config --changed\" shows what differs\n"
	"# from the defaults, sekisho.conf(5) explains more.\n";

static void add_words(struct buf *out, const char *words, const char *between)
{
	for (int i = 0; option_word(words, i).len > 0; i++) {
		buf_text(out, i > 0 ? between : "");
		buf_add(out, option_word(words, i).at, option_word(words, i).len);
	}
}

/* The help and what is allowed, as sentences. */
static const char *explanation(const struct option_row *row, struct arena *arena)
{
	struct buf text = buf_in(arena);

	buf_text(&text, row->help);
	if (row->kind == OPTION_NUMBER)
		buf_printf(&text, " From %ld to %ld.", row->least, row->most);
	if (row->kind == OPTION_CHOICE) {
		buf_text(&text, " One of: ");
		add_words(&text, row->words, ", ");
		buf_char(&text, '.');
	}
	return text.data;
}

static void add_sample(struct page *page, const struct option_row *row)
{
	buf_char(&page->out, '\n');
	if (row->kind == OPTION_SECTION) {
		buf_printf(&page->out, "\n# ---- %s ", row->name);
		for (size_t i = strlen(row->name); i < PAGE_WIDTH - 8; i++)
			buf_char(&page->out, '-');
		buf_char(&page->out, '\n');
		return;
	}
	page_text(page, explanation(row, page->out.arena));
	buf_printf(&page->out, *row->initial == '\0' ? "#%s =\n" : "#%s = %s\n", row->name, row->initial);
}

const char *settings_sample(struct arena *arena)
{
	struct page page = {.out = buf_in(arena), .prefix = "# "};

	buf_text(&page.out, introduction);
	for (size_t i = 0; i < option_count; i++)
		add_sample(&page, &option_rows[i]);
	return page.out.data;
}

static const char *value_word(const struct option_row *row)
{
	static const char *const words[] = {
		[SHAPE_NONE] = "text",
		[SHAPE_TOKEN] = "name",
		[SHAPE_PATH] = "path",
		[SHAPE_SOCKET] = "socket",
		[SHAPE_MODE] = "mode",
		[SHAPE_ACCOUNT] = "name",
		[SHAPE_URL] = "url",
		[SHAPE_DOMAIN] = "domain",
		[SHAPE_RESOLVER] = "address",
		[SHAPE_TEXT] = "words",
		[SHAPE_ADDRESS] = "address",
		[SHAPE_STORE] = "store",
		[SHAPE_OVERRIDE] = "rule",
	};

	if (row->kind == OPTION_NUMBER)
		return "number";
	return row->kind == OPTION_NETWORKS ? "network" : words[row->shape];
}

static void add_item(struct page *page, const struct option_row *row)
{
	buf_printf(&page->out, ".It Ic %s No = ", row->name);
	if (row->kind == OPTION_FLAG) {
		buf_text(&page->out, "Cm yes | no");
	} else if (row->kind == OPTION_CHOICE) {
		buf_text(&page->out, "Cm ");
		add_words(&page->out, row->words, " | ");
	} else {
		buf_printf(&page->out, "Ar %s%s", value_word(row), option_is_list(row) ? " , ..." : "");
	}
	buf_char(&page->out, '\n');
	page_text(page, row->help);
	if (row->kind == OPTION_NUMBER)
		buf_printf(&page->out, "From %ld to %ld.\n", row->least, row->most);
	if (row->initial[0] != '\0')
		buf_printf(&page->out, "Default: %s.\n", row->initial);
	else
		buf_text(&page->out, "Default: empty.\n");
}

const char *settings_manual(struct arena *arena)
{
	struct page page = {.out = buf_in(arena), .prefix = "", .sentence_by_line = true, .is_roff = true};

	for (size_t i = 0; i < option_count; i++) {
		if (option_rows[i].kind != OPTION_SECTION) {
			add_item(&page, &option_rows[i]);
			continue;
		}
		buf_text(&page.out, i == 0 ? "" : ".El\n");
		buf_printf(&page.out, ".Ss %s\n.Bl -tag -width Ds\n", option_rows[i].name);
	}
	buf_text(&page.out, ".El\n");
	return page.out.data;
}
