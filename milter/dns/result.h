/* What libunbound found, as an answer. */
#ifndef DNS_RESULT_H
#define DNS_RESULT_H

#include "facts/answer.h"

struct arena;
struct ub_result;

/* Some texts stay the result's. False when libunbound has no answer: the reason is in its log only. */
bool result_read(const struct ub_result *result, const struct question *question, struct arena *arena,
	struct answer *answer);

#endif
