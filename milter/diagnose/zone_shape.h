/* What else is in a domain's zone, found out with few questions. Every question
 * is an inquiry: an answer not known yet is noted, *pending is set, and KNOWN_NOT is returned. */
#ifndef DIAGNOSE_ZONE_SHAPE_H
#define DIAGNOSE_ZONE_SHAPE_H

#include "diagnose/known_answers.h"

struct collection;

/* Does anything exist at ZONE.ZONE, where a control panel puts full names that were typed into its
 * field for the host? One question for SPF, DKIM and DMARC together. */
enum known zone_is_doubled(struct collection *collection, const char *zone, bool *pending);

/* Is the text at a name below the zone the answer of a wildcard? Compares with a name nobody has. */
enum known zone_answers_anything(
	struct collection *collection, const char *below, const struct answer *answer, bool *pending);

/* Has the domain DKIM keys under any selector (RFC 8020)? */
struct keys_below {
	enum known exist;
	bool certain;      /* neither a wildcard nor a careless server can have said so */
	bool asked_nobody; /* it took a second question */
};
struct keys_below zone_keys_below(struct collection *collection, const char *domain, bool *pending);

#endif
