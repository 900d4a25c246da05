/* Has done what the diagnosis noted: asks the questions, runs the trials, keeps the outcomes. */
#ifndef INSPECT_INVESTIGATION_H
#define INSPECT_INVESTIGATION_H

#include "diagnose/inquiry.h"

struct verdicts;
struct work;

struct investigation {
	struct spf_trial spf[INQUIRY_TRIALS_MAX];
	struct key_trial keys[INQUIRY_TRIALS_MAX];
	struct trials done;
	bool partial; /* a limit left something undone */
};

void investigation_begin(struct investigation *investigation);

/* False when nothing was noted or nothing more may be done. Waits for DNS, within the budget of the
 * work's client. */
bool investigation_pursue(struct investigation *investigation, const struct inquiry *inquiry,
	const struct work *work, const struct verdicts *verdicts);

#endif
