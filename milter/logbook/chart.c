#include "logbook/chart.h"

#include "base/arena.h"
#include "logbook/overview.h"
#include "logbook/words.h"

#include <inttypes.h>
#include <string.h>

/* In user units of the picture, which is scaled to the page. */
enum {
	WIDTH = 1000,
	HEIGHT = 270,
	LEFT = 58,
	RIGHT = 8,
	TOP = 12,
	BOTTOM = 30,
	LABELS_MAX = 12,
	SHARES_HEIGHT = 18,
	SMALL_WIDTH = 84,
	SMALL_HEIGHT = 8,
};

/* The next of 1, 2, 5, 10, 20 … that makes at most five lines up to max. */
static uint64_t grid_step(uint64_t max)
{
	uint64_t step = 1;

	while (max / step > 5) {
		if (max / (step * 2) <= 5)
			return step * 2;
		if (max / (step * 5) <= 5)
			return step * 5;
		step *= 10;
	}
	return step;
}

/* The line above the highest bar. */
static uint64_t grid_top(uint64_t max)
{
	uint64_t step = grid_step(max);

	return (max + step - 1) / step * step;
}

static void draw_grid(const struct html *html, uint64_t top)
{
	uint64_t step = grid_step(top);

	for (uint64_t value = 0; value <= top; value += step) {
		double y = TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - (double)value / (double)top);

		html_printf(html,
			"<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
			LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4, grouped(value, html->arena));
	}
}

/* "11-21" of a day, "21 09h" of an hour. */
static void draw_label(const struct html *html, const struct tally_row *row, double x)
{
	html_printf(html, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", x, HEIGHT - 10);
	if (row->key_len >= 13)
		html_printf(html, "%.5s %.2s:00", row->key + 5, row->key + 11);
	else if (row->key_len >= 10)
		html_text(html, row->key + 5, 8);
	html_raw(html, "</text>\n");
}

static void draw_bar(const struct html *html, const struct tally_row *row, double x, double width, double top)
{
	bool leads = html_link_begin(html, ALBUM_TIME, row->key);
	double y = HEIGHT - BOTTOM;

	html_raw(html, "<g><title>");
	html_text(html, row->key, 20);
	for (int outcome = OUTCOME_GOOD; outcome < OUTCOME_COUNT; outcome++)
		if (row->outcomes[outcome] > 0)
			html_printf(html, "\n%s %s", outcome_words((enum outcome)outcome, html->language),
				grouped(row->outcomes[outcome], html->arena));
	html_raw(html, "</title>");
	for (int outcome = OUTCOME_GOOD; outcome < OUTCOME_COUNT; outcome++) {
		double height = (HEIGHT - TOP - BOTTOM) * (double)row->outcomes[outcome] / top;

		if (row->outcomes[outcome] == 0)
			continue;
		y -= height;
		html_printf(html,
			"<rect class=\"o%d\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>", outcome,
			x, y, width, height);
	}
	html_raw(html, "</g>");
	if (leads)
		html_link_end(html);
	html_raw(html, "\n");
}

static uint32_t tallest(const struct tally_row *const *rows, size_t count)
{
	uint32_t most = 1;

	for (size_t i = 0; i < count; i++)
		if (rows[i]->count > most)
			most = rows[i]->count;
	return most;
}

void chart_time(const struct html *html, const struct census *census)
{
	const struct tally *tally = overview_bars(census);
	const struct tally_row **rows =
		arena_array(html->arena, tally_size(tally) + 1, sizeof(const struct tally_row *));
	size_t count = tally_sorted_by_key(tally, rows, tally_size(tally));
	double top = (double)grid_top(tallest(rows, count)),
	       slot = (double)(WIDTH - LEFT - RIGHT) / (double)(count + !count);
	double width = slot > 90 ? 64 : slot * (count > 150 ? 1.0 : 0.78);
	size_t every = count / LABELS_MAX + 1;

	html_printf(html, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDTH, HEIGHT,
		word_of(WORD_VERDICTS_OVER_TIME, html->language));
	draw_grid(html, (uint64_t)top);
	for (size_t i = 0; i < count; i++) {
		double middle = LEFT + slot * ((double)i + 0.5);

		draw_bar(html, rows[i], middle - width / 2, width, top);
		if (i % every == 0)
			draw_label(html, rows[i], middle);
	}
	html_raw(html, "</svg>\n");
}

void chart_shares(const struct html *html, const uint64_t counts[OUTCOME_COUNT], const char *label)
{
	uint64_t all = 0;
	double x = 0;

	for (int i = 0; i < OUTCOME_COUNT; i++)
		all += counts[i];
	html_printf(html,
		"<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
		"style=\"height:%dpx;border-radius:5px\" "
		"role=\"img\" aria-label=\"%s\">",
		WIDTH, SHARES_HEIGHT, SHARES_HEIGHT, label);
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		double width = all == 0 ? 0 : WIDTH * (double)counts[i] / (double)all;

		if (counts[i] > 0)
			html_printf(html, "<rect class=\"o%d\" x=\"%.2f\" width=\"%.2f\" height=\"%d\"/>", i,
				x, width, SHARES_HEIGHT);
		x += width;
	}
	html_raw(html, "</svg>\n");
}

void chart_small(const struct html *html, uint64_t part, uint64_t whole, enum outcome outcome)
{
	double width = whole == 0 ? 0 : SMALL_WIDTH * (double)part / (double)whole;

	html_printf(html,
		"<svg viewBox=\"0 0 %d %d\" aria-hidden=\"true\"><rect class=\"o%d\" rx=\"3\" width=\"%.1f\" "
		"height=\"%d\"/></svg>",
		SMALL_WIDTH, SMALL_HEIGHT, (int)outcome, part > 0 && width < 2 ? 2 : width, SMALL_HEIGHT);
}
