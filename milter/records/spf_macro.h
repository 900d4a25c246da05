/* Macros of SPF records and explanations (RFC 7208 section 7): their syntax and their expansion.
 * Pure: what needs DNS (the validated name of %{p}) comes as a value. */
#ifndef RECORDS_SPF_MACRO_H
#define RECORDS_SPF_MACRO_H

#include "base/netaddr.h"
#include "base/text.h"

#include <stdint.h>

struct arena;

/* c, r and t may only stand in the text that exp= names (RFC 7208 section 7.2). */
enum spf_macro_place { SPFMACRO_IN_RECORD, SPFMACRO_IN_EXPLANATION };

/* The limit is ours: one SMTP reply has no use for more. */
enum { SPFMACRO_EXPLANATION_MAX = 1000 };

/* What the letters stand for; every text may be foreign, none is NULL. */
struct spf_macro_values {
	const char *sender;        /* s */
	const char *local;         /* l */
	const char *sender_domain; /* o */
	const char *domain;        /* d: whose record is evaluated */
	const char *helo;          /* h */
	const char *receiver;      /* r */
	const char *validated;     /* p: "unknown" unless the client's name is known to lead back */
	struct netaddr client;     /* i, v, c */
	int64_t now;               /* t */
};

/* Octets of the macro that starts at text ("%{d2r-}", "%%"); 0 when it is none. */
size_t spf_macro_length(struct span text, enum spf_macro_place place);

/* True when every "%" starts a macro. *bad is the first piece that does not. */
bool spf_macro_check(struct span text, enum spf_macro_place place, struct span *bad);

/* Does the (valid) text use this lower-case letter, in either case? */
bool spf_macro_uses(struct span text, char letter);

/* The name to ask for: without a final dot, cut at a label on the left to at most 253 octets
 * (RFC 7208 section 7.3). Only for valid text. */
const char *spf_macro_domain(struct arena *arena, struct span text, const struct spf_macro_values *values);

/* At most SPFMACRO_EXPLANATION_MAX octets. Only for valid text. */
const char *spf_macro_explanation(
	struct arena *arena, struct span text, const struct spf_macro_values *values);

#endif
