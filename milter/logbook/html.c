#include "logbook/html.h"

#include "base/arena.h"
#include "diagnose/fix_layout.h"
#include "logbook/chart.h"
#include "logbook/html_style.h"
#include "logbook/html_text.h"
#include "logbook/stamp.h"
#include "logbook/translation.h"
#include "logbook/words.h"

#include <string.h>

enum {
	CAUSES_SHOWN = 12,
	PARTIES_SHOWN = 15,
	DOMAINS_OF_CAUSE = 4,
	NAME_SHOWN = 253,
	TEXT_SHOWN = 1300,
};

static const char *say(const struct html *html, enum word word)
{
	return word_of(word, html->language);
}

static void print_head(const struct html *html, const struct census *census, const struct html_facts *facts)
{
	char first[STAMP_SIZE], last[STAMP_SIZE];

	html_printf(html,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'unsafe-inline'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s – ",
		html->language == LANGUAGE_JA ? "ja" : "en", say(html, WORD_PAGE_TITLE));
	html_text(html, facts->receiver, NAME_SHOWN);
	html_printf(html, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>%s – ", html_style,
		say(html, WORD_PAGE_TITLE));
	html_text(html, facts->receiver, NAME_SHOWN);
	html_raw(html, "</h1>\n<p class=\"about\">");
	if (census->first != 0)
		html_printf(html, "%s – %s", stamp_minute(census->first, first),
			stamp_minute(census->last, last));
	if (census->filter.domain[0] != '\0') {
		html_raw(html, " · ");
		html_text(html, census->filter.domain, NAME_SHOWN);
	}
	if (census->filter.cause[0] != '\0')
		html_printf(html, " · %s", census->filter.cause);
	html_raw(html, " · ");
	html_text(html, facts->source, NAME_SHOWN);
	html_raw(html, "</p>\n");
}

static void print_figure(
	const struct html *html, const char *class, uint64_t count, uint64_t all, const char *label)
{
	html_printf(html, "<div class=\"figure %s\"><b>%s</b><span>%s", class, grouped(count, html->arena),
		label);
	if (all > 0)
		html_printf(html, " · %s", percent_of(count, all, html->arena));
	html_raw(html, "</span></div>\n");
}

static void print_figures(const struct html *html, const struct census *census)
{
	const uint64_t *outcomes = census->outcomes;

	html_raw(html, "<div class=\"figures\">\n");
	print_figure(html, "", census->records, 0, say(html, WORD_MESSAGES_LABEL));
	print_figure(html, "o0", outcomes[OUTCOME_GOOD], census->records, say(html, WORD_GOOD));
	print_figure(html, "o2", outcomes[OUTCOME_FAIL], census->records, say(html, WORD_FAIL));
	print_figure(html, "o1", census->caused, census->records, say(html, WORD_WITH_CAUSE));
	html_raw(html, "</div>\n");
}

static void print_time(const struct html *html, const struct census *census)
{
	html_printf(html, "<section class=\"card\">\n<h2>%s</h2>\n", say(html, WORD_VERDICTS_OVER_TIME));
	chart_time(html, census);
	html_raw(html, "<div class=\"legend\">");
	for (int outcome = OUTCOME_GOOD; outcome < OUTCOME_COUNT; outcome++)
		if (census->outcomes[outcome] > 0)
			html_printf(html, "<span><i class=\"o%d\"></i>%s <b>%s</b></span>\n", outcome,
				outcome_words((enum outcome)outcome, html->language),
				grouped(census->outcomes[outcome], html->arena));
	html_raw(html, "</div>\n</section>\n");
}

/* The colour of a verdict: that of the outcome it is most like. */
static enum outcome outcome_like(enum result result)
{
	switch (result) {
	case RESULT_PASS:
		return OUTCOME_GOOD;
	case RESULT_NONE:
		return OUTCOME_SKIPPED;
	case RESULT_FAIL:
	case RESULT_PERMERROR:
		return OUTCOME_FAIL;
	case RESULT_TEMPERROR:
		return OUTCOME_UNDECIDED;
	default:
		return OUTCOME_WEAK;
	}
}

static void print_method(const struct html *html, const uint64_t verdicts[RESULT_WORDS], const char *name)
{
	static const enum result order[] = {RESULT_PASS, RESULT_NEUTRAL, RESULT_POLICY, RESULT_SOFTFAIL,
		RESULT_FAIL, RESULT_PERMERROR, RESULT_TEMPERROR, RESULT_NONE};
	uint64_t shares[OUTCOME_COUNT] = {0};

	for (int result = RESULT_NONE; result < RESULT_WORDS; result++)
		shares[outcome_like((enum result)result)] += verdicts[result];
	html_printf(html, "<div class=\"method\"><b>%s</b>\n", name);
	chart_shares(html, shares, name);
	html_raw(html, "<div class=\"legend\">");
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (verdicts[order[i]] > 0)
			html_printf(html, "<span><i class=\"o%d\"></i>%s <b>%s</b></span>\n",
				(int)outcome_like(order[i]), result_word(order[i]),
				grouped(verdicts[order[i]], html->arena));
	html_raw(html, "</div></div>\n");
}

static void print_methods(const struct html *html, const struct census *census)
{
	html_printf(html, "<section class=\"card\">\n<h2>%s</h2>\n", say(html, WORD_PER_METHOD));
	print_method(html, census->verdicts[METHOD_SPF], "SPF");
	print_method(html, census->verdicts[METHOD_DKIM], "DKIM");
	print_method(html, census->verdicts[METHOD_DMARC], "DMARC");
	html_raw(html, "</section>\n");
}

