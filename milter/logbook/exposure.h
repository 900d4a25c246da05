/* What became of mail, by how far it could be trusted: what the users of this site were exposed to. */
#ifndef LOGBOOK_EXPOSURE_H
#define LOGBOOK_EXPOSURE_H

#include "logbook/entry.h"

/* In the order in which they are told. */
enum exposed {
	EXPOSED_GOOD,
	EXPOSED_WEAK,
	EXPOSED_UNDECIDED,
	EXPOSED_FAIL_NONE, /* DMARC fails, and the domain asks for nothing */
	EXPOSED_FAIL_QUARANTINE,
	EXPOSED_FAIL_REJECT,
	EXPOSED_SKIPPED,
	EXPOSED_COUNT,
};

/* In the order in which they are told. */
enum census_action { DONE_ACCEPT, DONE_QUARANTINE, DONE_REJECT, DONE_TEMPFAIL, DONE_COUNT };

struct exposure {
	uint64_t messages[EXPOSED_COUNT][DONE_COUNT];
	uint64_t reached[EXPOSED_COUNT]; /* recipients of those accepted */
};

/* A word of the log as what it means; the first for an unknown one. */
enum census_action action_of_word(struct span word);

enum exposed exposed_of(const struct entry *entry);
void exposure_add(struct exposure *exposure, const struct entry *entry);

#endif
