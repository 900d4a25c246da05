/* Does an authenticated domain belong to the author's (RFC 9989 sections 4.10.2 and 5.3.4)? Ours, not
 * the library's: that lets victims' names align with strangers'. */
#ifndef VERIFY_DMARC_ALIGNMENT_H
#define VERIFY_DMARC_ALIGNMENT_H

#include "verify/dmarc_discovery.h"

/* STRICT when both names are equal, RELAXED when they share their organisation. Identifiers that
 * passed are looked up in DNS where the names alone do not tell; for others the names decide,
 * because only the diagnosis wants to know. NO with *trouble set when a lookup hides it. */
enum alignment dmarc_alignment_of(struct dmarc_search *search, const char *author,
	const struct dmarc_discovery *discovery, const char *identifier, bool passed,
	const struct answer **trouble);

/* Is the alignment enough under adkim= or aspf=? */
bool alignment_suffices(enum alignment alignment, bool strict);

#endif
