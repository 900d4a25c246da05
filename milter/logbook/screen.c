#include "logbook/screen.h"

#include "base/arena.h"
#include "logbook/stamp.h"
#include "logbook/translation.h"
#include "logbook/words.h"

#include <string.h>

enum {
	CAUSES_SHOWN = 6,
	PARTIES_SHOWN = 5,
	MOSTLY_SHOWN = 2,
	NAME_SHOWN = 253,
	COUNT_COLUMNS = 10,
	TIME_COLUMNS = 17,
	LABEL_COLUMNS = 20,
};

static const char *say(const struct paper *paper, enum word word)
{
	return word_of(word, paper->language);
}

static enum ink ink_of(enum outcome outcome)
{
	static const enum ink inks[OUTCOME_COUNT] = {
		[OUTCOME_GOOD] = INK_GOOD,
		[OUTCOME_WEAK] = INK_WARN,
		[OUTCOME_FAIL] = INK_BAD,
		[OUTCOME_UNDECIDED] = INK_WARN,
		[OUTCOME_SKIPPED] = INK_FAINT,
	};

	return inks[outcome];
}

static void heading(const struct paper *paper, const char *text)
{
	(void)fputc('\n', paper->file);
	paper_text(paper, INK_STRONG, text);
	(void)fputc('\n', paper->file);
}

static void print_title(const struct paper *paper, const struct census *census, const char *source)
{
	char first[STAMP_SIZE], last[STAMP_SIZE];

	paper_text(paper, INK_STRONG, "sekisho log");
	(void)fprintf(
		paper->file, "  %s %s", grouped(census->records, paper->arena), say(paper, WORD_MESSAGES));
	if (census->first != 0)
		(void)fprintf(paper->file, "  %s – %s", stamp_minute(census->first, first),
			stamp_minute(census->last, last));
	(void)fprintf(paper->file, "  (%s)\n", paper_safe(paper, source, NAME_SHOWN));
}

static void print_outcomes(const struct paper *paper, const struct census *census)
{
	size_t bar = paper->columns - LABEL_COLUMNS - COUNT_COLUMNS - 14;

	for (int outcome = OUTCOME_GOOD; outcome < OUTCOME_COUNT; outcome++) {
		uint64_t count = census->outcomes[outcome];

		if (count == 0 && outcome != OUTCOME_FAIL)
			continue;
		(void)fputs("  ", paper->file);
		paper_left(paper, INK_PLAIN, outcome_words((enum outcome)outcome, paper->language),
			LABEL_COLUMNS);
		paper_right(paper, INK_PLAIN, grouped(count, paper->arena), COUNT_COLUMNS);
		paper_right(paper, INK_FAINT, percent_of(count, census->records, paper->arena), 8);
		(void)fputs("  ", paper->file);
		paper_bar(paper, ink_of((enum outcome)outcome), count, census->records, bar);
		(void)fputc('\n', paper->file);
	}
}

/* The verdicts of each method, those that occur, pass first. */
static void print_verdicts(const struct paper *paper, const struct census *census)
{
	static const enum result order[] = {RESULT_PASS, RESULT_NONE, RESULT_NEUTRAL, RESULT_POLICY,
		RESULT_SOFTFAIL, RESULT_FAIL, RESULT_TEMPERROR, RESULT_PERMERROR};
	static const char *const names[] = {
		[METHOD_SPF] = "SPF", [METHOD_DKIM] = "DKIM", [METHOD_DMARC] = "DMARC"};

	(void)fputc('\n', paper->file);
	for (int method = METHOD_SPF; method < METHOD_COUNT; method++) {
		(void)fputs("  ", paper->file);
		paper_left(paper, INK_STRONG, names[method], 6);
		for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
			uint64_t count = census->verdicts[method][order[i]];
			bool bad = order[i] != RESULT_PASS && order[i] != RESULT_NONE;

			if (count == 0)
				continue;
			(void)fprintf(paper->file, "  %s ", result_word(order[i]));
			paper_text(paper,
				order[i] == RESULT_PASS ? INK_GOOD
				: bad                   ? INK_BAD
							: INK_PLAIN,
				grouped(count, paper->arena));
		}
		(void)fputc('\n', paper->file);
	}
}

