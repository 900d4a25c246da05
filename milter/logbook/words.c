#include "logbook/words.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct word_row {
	const char *en, *ja;
};

static const struct word_row rows[WORD_COUNT] = {
#define WORD(id, en, ja) [WORD_##id] = {en, ja},
#include "logbook/words.def"
#undef WORD
};

const char *word_of(enum word word, enum language language)
{
	return language == LANGUAGE_JA ? rows[word].ja : rows[word].en;
}

const char *outcome_words(enum outcome outcome, enum language language)
{
	static const enum word words[OUTCOME_COUNT] = {
		[OUTCOME_GOOD] = WORD_GOOD,
		[OUTCOME_WEAK] = WORD_WEAK,
		[OUTCOME_FAIL] = WORD_FAIL,
		[OUTCOME_UNDECIDED] = WORD_UNDECIDED,
		[OUTCOME_SKIPPED] = WORD_SKIPPED,
	};

	return word_of(words[outcome], language);
}

const char *exposed_words(enum exposed exposed, enum language language)
{
	static const enum word words[EXPOSED_COUNT] = {
		[EXPOSED_GOOD] = WORD_GOOD,
		[EXPOSED_WEAK] = WORD_WEAK,
		[EXPOSED_UNDECIDED] = WORD_UNDECIDED,
		[EXPOSED_FAIL_NONE] = WORD_FAIL_NONE,
		[EXPOSED_FAIL_QUARANTINE] = WORD_FAIL_QUARANTINE,
		[EXPOSED_FAIL_REJECT] = WORD_FAIL_REJECT,
		[EXPOSED_SKIPPED] = WORD_SKIPPED,
	};

	return word_of(words[exposed], language);
}

const char *action_words(enum census_action action, enum language language)
{
	static const enum word words[DONE_COUNT] = {
		[DONE_ACCEPT] = WORD_ACCEPT,
		[DONE_QUARANTINE] = WORD_QUARANTINE,
		[DONE_REJECT] = WORD_REJECT,
		[DONE_TEMPFAIL] = WORD_TEMPFAIL,
	};

	return word_of(words[action], language);
}

const char *grouped(uint64_t number, struct arena *arena)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, number);
	struct buf out = buf_in(arena);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_char(&out, ',');
		buf_char(&out, digits[i]);
	}
	return out.data;
}

const char *percent_of(uint64_t part, uint64_t whole, struct arena *arena)
{
	double share = whole == 0 ? 0 : 100.0 * (double)part / (double)whole;

	if (whole == 0)
		return "-";
	if (part > 0 && share < 0.05)
		return "<0.1%";
	if (part < whole && share >= 99.95)
		return ">99.9%";
	return arena_printf(arena, "%.1f%%", share);
}

/* Unicode Standard Annex 11, wide and fullwidth, as far as it occurs in names and sentences. */
static bool is_wide(uint32_t code)
{
	return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
	       (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
	       (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
	       (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) ||
	       (code >= 0x20000 && code <= 0x3fffd);
}

size_t text_columns(const char *text)
{
	size_t columns = 0, left = strlen(text);

	while (left > 0) {
		uint32_t code = 0;
		size_t len = utf8_length(text, left, &code);

		len = len > 0 ? len : 1;
		columns += is_wide(code) ? 2 : 1;
		text += len;
		left -= len;
	}
	return columns;
}
