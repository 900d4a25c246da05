/* Does the client's PTR name lead back to its address (RFC 8601 section 2.7.3)? A fact for log and
 * diagnosis. */
#ifndef FACTS_IPREV_VERDICT_H
#define FACTS_IPREV_VERDICT_H

#include "facts/answer.h"
#include "facts/result.h"

struct iprev_verdict {
	enum result result; /* pass, fail, temperror, permerror (no PTR); none without address */
	const char *name;   /* the first PTR name that leads back; else the first PTR name; "" if none */
	size_t ptr_count;   /* as published; at most 10 are followed */
	const char *const *names; /* those followed */
	size_t name_count;
	bool name_without_address; /* no PTR name has an address at all */
	enum answer_trouble trouble;
	struct evidence evidence;
};

#endif
