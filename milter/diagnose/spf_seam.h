/* Two terms of an SPF record that were written without a blank between them. */
#ifndef DIAGNOSE_SPF_SEAM_H
#define DIAGNOSE_SPF_SEAM_H

#include "diagnose/spf_text.h"

enum { SPF_MECHANISMS = 8 }; /* RFC 7208 section 5 */

extern const char *const spf_mechanisms[SPF_MECHANISMS];
bool spf_is_mechanism(const char *name); /* lower case */

/* Where a second term begins inside the word, or NULL. */
const char *spf_seam(const struct spf_word *word, struct arena *arena);

#endif
