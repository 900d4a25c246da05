/* Domains that got worse, or better, in the second half of the period. */
#include "base/arena.h"
#include "logbook/html_section.h"
#include "logbook/stamp.h"

enum { CAUSES_TOLD = 3, CAUSE_PERCENT = 10 /* of the messages of its half; fewer are chance */ };

/* The causes that came, or went, with the middle. */
static void print_causes(
	const struct html *html, const struct census *census, const struct change *change, bool came)
{
	uint64_t messages = came ? change->after->messages : change->before->messages;
	int64_t middle = album_middle(html->album);
	size_t told = 0;

	for (size_t i = 0; i < tally_size(census->pairs) && told < CAUSES_TOLD; i++) {
		const struct tally_row *pair = tally_at(census->pairs, i);

		if (pair->at_least || pair->count * 100ULL < messages * CAUSE_PERCENT ||
			!entry_says(span_of(pair_domain(pair)), change->domain) ||
			(came ? pair->first < middle : pair->last >= middle))
			continue;
		html_printf(html, "<small>%s ", came ? "+" : "−");
		html_text(html, span_text(html->arena, pair_cause(pair)), HTML_NAME_SHOWN);
		html_raw(html, "</small>");
		told++;
	}
}

static void print_change(const struct html *html, const struct census *census, const struct change *change)
{
	const struct half *before = change->before, *after = change->after;

	html_raw(html, "<tr><td>");
	html_name(html, change->domain);
	if (after->trouble == 0)
		html_printf(html, "<span class=\"chip\">%s</span>", html_word(html, WORD_FIXED));
	print_causes(html, census, change, true);
	print_causes(html, census, change, false);
	html_printf(html, "</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">",
		percent_of(before->trouble, before->messages, html->arena),
		percent_of(after->trouble, after->messages, html->arena));
	html_count(html, ALBUM_DOMAIN, change->domain, before->messages + after->messages);
	html_raw(html, "</td></tr>\n");
}

static void print_changes(const struct html *html, const struct census *census, bool worse)
{
	struct change changes[OVERVIEW_CHANGES];
	size_t count = changes_of(html->album, worse, changes);

	html_printf(html, "<section class=\"card\">\n<h2>%s</h2>\n",
		html_word(html, worse ? WORD_WORSE : WORD_BETTER));
	if (count == 0) {
		html_printf(html, "<p class=\"dim\">%s</p>\n</section>\n", html_word(html, WORD_NO_CHANGE));
		return;
	}
	html_printf(html,
		"<div class=\"scroll\"><table>\n<tr><th></th><th class=\"n\">%s</th><th class=\"n\">%s</th>"
		"<th class=\"n\">%s</th></tr>\n",
		html_word(html, WORD_BEFORE), html_word(html, WORD_AFTER),
		html_word(html, WORD_MESSAGES_COLUMN));
	for (size_t i = 0; i < count; i++)
		print_change(html, census, &changes[i]);
	html_raw(html, "</table></div>\n</section>\n");
}

void html_changes(const struct html *html, const struct overview *overview)
{
	const struct census *census = overview->census;
	char middle[STAMP_SIZE];

	if (html->album == NULL || census->first == 0)
		return;
	html_raw(html, "<div class=\"two\">\n");
	print_changes(html, census, true);
	print_changes(html, census, false);
	html_printf(html, "</div>\n<p class=\"dim rule\">%s: %s. %s</p>\n", html_word(html, WORD_MIDDLE),
		stamp_minute(album_middle(html->album), middle), html_word(html, WORD_CHANGE_RULE));
}
