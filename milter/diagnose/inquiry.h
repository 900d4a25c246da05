/* What the diagnosis would like to know besides what the verifiers asked. A producer asks for an
 * answer or a trial; when it is not known yet it is noted here, nothing is done about it now, and
 * the producer does without. The caller has the noted things done and diagnoses again, until
 * nothing new is noted or the budget is spent. */
#ifndef DIAGNOSE_INQUIRY_H
#define DIAGNOSE_INQUIRY_H

#include "facts/answer.h"
#include "facts/trial.h"

#include <stdbool.h>

struct collection;

/* Per message, over all rounds (ours; the number of DNS questions is an option). */
enum { INQUIRY_QUESTIONS_MAX = 64, INQUIRY_TRIALS_MAX = 40, INQUIRY_ROUNDS_MAX = 12 };

struct inquiry {
	struct question questions[INQUIRY_QUESTIONS_MAX];
	size_t question_count;
	struct spf_trial spf[INQUIRY_TRIALS_MAX];
	size_t spf_count;
	struct key_trial keys[INQUIRY_TRIALS_MAX];
	size_t key_count;
	bool alterations_wanted; /* searching what happened to the message (diagnose/alteration.h) */
};

void inquiry_begin(struct inquiry *inquiry);

/* The answer if it is known; otherwise NULL, and it is noted. Texts are copied. */
const struct answer *inquire(struct collection *collection, const char *name, enum rr_type type);
const struct answer *inquire_how(struct collection *collection, struct question question);

/* For what is less important: noted when the budget has room for it. */
const struct answer *inquire_spare(struct collection *collection, const char *name, enum rr_type type);

/* The outcome if it is known; otherwise NULL, and it is noted. */
const struct spf_trial *inquire_spf(
	struct collection *collection, const struct netaddr *client, const char *domain, const char *record);
const struct key_trial *inquire_key(struct collection *collection, size_t signature, const char *key_p);

/* How much is noted: more than before means that something is on its way. */
size_t inquiry_size(const struct collection *collection);

bool inquiry_is_empty(const struct inquiry *inquiry);

#endif
