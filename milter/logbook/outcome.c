#include "logbook/outcome.h"

enum result result_of_word(struct span word)
{
	for (int result = RESULT_NONE; result < RESULT_WORDS; result++)
		if (entry_says(word, result_word((enum result)result)))
			return (enum result)result;
	return RESULT_NONE;
}

enum outcome outcome_of(const struct entry *entry)
{
	enum result spf, dmarc = result_of_word(entry->fields[FIELD_DMARC]);

	if (entry->fields[FIELD_SKIPPED].len > 0)
		return OUTCOME_SKIPPED;
	if (dmarc == RESULT_PASS)
		return OUTCOME_GOOD;
	if (dmarc == RESULT_FAIL)
		return OUTCOME_FAIL;
	if (dmarc == RESULT_TEMPERROR || dmarc == RESULT_PERMERROR)
		return OUTCOME_UNDECIDED;
	spf = result_of_word(entry->fields[FIELD_SPF]);
	if (spf == RESULT_PASS || result_of_word(entry->fields[FIELD_DKIM]) == RESULT_PASS)
		return OUTCOME_GOOD;
	return spf == RESULT_TEMPERROR || spf == RESULT_PERMERROR ? OUTCOME_UNDECIDED : OUTCOME_WEAK;
}

bool outcome_is_trouble(const struct entry *entry)
{
	enum outcome outcome = outcome_of(entry);

	return outcome != OUTCOME_SKIPPED && (outcome != OUTCOME_GOOD || entry->cause_count > 0);
}
