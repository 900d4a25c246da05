#include "logbook/exposure.h"

#include "logbook/outcome.h"

enum { RECIPIENTS_MOST = 100000 }; /* of one message: what is more was not written by us */

enum census_action action_of_word(struct span word)
{
	static const char *const words[] = {
		[DONE_ACCEPT] = "accept",
		[DONE_QUARANTINE] = "quarantine",
		[DONE_REJECT] = "reject",
		[DONE_TEMPFAIL] = "tempfail",
	};

	for (int action = DONE_ACCEPT; action < DONE_COUNT; action++)
		if (entry_says(word, words[action]))
			return (enum census_action)action;
	return DONE_ACCEPT;
}

static enum exposed failed_under(struct span policy)
{
	if (entry_says(policy, "reject"))
		return EXPOSED_FAIL_REJECT;
	return entry_says(policy, "quarantine") ? EXPOSED_FAIL_QUARANTINE : EXPOSED_FAIL_NONE;
}

enum exposed exposed_of(const struct entry *entry)
{
	switch (outcome_of(entry)) {
	case OUTCOME_GOOD:
		return EXPOSED_GOOD;
	case OUTCOME_WEAK:
		return EXPOSED_WEAK;
	case OUTCOME_UNDECIDED:
		return EXPOSED_UNDECIDED;
	case OUTCOME_FAIL:
		return failed_under(entry->fields[FIELD_DMARC_POLICY]);
	case OUTCOME_SKIPPED:
	case OUTCOME_COUNT:
		break;
	}
	return EXPOSED_SKIPPED;
}

static unsigned long recipients_of(const struct entry *entry)
{
	unsigned long number = 1;

	for (size_t i = 0; i < entry->pair_count; i++)
		if (entry_says(entry->pairs[i].name, "recipients"))
			return span_number(entry->pairs[i].value, RECIPIENTS_MOST, &number) ? number : 1;
	return 1;
}

void exposure_add(struct exposure *exposure, const struct entry *entry)
{
	enum exposed exposed = exposed_of(entry);
	enum census_action action = action_of_word(entry->fields[FIELD_ACTION]);

	exposure->messages[exposed][action]++;
	if (action == DONE_ACCEPT)
		exposure->reached[exposed] += recipients_of(entry);
}
