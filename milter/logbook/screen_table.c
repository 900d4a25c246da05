#include "logbook/screen.h"

#include "base/arena.h"
#include "logbook/stamp.h"
#include "logbook/words.h"

#include <stdlib.h>

enum { COUNT_COLUMNS = 11, TIME_COLUMNS = 18, NAME_SHOWN = 253 };

static const char *say(const struct paper *paper, enum word word)
{
	return word_of(word, paper->language);
}

static const struct tally *tally_of(const struct census *census, enum screen_by by)
{
	switch (by) {
	case BY_CAUSE:
		return census->causes;
	case BY_DOMAIN:
		return census->domains;
	case BY_CLIENT:
		return census->clients;
	case BY_DAY:
		break;
	}
	return census->days;
}

static enum word title_of(enum screen_by by)
{
	static const enum word words[] = {[BY_CAUSE] = WORD_CAUSE,
		[BY_DOMAIN] = WORD_DOMAIN,
		[BY_CLIENT] = WORD_CLIENT,
		[BY_DAY] = WORD_DAY};

	return words[by];
}

static void print_head(const struct paper *paper, enum screen_by by)
{
	paper_right(paper, INK_FAINT, say(paper, WORD_MESSAGES_COLUMN), COUNT_COLUMNS);
	paper_right(paper, INK_FAINT, say(paper, WORD_FAIL), COUNT_COLUMNS + 2);
	paper_right(paper, INK_FAINT, "SPF", COUNT_COLUMNS - 1);
	paper_right(paper, INK_FAINT, "DKIM", COUNT_COLUMNS - 1);
	(void)fputs("  ", paper->file);
	if (by != BY_DAY) {
		paper_left(paper, INK_FAINT, say(paper, WORD_SINCE), TIME_COLUMNS);
		paper_left(paper, INK_FAINT, say(paper, WORD_LAST), TIME_COLUMNS);
	}
	paper_text(paper, INK_FAINT, say(paper, title_of(by)));
	(void)fputc('\n', paper->file);
}

static void print_time(const struct paper *paper, int64_t time)
{
	char text[STAMP_SIZE];

	paper_left(paper, INK_PLAIN, time == 0 ? "" : stamp_minute(time, text), TIME_COLUMNS);
}

/* Counts of a row that was given up before are a lower bound. */
static const char *count_of(const struct paper *paper, const struct tally_row *row)
{
	const char *count = grouped(row->count, paper->arena);

	return row->at_least ? arena_printf(paper->arena, "≥%s", count) : count;
}

static void print_row(
	const struct paper *paper, const struct tally_row *row, enum screen_by by, const char *name)
{
	uint32_t fails = row->outcomes[OUTCOME_FAIL];

	paper_right(paper, INK_PLAIN, count_of(paper, row), COUNT_COLUMNS);
	paper_right(paper, fails > 0 ? INK_BAD : INK_PLAIN, grouped(fails, paper->arena), COUNT_COLUMNS + 2);
	paper_right(paper, INK_PLAIN, grouped(row->spf_bad, paper->arena), COUNT_COLUMNS - 1);
	paper_right(paper, INK_PLAIN, grouped(row->dkim_bad, paper->arena), COUNT_COLUMNS - 1);
	(void)fputs("  ", paper->file);
	if (by != BY_DAY) {
		print_time(paper, row->first);
		print_time(paper, row->last);
	}
	paper_text(paper, INK_STRONG, name);
	if (by == BY_CAUSE && cause_of_code(row->key) != CAUSE_NONE)
		(void)fprintf(paper->file, "  → %s",
			cause_actor_name(cause_row(cause_of_code(row->key))->act, paper->language));
	if (by == BY_CLIENT && row->note[0] != '\0')
		(void)fprintf(paper->file, "  %s", paper_safe(paper, row->note, NAME_SHOWN));
	(void)fputc('\n', paper->file);
}

static void print_rest(const struct paper *paper, const struct tally *tally, enum screen_by by, size_t left)
{
	const struct tally_row *others = tally_others(tally);

	if (others->count > 0)
		print_row(paper, others, by,
			arena_printf(paper->arena, "(%s; %s %s)", say(paper, WORD_OTHERS),
				say(paper, WORD_OTHERS_MOST),
				grouped(tally_others_most(tally), paper->arena)));
	if (left > 0)
		(void)fprintf(paper->file, "%*s  … +%s (--limit 0)\n", COUNT_COLUMNS, "",
			grouped(left, paper->arena));
}

void screen_table(const struct paper *paper, const struct census *census, enum screen_by by, size_t most)
{
	const struct tally *tally = tally_of(census, by);
	size_t size = tally_size(tally), shown = most == 0 || most > size ? size : most;
	const struct tally_row **rows = arena_array(paper->arena, size + 1, sizeof(const struct tally_row *));

	if (by == BY_DAY)
		shown = tally_sorted_by_key(tally, rows, size);
	else
		shown = tally_top(tally, rows, shown);
	print_head(paper, by);
	for (size_t i = 0; i < shown; i++)
		print_row(paper, rows[i], by,
			rows[i]->key[0] == '\0' ? say(paper, WORD_NO_DOMAIN)
						: paper_safe(paper, rows[i]->key, NAME_SHOWN));
	print_rest(paper, tally, by, size - shown);
	screen_left_out(paper, census);
}