static void print_name(const struct html *html, const char *name)
{
	html_text(html, name[0] == '\0' ? say(html, WORD_NO_DOMAIN) : name, NAME_SHOWN);
}

static void print_domains_of(const struct html *html, const struct census *census, const char *code)
{
	const struct tally_row *pairs[DOMAINS_OF_CAUSE];
	size_t shown = census_pairs_of_cause(census, code, pairs, DOMAINS_OF_CAUSE);
	size_t all = census_domain_count(census, code);

	for (size_t i = 0; i < shown; i++) {
		html_raw(html, i > 0 ? ", " : " · ");
		print_name(html, pair_domain(pairs[i]));
		html_printf(html, " %s", grouped(pairs[i]->count, html->arena));
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
	html_printf(html, "<details><summary>%s</summary><pre>", say(html, WORD_WHAT_TO_DO));
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

	html_printf(html,
		"<div class=\"cause\">\n<div class=\"count\">%s<small>%s</small></div>\n<div><code>",
		grouped(cause->count, html->arena), percent_of(cause->count, census->records, html->arena));
	html_text(html, cause->key, NAME_SHOWN);
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

static void print_causes(const struct html *html, const struct census *census)
{
	const struct tally_row *causes[CAUSES_SHOWN];
	size_t shown = tally_top(census->causes, causes, CAUSES_SHOWN);

	html_printf(html, "<section class=\"card\">\n<h2>%s</h2>\n", say(html, WORD_WHY));
	if (shown == 0)
		html_printf(html, "<p>%s</p>\n", say(html, WORD_NO_CAUSES));
	for (size_t i = 0; i < shown; i++)
		print_cause(html, census, causes[i]);
	if (tally_size(census->causes) > shown)
		html_printf(html, "<p class=\"dim\">… +%s</p>\n",
			grouped(tally_size(census->causes) - shown, html->arena));
	html_raw(html, "</section>\n");
}

/* Under the name: the main cause of a domain, the name of a client. */
static void print_under(const struct html *html, const struct census *census, const struct tally *tally,
	const struct tally_row *row)
{
	const struct tally_row *pair;

	html_raw(html, "<small>");
	if (tally == census->clients)
		html_text(html, row->note, NAME_SHOWN);
	else if (census_pairs_of_domain(census, row->key, &pair, 1) == 1)
		html_text(html, span_text(html->arena, pair_cause(pair)), NAME_SHOWN);
	html_raw(html, "</small>");
}

static void print_party(const struct html *html, const struct census *census, const struct tally *tally,
	const struct tally_row *row)
{
	html_raw(html, "<tr><td>");
	print_name(html, row->key);
	print_under(html, census, tally, row);
	html_printf(html, "</td><td class=\"n\">%s%s</td><td class=\"n\">%s</td><td class=\"bar\">",
		row->at_least ? "≥" : "", grouped(row->count, html->arena),
		grouped(row->outcomes[OUTCOME_FAIL], html->arena));
	chart_small(html, row->outcomes[OUTCOME_FAIL], row->count, OUTCOME_FAIL);
	html_raw(html, "</td></tr>\n");
}

static void print_parties(
	const struct html *html, const struct census *census, const struct tally *tally, enum word title)
{
	const struct tally_row *rows[PARTIES_SHOWN];
	size_t shown = tally_worst(tally, rows, PARTIES_SHOWN);

	if (shown == 0)
		shown = tally_top(tally, rows, PARTIES_SHOWN);
	html_printf(html,
		"<section class=\"card\">\n<h2>%s</h2>\n<div class=\"scroll\"><table>\n<tr><th></th>"
		"<th class=\"n\">%s</th><th class=\"n\">%s</th><th></th></tr>\n",
		say(html, title), say(html, WORD_MESSAGES_COLUMN), say(html, WORD_FAIL));
	for (size_t i = 0; i < shown; i++)
		print_party(html, census, tally, rows[i]);
	html_raw(html, "</table></div>\n");
	if (tally_size(tally) > shown)
		html_printf(html, "<p class=\"dim\">… +%s</p>\n",
			grouped(tally_size(tally) - shown, html->arena));
	html_raw(html, "</section>\n");
}

static void print_foot(const struct html *html, const struct census *census, const struct html_facts *facts)
{
	char made[STAMP_SIZE];

	html_printf(html, "<footer>%s: %s · sekisho %s", say(html, WORD_MADE), stamp_second(facts->now, made),
		PACKAGE_VERSION);
	if (census->lines[LINE_FOREIGN] > 0)
		html_printf(html, " · %s %s", grouped(census->lines[LINE_FOREIGN], html->arena),
			say(html, WORD_FOREIGN));
	if (census->lines[LINE_BROKEN] > 0)
		html_printf(html, " · %s %s", grouped(census->lines[LINE_BROKEN], html->arena),
			say(html, WORD_BROKEN));
	html_raw(html, "</footer>\n</main>\n</body>\n</html>\n");
}

void html_print(FILE *file, const struct census *census, const struct html_facts *facts,
	enum language language, struct arena *arena)
{
	const struct html html = {.file = file, .language = language, .arena = arena};

	print_head(&html, census, facts);
	if (census->records == 0) {
		html_printf(&html, "<section class=\"card\">%s</section>\n", say(&html, WORD_NO_RECORDS));
	} else {
		print_figures(&html, census);
		print_time(&html, census);
		print_causes(&html, census);
		html_raw(&html, "<div class=\"two\">\n");
		print_parties(&html, census, census->domains, WORD_FROM_DOMAINS);
		print_parties(&html, census, census->clients, WORD_FROM_CLIENTS);
		html_raw(&html, "</div>\n");
		print_methods(&html, census);
	}
	print_foot(&html, census, facts);
}