/* "rejected 12, quarantined 3"; nothing when all was accepted. */
static void print_actions(const struct paper *paper, const uint64_t counts[DONE_COUNT], enum word label)
{
	bool first = true;

	for (int action = DONE_QUARANTINE; action < DONE_COUNT; action++) {
		if (counts[action] == 0)
			continue;
		if (first)
			(void)fprintf(paper->file, "  %s: ", say(paper, label));
		(void)fprintf(paper->file, "%s%s %s", first ? "" : ", ",
			action_words((enum census_action)action, paper->language),
			grouped(counts[action], paper->arena));
		first = false;
	}
	if (!first)
		(void)fputc('\n', paper->file);
}

/* "hoge.example 300, b.example 5 +12" */
static void print_mostly(const struct paper *paper, const struct census *census, const char *code)
{
	const struct tally_row *pairs[MOSTLY_SHOWN];
	size_t shown = census_pairs_of_cause(census, code, pairs, MOSTLY_SHOWN);
	size_t all = census_domain_count(census, code);

	for (size_t i = 0; i < shown; i++) {
		const char *domain = pair_domain(pairs[i]);

		(void)fprintf(paper->file, "%s%s", i == 0 ? "  " : ", ",
			domain[0] == '\0' ? say(paper, WORD_NO_DOMAIN)
					  : paper_safe(paper, domain, NAME_SHOWN));
		if (all > 1)
			(void)fprintf(paper->file, " %s", grouped(pairs[i]->count, paper->arena));
	}
	if (all > shown)
		(void)fprintf(paper->file, ", +%s", grouped(all - shown, paper->arena));
}

/* The sentence of the domain that has it most. */
static const char *sentence_of(
	const struct paper *paper, const struct census *census, const struct tally_row *cause)
{
	const struct tally_row *pair;
	const char *text = cause->note;

	if (census_pairs_of_cause(census, cause->key, &pair, 1) == 1 && pair->note[0] != '\0')
		text = pair->note;
	return paper_safe(paper, sentence_in(paper->language, cause->key, text, paper->arena), 400);
}

static void print_cause(const struct paper *paper, const struct census *census, const struct tally_row *cause)
{
	const struct cause_row *row = cause_row(cause_of_code(cause->key));
	bool ours = strcmp(row->act, "rx") == 0 || strcmp(row->act, "us") == 0;
	char since[STAMP_SIZE];

	paper_right(paper, INK_STRONG, grouped(cause->count, paper->arena), COUNT_COLUMNS);
	(void)fputs("  ", paper->file);
	paper_left(
		paper, INK_FAINT, cause->first == 0 ? "" : stamp_minute(cause->first, since), TIME_COLUMNS);
	paper_text(paper, ours ? INK_BAD : INK_STRONG, paper_safe(paper, cause->key, NAME_SHOWN));
	if (row->code[0] != '\0')
		(void)fprintf(paper->file, "  → %s", cause_actor_name(row->act, paper->language));
	print_mostly(paper, census, cause->key);
	(void)fputc('\n', paper->file);
	paper_paragraph(
		paper, INK_FAINT, sentence_of(paper, census, cause), COUNT_COLUMNS + TIME_COLUMNS + 2);
}

/* What is this site's own trouble comes first: it makes other verdicts wrong. */
static void print_own(const struct paper *paper, const struct census *census)
{
	bool first = true;

	for (size_t i = 0; i < tally_size(census->causes); i++) {
		const struct tally_row *cause = tally_at(census->causes, i);
		const char *act = cause_row(cause_of_code(cause->key))->act;

		if (strcmp(act, "rx") != 0 && strcmp(act, "us") != 0)
			continue;
		if (first)
			paper_text(
				paper, INK_BAD, arena_printf(paper->arena, "\n  %s:", say(paper, WORD_OWN)));
		(void)fprintf(paper->file, " %s %s", cause->key, grouped(cause->count, paper->arena));
		first = false;
	}
	if (!first)
		(void)fputc('\n', paper->file);
}

