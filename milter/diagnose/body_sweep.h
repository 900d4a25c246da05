/* Where the signed text lies within the body that arrived: every prefix, then windows from likely
 * starts, then the body without one block in its middle. */
#ifndef DIAGNOSE_BODY_SWEEP_H
#define DIAGNOSE_BODY_SWEEP_H

#include "diagnose/body_change.h"

/* BODY_FOOTER, BODY_BANNER, BODY_WRAPPED, BODY_INSERTED, or BODY_UNKNOWN. */
struct body_change body_sweep(const struct body_facts *facts, struct effort *effort, struct arena *arena);

/* Only the first of these: BODY_FOOTER or BODY_UNKNOWN. The last lines alone, which is the most frequent
 * answer for one walk; */
struct body_change body_sweep_footer(
	const struct body_facts *facts, struct effort *effort, struct arena *arena);

/* and all lines above them. */
struct body_change body_sweep_prefixes(
	const struct body_facts *facts, struct effort *effort, struct arena *arena);

/* What is left when no prefix was it. */
struct body_change body_sweep_inside(
	const struct body_facts *facts, struct effort *effort, struct arena *arena);

#endif
