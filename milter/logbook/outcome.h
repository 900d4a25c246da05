/* What became of a message, as far as it counts here. */
#ifndef LOGBOOK_OUTCOME_H
#define LOGBOOK_OUTCOME_H

#include "facts/result.h"
#include "logbook/entry.h"

enum outcome {
	OUTCOME_GOOD,      /* DMARC passes; without a DMARC record, SPF or DKIM does */
	OUTCOME_WEAK,      /* no DMARC record, and nothing passes */
	OUTCOME_FAIL,      /* DMARC fails */
	OUTCOME_UNDECIDED, /* DMARC temperror or permerror; without a DMARC record, SPF's */
	OUTCOME_SKIPPED,
	OUTCOME_COUNT,
};

enum { RESULT_WORDS = RESULT_PERMERROR + 1 };

/* A word of the log as what it means; the first for an unknown one. */
enum result result_of_word(struct span word);

enum outcome outcome_of(const struct entry *entry);

/* Does it fail to authenticate, or has it a cause? Not what was not checked. */
bool outcome_is_trouble(const struct entry *entry);

#endif