static void print_causes(const struct paper *paper, const struct census *census)
{
	const struct tally_row *causes[CAUSES_SHOWN];
	size_t shown = tally_top(census->causes, causes, CAUSES_SHOWN);

	heading(paper, say(paper, WORD_WHY));
	if (shown == 0) {
		(void)fprintf(paper->file, "  %s\n", say(paper, WORD_NO_CAUSES));
		return;
	}
	paper_right(paper, INK_FAINT, say(paper, WORD_NUMBER), COUNT_COLUMNS);
	(void)fputs("  ", paper->file);
	paper_left(paper, INK_FAINT, say(paper, WORD_SINCE), TIME_COLUMNS);
	paper_text(paper, INK_FAINT, say(paper, WORD_CAUSE));
	(void)fputc('\n', paper->file);
	for (size_t i = 0; i < shown; i++)
		print_cause(paper, census, causes[i]);
	if (tally_size(census->causes) > shown)
		(void)fprintf(paper->file, "%*s  … +%s: sekisho log --by cause\n", COUNT_COLUMNS, "",
			grouped(tally_size(census->causes) - shown, paper->arena));
}

static const char *party_name(const struct paper *paper, const struct tally_row *row)
{
	return row->key[0] == '\0' ? say(paper, WORD_NO_DOMAIN) : paper_safe(paper, row->key, NAME_SHOWN);
}

static void print_worst(
	const struct paper *paper, const struct census *census, const struct tally *tally, enum word title)
{
	const struct tally_row *rows[PARTIES_SHOWN], *pair;
	size_t shown = tally_worst(tally, rows, PARTIES_SHOWN);

	if (shown > 0)
		heading(paper, say(paper, title));
	for (size_t i = 0; i < shown; i++) {
		const struct tally_row *row = rows[i];

		paper_right(
			paper, INK_BAD, grouped(row->outcomes[OUTCOME_FAIL], paper->arena), COUNT_COLUMNS);
		paper_left(paper, INK_FAINT,
			arena_printf(paper->arena, " / %s", grouped(row->count, paper->arena)), 12);
		paper_left(paper, INK_PLAIN, party_name(paper, row), 34);
		if (tally == census->domains && census_pairs_of_domain(census, row->key, &pair, 1) == 1)
			(void)fprintf(paper->file, "  %s",
				paper_safe(paper, span_text(paper->arena, pair_cause(pair)), NAME_SHOWN));
		else if (tally == census->clients)
			(void)fprintf(paper->file, "  %s", paper_safe(paper, row->note, NAME_SHOWN));
		(void)fputc('\n', paper->file);
	}
}

void screen_left_out(const struct paper *paper, const struct census *census)
{
	const struct {
		enum word word;
		uint64_t count;
	} parts[] = {
		{WORD_FOREIGN, census->lines[LINE_FOREIGN]},
		{WORD_BROKEN, census->lines[LINE_BROKEN]},
		{WORD_UNDATED, census->undated},
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (parts[i].count == 0)
			continue;
		if (between[0] == '\0')
			(void)fprintf(paper->file, "\n%s: ", say(paper, WORD_LEFT_OUT));
		(void)fprintf(paper->file, "%s%s %s", between, grouped(parts[i].count, paper->arena),
			say(paper, parts[i].word));
		between = ", ";
	}
	if (between[0] != '\0')
		(void)fputc('\n', paper->file);
}

void screen_overview(const struct paper *paper, const struct census *census, const char *source)
{
	if (census->records == 0) {
		(void)fprintf(paper->file, "%s\n", say(paper, WORD_NO_RECORDS));
		screen_left_out(paper, census);
		return;
	}
	print_title(paper, census, source);
	(void)fputc('\n', paper->file);
	print_outcomes(paper, census);
	print_verdicts(paper, census);
	print_actions(paper, census->actions, WORD_DONE);
	print_actions(paper, census->would, WORD_WOULD);
	print_own(paper, census);
	print_causes(paper, census);
	print_worst(paper, census, census->domains, WORD_FROM_DOMAINS);
	print_worst(paper, census, census->clients, WORD_FROM_CLIENTS);
	screen_left_out(paper, census);
}
