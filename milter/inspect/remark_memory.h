/* Good mail that was looked at for remarks (the sender's MX and zone, the client's names) and gave no
 * reason for one: for an hour, mail like it needs no question and no second look. Only that is kept:
 * where there was a remark the next message is looked at again, so that every record says it. One per
 * process, bounded; locks inside. */
#ifndef INSPECT_REMARK_MEMORY_H
#define INSPECT_REMARK_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct envelope;
struct remark_memory;
struct verdicts;

struct remark_memory *remark_memory_new(void);
void remark_memory_free(struct remark_memory **memory);

/* All of a message that remarks depend on besides DNS; "" when mail like this is always looked at. */
const char *remark_key(const struct envelope *envelope, const struct verdicts *verdicts, struct arena *arena);

/* now_s only needs to grow. */
bool remark_memory_has(struct remark_memory *memory, const char *key, int64_t now_s);
void remark_memory_keep(struct remark_memory *memory, const char *key, int64_t now_s);

#endif
