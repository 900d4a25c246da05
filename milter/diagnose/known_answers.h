/* Looking things up among the answers that this message already has. Nothing is asked here: a cause
 * that needs one more answer asks for it (diagnose/inquiry.h) and is found when it is there. */
#ifndef DIAGNOSE_KNOWN_ANSWERS_H
#define DIAGNOSE_KNOWN_ANSWERS_H

#include "base/netaddr.h"
#include "facts/answer.h"

struct arena;

/* NULL when it was never asked in the normal way. The name is lower case without final dot. */
const struct answer *known_answer(const struct evidence *evidence, const char *name, enum rr_type type);

/* The first TXT of the answer that begins with the text (case ignored), or NULL. */
const struct rdata *known_text(const struct answer *answer, const char *start);

/* The host of an MX value ("10 mail.example.com"), lower case. */
const char *known_mx_host(const struct rdata *mx);

/* A name below the domain that does not exist unless a wildcard answers for it: always the same one, so
 * that its answer stays in the cache. */
const char *made_up_name(const char *domain, struct arena *arena);

enum known { KNOWN_NO, KNOWN_YES, KNOWN_NOT }; /* NOT: not known */

/* Do these answers give the name this address (A or AAAA by its family)? */
enum known known_address(
	const struct evidence *evidence, const char *name, const struct netaddr *address, unsigned prefix);

/* Is it certain that the name has neither A nor AAAA? */
enum known known_without_address(const struct evidence *evidence, const char *name);

/* The name's addresses as text, "192.0.2.1, 2001:db8::1"; "" when none is known. */
const char *known_addresses(const struct evidence *evidence, const char *name, struct arena *arena);

/* "timeout", "SERVFAIL: lame", for {reason}. */
const char *known_reason(const struct answer *answer, struct arena *arena);

#endif
