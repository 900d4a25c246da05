/* What happened to one signed message on the way, looked for once and kept: the search hashes up to
 * 30 MB. */
#ifndef DIAGNOSE_ALTERATION_H
#define DIAGNOSE_ALTERATION_H

#include "diagnose/body_change.h"
#include "diagnose/header_change.h"

enum { ALTERATIONS_MAX = 10 }; /* signatures looked at; more are not evaluated anyway */

struct alteration {
	bool searched;
	struct header_change header; /* HEADER_UNKNOWN also when it was not looked for */
	struct body_change body;     /* likewise */
};

/* The searches of one message, over all rounds of the diagnosis. */
struct alterations {
	struct alteration of[ALTERATIONS_MAX];
	struct alteration of_arc; /* of the newest ARC-Message-Signature */
	size_t body_budget;       /* octets that may still be hashed */
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
