#include "logbook/html.h"

#include "base/arena.h"
#include "logbook/chart.h"
#include "logbook/html_section.h"
#include "logbook/html_style.h"
#include "logbook/stamp.h"

#include <string.h>

static void print_head(const struct html *html, const struct census *census, const struct html_facts *facts)
{
	char first[STAMP_SIZE], last[STAMP_SIZE];

	html_printf(html,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'unsafe-inline'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s – ",
		html->language == LANGUAGE_JA ? "ja" : "en", html_word(html, WORD_PAGE_TITLE));
	html_text(html, facts->receiver, HTML_NAME_SHOWN);
	html_printf(html, "</title>\n<style>\n%s%s</style>\n</head>\n<body id=\"top\">\n<main>\n<h1>%s – ",
		html_style, html_more_style, html_word(html, WORD_PAGE_TITLE));
	html_text(html, facts->receiver, HTML_NAME_SHOWN);
	html_raw(html, "</h1>\n<p class=\"about\">");
	if (census->first != 0)
		html_printf(html, "%s – %s", stamp_minute(census->first, first),
			stamp_minute(census->last, last));
	if (census->filter.domain[0] != '\0') {
		html_raw(html, " · ");
		html_text(html, census->filter.domain, HTML_NAME_SHOWN);
	}
	if (census->filter.cause[0] != '\0')
		html_printf(html, " · %s", census->filter.cause);
	html_raw(html, " · ");
	html_text(html, facts->source, HTML_NAME_SHOWN);
	html_raw(html, "</p>\n");
}

/* What a figure counts. */
struct figure {
	const char *class;
	uint64_t count;
	enum word label;
	enum album_kind kind;
	const char *name;
};

static void print_figure(const struct html *html, const struct figure *figure, uint64_t all)
{
	html_printf(html, "<div class=\"figure %s\"><b>", figure->class);
	html_count(html, figure->kind, figure->name, figure->count);
	html_printf(html, "</b><span>%s", html_word(html, figure->label));
	if (figure->kind != ALBUM_ALL)
		html_printf(html, " · %s", percent_of(figure->count, all, html->arena));
	html_raw(html, "</span></div>\n");
}

static void print_figures(const struct html *html, const struct census *census)
{
	const uint64_t *outcomes = census->outcomes;
	const struct figure figures[] = {
		{"", census->records, WORD_MESSAGES_LABEL, ALBUM_ALL, ""},
		{"o0", outcomes[OUTCOME_GOOD], WORD_GOOD, ALBUM_OUTCOME, "0"},
		{"o2", outcomes[OUTCOME_FAIL], WORD_FAIL, ALBUM_OUTCOME, "2"},
		{"o1", census->caused, WORD_WITH_CAUSE, ALBUM_CAUSED, ""},
	};

	html_raw(html, "<div class=\"figures\">\n");
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
		print_figure(html, &figures[i], census->records);
	html_raw(html, "</div>\n");
}

/* A colour, what it stands for, and how many. */
static void print_legend(const struct html *html, enum outcome outcome, const char *words,
	enum album_kind kind, const char *name, uint64_t count)
{
	html_printf(html, "<span><i class=\"o%d\"></i>%s <b>", (int)outcome, words);
	html_count(html, kind, name, count);
	html_raw(html, "</b></span>\n");
}

static void print_time(const struct html *html, const struct census *census)
{
	html_printf(
		html, "<section class=\"card\">\n<h2>%s</h2>\n", html_word(html, WORD_VERDICTS_OVER_TIME));
	chart_time(html, census);
	html_raw(html, "<div class=\"legend\">");
	for (int outcome = OUTCOME_GOOD; outcome < OUTCOME_COUNT; outcome++)
		if (census->outcomes[outcome] > 0)
			print_legend(html, (enum outcome)outcome,
				outcome_words((enum outcome)outcome, html->language), ALBUM_OUTCOME,
				arena_printf(html->arena, "%d", outcome), census->outcomes[outcome]);
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
	const char *method = text_lower(html->arena, name, strlen(name));
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
			print_legend(html, outcome_like(order[i]), result_word(order[i]), ALBUM_METHOD,
				arena_printf(html->arena, "%s %s", method, result_word(order[i])),
				verdicts[order[i]]);
	html_raw(html, "</div></div>\n");
}

static void print_methods(const struct html *html, const struct census *census)
{
	html_printf(html, "<section class=\"card\">\n<h2>%s</h2>\n", html_word(html, WORD_PER_METHOD));
	print_method(html, census->verdicts[METHOD_SPF], "SPF");
	print_method(html, census->verdicts[METHOD_DKIM], "DKIM");
	print_method(html, census->verdicts[METHOD_DMARC], "DMARC");
	html_raw(html, "</section>\n");
}

void html_name(const struct html *html, const char *name)
{
	html_text(html, name[0] == '\0' ? html_word(html, WORD_NO_DOMAIN) : name, HTML_NAME_SHOWN);
}

void html_more(const struct html *html, size_t all, size_t shown)
{
	if (all > shown)
		html_printf(html, "<p class=\"dim\">… +%s</p>\n", grouped(all - shown, html->arena));
}

/* The messages last: by then it is known which numbers lead to them. */
static void print_sections(const struct html *html, const struct overview *overview)
{
	const struct census *census = overview->census;

	print_figures(html, census);
	print_time(html, census);
	html_changes(html, overview);
	html_causes(html, overview);
	html_parties(html, overview);
	html_forwarders(html, overview);
	html_exposure(html, census);
	print_methods(html, census);
	html_messages(html);
	if (html->album == NULL)
		html_printf(html, "<p class=\"dim\">%s</p>\n", html_word(html, WORD_READ_ONCE));
}

static void print_foot(const struct html *html, const struct census *census, const struct html_facts *facts)
{
	char made[STAMP_SIZE];

	html_printf(html, "<footer>%s: %s · sekisho %s", html_word(html, WORD_MADE),
		stamp_second(facts->now, made), PACKAGE_VERSION);
	if (census->lines[LINE_FOREIGN] > 0)
		html_printf(html, " · %s %s", grouped(census->lines[LINE_FOREIGN], html->arena),
			html_word(html, WORD_FOREIGN));
	if (census->lines[LINE_BROKEN] > 0)
		html_printf(html, " · %s %s", grouped(census->lines[LINE_BROKEN], html->arena),
			html_word(html, WORD_BROKEN));
	html_raw(html, "</footer>\n</main>\n</body>\n</html>\n");
}

void html_print(FILE *file, const struct overview *overview, const struct html_facts *facts,
	enum language language, struct arena *arena)
{
	const struct census *census = overview->census;
	const struct html html = {.file = file, .language = language, .arena = arena, .album = facts->album};

	print_head(&html, census, facts);
	if (census->records == 0)
		html_printf(
			&html, "<section class=\"card\">%s</section>\n", html_word(&html, WORD_NO_RECORDS));
	else
		print_sections(&html, overview);
	print_foot(&html, census, facts);
}
