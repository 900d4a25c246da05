/* The words around the figures, in English and Japanese. */
#ifndef LOGBOOK_WORDS_H
#define LOGBOOK_WORDS_H

#include "diagnose/diagnosis.h"
#include "logbook/census.h"

enum word {
#define WORD(id, en, ja) WORD_##id,
#include "logbook/words.def"
#undef WORD
	WORD_COUNT
};

const char *word_of(enum word word, enum language language);
const char *outcome_words(enum outcome outcome, enum language language);
const char *exposed_words(enum exposed exposed, enum language language);
const char *action_words(enum census_action action, enum language language);

/* "1,234,567" */
const char *grouped(uint64_t number, struct arena *arena);

/* "4.2%", "<0.1%"; "-" of nothing. */
const char *percent_of(uint64_t part, uint64_t whole, struct arena *arena);

/* Columns that a terminal needs for it: an East Asian wide character has two. */
size_t text_columns(const char *text);

#endif
