/* Text added inside a base64 part: the part decoded, cut at a line, and encoded again. */
#ifndef DIAGNOSE_BODY_RECODED_H
#define DIAGNOSE_BODY_RECODED_H

#include "diagnose/body_variants.h"

/* How many cuts are tried: the last lines as a footer, then the first ones as a banner. */
enum { RECODED_LINES_MAX = 40, RECODED_CUTS_MAX = 2 * RECODED_LINES_MAX };

/* The body without so many lines of its first base64 text; kind BODY_FOOTER or BODY_BANNER,
 * BODY_UNKNOWN when there is nothing to cut. text: the first line of what was cut. */
struct body_variant variant_recoded(
	const struct body_facts *facts, size_t cut, const char **text, struct arena *arena);

#endif
