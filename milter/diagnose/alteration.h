/* What happened to one signed message on the way, looked for once and kept. */
#ifndef DIAGNOSE_ALTERATION_H
#define DIAGNOSE_ALTERATION_H

#include "diagnose/body_change.h"
#include "diagnose/effort.h"
#include "diagnose/header_change.h"

enum { ALTERATIONS_MAX = 10 }; /* signatures looked at; more are not evaluated anyway */

/* For one message, over all its signatures and hypotheses (catalogue section 6). */
enum { SEARCH_BUDGET = 30 * 1000 * 1000 };

struct alteration {
	bool searched;
	struct header_change header; /* HEADER_UNKNOWN also when it was not looked for */
	struct body_change body;     /* likewise */
};

/* The searches of one message, over all rounds of the diagnosis. */
struct alterations {
	struct alteration of[ALTERATIONS_MAX];
	struct alteration of_arc; /* of the newest ARC-Message-Signature */
	struct effort effort;
};

struct collection;
struct signature_verdict;

void alterations_begin(struct alterations *alterations);

/* NULL when searching is not allowed now; then it is noted that it is wanted. */
const struct alteration *alteration_of(
	struct collection *collection, const struct signature_verdict *signature);

/* The same for the newest ARC-Message-Signature; NULL also when none was evaluated. */
const struct alteration *alteration_of_arc(struct collection *collection);

#endif
