/* What a strict reader stumbles over in one word of an SPF record, and what was probably meant. */
#ifndef DIAGNOSE_SPF_LINT_H
#define DIAGNOSE_SPF_LINT_H

#include "diagnose/spf_text.h"

enum spf_slip {
	SPF_SLIP_NONE,
	SPF_SLIP_SPACE_MISSING, /* meant: the whole record */
	SPF_SLIP_SEPARATOR,
	SPF_SLIP_NAME_MISSING,
	SPF_SLIP_MISSPELLED,
	SPF_SLIP_ADDRESS,
	SPF_SLIP_PREFIX,
	SPF_SLIP_MACRO,
	SPF_SLIP_DOMAIN,
	SPF_SLIP_UNKNOWN,
};

struct spf_finding {
	enum spf_slip slip;
	const char *term;  /* what is wrong, as published */
	const char *meant; /* what to write instead; "" when nobody can tell */
};

struct spf_finding spf_lint_word(const char *record, const struct spf_word *word, struct arena *arena);

/* The record with every slip of its words mended; NULL when one of them needs somebody who knows. */
const char *spf_lint_mended(const char *record, struct arena *arena);

/* Cut at one of the lengths that control panels know, in the middle of a word? */
bool spf_lint_truncated(const char *record, struct arena *arena);

/* Has no end of its own, and exactly one of the two lengths at which most panels cut? Then it may have been
 * cut where nobody sees it: "ip4:192.0.2.1" is what is left of "ip4:192.0.2.108". */
bool spf_lint_fills_limit(const char *record, struct arena *arena);

#endif
