/* The messages behind the numbers, a panel for each: shown without a script when its link is followed. */
#include "base/arena.h"
#include "logbook/html_section.h"
#include "logbook/stamp.h"

#include <inttypes.h>
#include <string.h>

enum { QUEUE_ID_SHOWN = 100 };

/* What the page is about: a name of a stranger's, words of ours, or both. */
static void print_title(const struct html *html, const struct album_page *page)
{
	const char *tab = strchr(page->name, '\t');

	switch (page->kind) {
	case ALBUM_ALL:
		html_raw(html, html_word(html, WORD_ALL_MESSAGES));
		break;
	case ALBUM_CAUSED:
		html_raw(html, html_word(html, WORD_WITH_CAUSE));
		break;
	case ALBUM_OUTCOME:
		html_raw(html, outcome_words((enum outcome)(page->name[0] - '0'), html->language));
		break;
	case ALBUM_EXPOSED:
		html_printf(html, "%s · %s",
			exposed_words((enum exposed)(page->name[0] - '0'), html->language),
			action_words((enum census_action)(page->name[2] - '0'), html->language));
		break;
	case ALBUM_PAIR:
		html_name(html, tab != NULL ? tab + 1 : "");
		html_raw(html, " · ");
		html_text(html, arena_copy(html->arena, page->name, strcspn(page->name, "\t")),
			HTML_NAME_SHOWN);
		break;
	default:
		html_name(html, page->name);
	}
	if (page->kind == ALBUM_FAILED || page->kind == ALBUM_CLIENT_FAILED ||
		page->kind == ALBUM_FORWARDER_FAILED)
		html_printf(html, " · %s", html_word(html, WORD_FAIL));
}

static void print_sighting(const struct html *html, const struct sighting *sighting)
{
	char time[STAMP_SIZE] = "";

	html_printf(html, "<tr><td>%s</td><td><code>",
		sighting->time != 0 ? stamp_minute(sighting->time, time) : "");
	html_text(html, sighting->queue_id, QUEUE_ID_SHOWN);
	html_raw(html, "</code></td><td>");
	html_name(html, sighting->domain);
	html_raw(html, "<small>");
	html_text(html, sighting->client, HTML_NAME_SHOWN);
	html_raw(html, "</small></td><td>");
	if (sighting->outcome == OUTCOME_SKIPPED)
		html_raw(html, html_word(html, WORD_SKIPPED));
	else
		html_printf(html, "<i class=\"key o%d\"></i>SPF %s, DKIM %s, DMARC %s",
			(int)sighting->outcome, result_word(sighting->spf), result_word(sighting->dkim),
			result_word(sighting->dmarc));
	html_raw(html, "<small>");
	html_text(html, sighting->cause, HTML_NAME_SHOWN);
	html_printf(html, "</small></td><td>%s</td></tr>\n", action_words(sighting->action, html->language));
}

static void print_page(const struct html *html, const struct album_page *page)
{
	uint64_t all = page->halves[0].messages + page->halves[1].messages;

	html_printf(html,
		"<section class=\"messages\" id=\"m%zu\">\n<a class=\"close\" href=\"#top\">× %s</a>\n<h2>",
		page->number, html_word(html, WORD_CLOSE));
	print_title(html, page);
	html_printf(html, "</h2>\n<p class=\"dim\">%s · %zu / %s</p>\n<div class=\"scroll\"><table>\n",
		html_word(html, WORD_NEWEST), page->sighting_count, grouped(all, html->arena));
	html_printf(html, "<tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>\n",
		html_word(html, WORD_TIME), html_word(html, WORD_QUEUE_ID), html_word(html, WORD_DOMAIN),
		html_word(html, WORD_VERDICTS), html_word(html, WORD_DONE));
	for (size_t i = 0; i < page->sighting_count; i++)
		print_sighting(html, page->sightings[i]);
	html_printf(html,
		"</table></div>\n<p class=\"dim\">%s <code>sekisho log --queue-id …</code></p>\n</section>\n",
		html_word(html, WORD_ONE_MESSAGE));
}

void html_messages(const struct html *html)
{
	for (size_t i = 0; html->album != NULL && i < album_size(html->album); i++)
		if (album_at(html->album, i)->shown)
			print_page(html, album_at(html->album, i));
}
