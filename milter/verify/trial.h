/* Trials for the diagnosis: a check once more with one thing changed (facts/trial.h). They fill in the
 * outcome and change nothing else; DNS is asked through the work's client, within its budget. */
#ifndef VERIFY_TRIAL_H
#define VERIFY_TRIAL_H

#include "facts/trial.h"

struct verdicts;
struct work;

void trial_spf(const struct work *work, struct spf_trial *trial);
void trial_key(const struct work *work, const struct verdicts *verdicts, struct key_trial *trial);

#endif
