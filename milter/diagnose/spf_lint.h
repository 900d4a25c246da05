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

#endif
