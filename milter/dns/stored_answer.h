/* An answer as the cache keeps it: one immutable piece of memory, shared by counting. */
#ifndef DNS_STORED_ANSWER_H
#define DNS_STORED_ANSWER_H

#include "facts/answer.h"

struct arena;
struct stored_answer;

/* A copy for at most lifetime_ms from now, with one holder. */
struct stored_answer *stored_answer_new(const struct answer *answer, int64_t now_ms, int64_t lifetime_ms);

/* Any thread. */
struct stored_answer *stored_answer_hold(struct stored_answer *stored);
void stored_answer_drop(struct stored_answer **stored);

const struct answer *stored_answer_look(const struct stored_answer *stored);
bool stored_answer_is_fresh(const struct stored_answer *stored, int64_t now_ms);
size_t stored_answer_size(const struct stored_answer *stored);

/* A copy in the arena; its ttl is what is left. */
struct answer *stored_answer_copy(const struct stored_answer *stored, int64_t now_ms, struct arena *arena);

#endif
