/* SPF in Gmail's words: one text for Authentication-Results and Received-SPF. */
#ifndef REPORT_AUTHRES_SPF_H
#define REPORT_AUTHRES_SPF_H

#include "facts/spf_verdict.h"

struct arena;
struct findings;

/* "mx.example: domain of … designates … as permitted sender": the comment, without brackets. */
const char *spf_comment(const struct findings *findings, struct arena *arena);

/* "smtp.mailfrom=…", or "smtp.helo=…" for the null sender. */
const char *spf_property(const struct findings *findings, struct arena *arena);

/* What makes a record unusable, from a closed list: "too many DNS lookups". For targets that are not
 * found it is "not found". "" without a fault. */
const char *spf_fault_words(enum spf_fault fault);

#endif
