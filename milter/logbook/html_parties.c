/* Who sent mail that fails, who passed mail on, and what of it reached the users: tables. */
#include "base/arena.h"
#include "logbook/chart.h"
#include "logbook/html_section.h"

#include <stdio.h>

/* What the rows of a table are. */
struct table {
	const struct tally_row *const *rows;
	size_t count;
	const struct tally *tally;
	enum album_kind kind, failed; /* of all, of those that fail DMARC */
	enum word title;
};

/* Under the name: the main cause of a domain, the name of a client, the cause and a host of a forwarder. */
static void print_under(const struct html *html, const struct census *census, const struct table *table,
	const struct tally_row *row)
{
	const struct tally_row *pair;

	html_raw(html, "<small>");
	if (table->kind != ALBUM_DOMAIN)
		html_text(html, row->note, HTML_NAME_SHOWN);
	else if (census_pairs_of_domain(census, row->key, &pair, 1) == 1)
		html_text(html, span_text(html->arena, pair_cause(pair)), HTML_NAME_SHOWN);
	if (table->kind == ALBUM_FORWARDER && row->more[0] != '\0') {
		html_raw(html, row->note[0] != '\0' ? " · " : "");
		html_text(html, row->more, HTML_NAME_SHOWN);
	}
	html_raw(html, "</small>");
}

static void print_party(const struct html *html, const struct census *census, const struct table *table,
	const struct tally_row *row)
{
	html_raw(html, "<tr><td>");
	html_name(html, row->key);
	print_under(html, census, table, row);
	html_printf(html, "</td><td class=\"n\">%s", row->at_least ? "≥" : "");
	html_count(html, table->kind, row->key, row->count);
	html_raw(html, "</td><td class=\"n\">");
	html_count(html, table->failed, row->key, row->outcomes[OUTCOME_FAIL]);
	html_raw(html, "</td><td class=\"bar\">");
	chart_small(html, row->outcomes[OUTCOME_FAIL], row->count, OUTCOME_FAIL);
	html_raw(html, "</td></tr>\n");
}

static void print_table(const struct html *html, const struct census *census, const struct table *table)
{
	html_printf(html,
		"<section class=\"card\">\n<h2>%s</h2>\n<div class=\"scroll\"><table>\n<tr><th></th>"
		"<th class=\"n\">%s</th><th class=\"n\">%s</th><th></th></tr>\n",
		html_word(html, table->title), html_word(html, WORD_MESSAGES_COLUMN),
		html_word(html, WORD_FAIL));
	for (size_t i = 0; i < table->count; i++)
		print_party(html, census, table, table->rows[i]);
	html_raw(html, "</table></div>\n");
	html_more(html, tally_size(table->tally), table->count);
	html_raw(html, "</section>\n");
}

void html_parties(const struct html *html, const struct overview *overview)
{
	const struct census *census = overview->census;
	const struct table domains = {overview->domains, overview->domain_count, census->domains,
		ALBUM_DOMAIN, ALBUM_FAILED, WORD_FROM_DOMAINS};
	const struct table clients = {overview->clients, overview->client_count, census->clients,
		ALBUM_CLIENT, ALBUM_CLIENT_FAILED, WORD_FROM_CLIENTS};

	html_raw(html, "<div class=\"two\">\n");
	print_table(html, census, &domains);
	print_table(html, census, &clients);
	html_raw(html, "</div>\n");
}

void html_forwarders(const struct html *html, const struct overview *overview)
{
	const struct census *census = overview->census;
	const struct table forwarders = {overview->forwarders, overview->forwarder_count, census->forwarders,
		ALBUM_FORWARDER, ALBUM_FORWARDER_FAILED, WORD_FORWARDERS};

	if (overview->forwarder_count > 0)
		print_table(html, census, &forwarders);
}

/* The colour of its outcome. */
static enum outcome outcome_like(enum exposed exposed)
{
	static const enum outcome outcomes[EXPOSED_COUNT] = {
		[EXPOSED_GOOD] = OUTCOME_GOOD,
		[EXPOSED_WEAK] = OUTCOME_WEAK,
		[EXPOSED_UNDECIDED] = OUTCOME_UNDECIDED,
		[EXPOSED_FAIL_NONE] = OUTCOME_FAIL,
		[EXPOSED_FAIL_QUARANTINE] = OUTCOME_FAIL,
		[EXPOSED_FAIL_REJECT] = OUTCOME_FAIL,
		[EXPOSED_SKIPPED] = OUTCOME_SKIPPED,
	};

	return outcomes[exposed];
}

static void print_exposed(const struct html *html, const struct exposure *exposure, enum exposed exposed)
{
	uint64_t all = 0;
	char name[40];

	for (int action = 0; action < DONE_COUNT; action++)
		all += exposure->messages[exposed][action];
	if (all == 0)
		return;
	html_printf(html, "<tr><td><i class=\"key o%d\"></i>%s</td>", (int)outcome_like(exposed),
		exposed_words(exposed, html->language));
	for (int action = 0; action < DONE_COUNT; action++) {
		(void)snprintf(name, sizeof name, "%d %d", (int)exposed, action);
		html_raw(html, "<td class=\"n\">");
		html_count(html, ALBUM_EXPOSED, name, exposure->messages[exposed][action]);
		html_raw(html, "</td>");
	}
	html_printf(html, "<td class=\"n\">%s</td></tr>\n", grouped(exposure->reached[exposed], html->arena));
}

void html_exposure(const struct html *html, const struct census *census)
{
	html_printf(html,
		"<section class=\"card\">\n<h2>%s</h2>\n<div class=\"scroll\"><table>\n<tr><th></th>",
		html_word(html, WORD_EXPOSURE));
	for (int action = 0; action < DONE_COUNT; action++)
		html_printf(html, "<th class=\"n\">%s</th>",
			action_words((enum census_action)action, html->language));
	html_printf(html, "<th class=\"n\">%s</th></tr>\n", html_word(html, WORD_REACHED));
	for (int exposed = 0; exposed < EXPOSED_COUNT; exposed++)
		print_exposed(html, &census->exposure, (enum exposed)exposed);
	html_raw(html, "</table></div>\n</section>\n");
}
