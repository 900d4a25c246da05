/* Why mail fails, and who must act. */
#include "base/arena.h"
#include "diagnose/fix_layout.h"
#include "logbook/html_section.h"
#include "logbook/stamp.h"
#include "logbook/translation.h"

#include <string.h>

enum { TEXT_SHOWN = 1300 };

static void print_domains_of(const struct html *html, const struct census *census, const char *code)
{
	const struct tally_row *pairs[OVERVIEW_DOMAINS_OF_CAUSE];
	size_t shown = census_pairs_of_cause(census, code, pairs, OVERVIEW_DOMAINS_OF_CAUSE);
	size_t all = census_domain_count(census, code);

	for (size_t i = 0; i < shown; i++) {
		html_raw(html, i > 0 ? ", " : " · ");
		html_name(html, pair_domain(pairs[i]));
		html_raw(html, " ");
		html_count(html, ALBUM_PAIR, pairs[i]->key, pairs[i]->count);
	}
	if (all > shown)
		html_printf(html, ", +%s", grouped(all - shown, html->arena));
}

static const char *sentence_of(
	const struct html *html, const struct census *census, const struct tally_row *cause)
{
	const struct tally_row *pair;
	const char *text = cause->note;

	if (census_pairs_of_cause(census, cause->key, &pair, 1) == 1 && pair->note[0] != '\0')
		text = pair->note;
	return sentence_in(html->language, cause->key, text, html->arena);
}

static void print_fix(const struct html *html, const struct tally_row *cause)
{
	const char *lines;

	if (cause->more[0] == '\0')
		return;
	html_printf(html, "<details><summary>%s</summary><pre>", html_word(html, WORD_WHAT_TO_DO));
	/* line by line: what a stranger wrote cannot break lines */
	for (lines = fix_layout(
		     fix_in(html->language, cause->key, cause->more, html->arena), "", html->arena);
		*lines != '\0';) {
		size_t len = strcspn(lines, "\n");

		html_text(html, arena_copy(html->arena, lines, len), TEXT_SHOWN);
		html_raw(html, "\n");
		lines += len + (lines[len] == '\n');
	}
	html_raw(html, "</pre></details>\n");
}

static void print_cause(const struct html *html, const struct census *census, const struct tally_row *cause)
{
	const struct cause_row *row = cause_row(cause_of_code(cause->key));
	bool ours = strcmp(row->act, "rx") == 0 || strcmp(row->act, "us") == 0;
	char first[STAMP_SIZE], last[STAMP_SIZE];

	html_raw(html, "<div class=\"cause\">\n<div class=\"count\">");
	html_count(html, ALBUM_CAUSE, cause->key, cause->count);
	html_printf(html, "<small>%s</small></div>\n<div><code>",
		percent_of(cause->count, census->records, html->arena));
	html_text(html, cause->key, HTML_NAME_SHOWN);
	html_raw(html, "</code>");
	if (row->code[0] != '\0')
		html_printf(html, "<span class=\"chip%s\">→ %s</span>", ours ? " own" : "",
			cause_actor_name(row->act, html->language));
	html_raw(html, "\n<p>");
	html_text(html, sentence_of(html, census, cause), TEXT_SHOWN);
	html_raw(html, "</p>\n<div class=\"dim\">");
	if (cause->first != 0)
		html_printf(
			html, "%s – %s", stamp_minute(cause->first, first), stamp_minute(cause->last, last));
	print_domains_of(html, census, cause->key);
	html_raw(html, "</div>\n");
	print_fix(html, cause);
	html_raw(html, "</div>\n</div>\n");
}

void html_causes(const struct html *html, const struct overview *overview)
{
	const struct census *census = overview->census;

	html_printf(html, "<section class=\"card\">\n<h2>%s</h2>\n", html_word(html, WORD_WHY));
	if (overview->cause_count == 0)
		html_printf(html, "<p>%s</p>\n", html_word(html, WORD_NO_CAUSES));
	for (size_t i = 0; i < overview->cause_count; i++)
		print_cause(html, census, overview->causes[i]);
	html_more(html, tally_size(census->causes), overview->cause_count);
	html_raw(html, "</section>\n");
}
