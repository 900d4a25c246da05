/* A queue in memory that processes share: many put, one takes, nobody waits or asks the kernel. It is open
 * only while its taker looks at it every now and then; whoever may not put goes another way. What is in it
 * survives the processes on both sides. */
#ifndef STORE_RING_H
#define STORE_RING_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct ring;

/* A descriptor, close-on-exec, of memory that nobody can make smaller; -1 with the reason in fault. */
int ring_memory_new(struct fault *fault);

/* NULL when the descriptor has no such memory. It may be closed afterwards. */
struct ring *ring_map(int memory);
void ring_unmap(struct ring **ring);

/* All of the octets or none: false when it is not open, when it is full, or while somebody else puts.
 * process: the caller's own. */
bool ring_put(struct ring *ring, int process, const void *octets, size_t len);

/* For who takes. */
bool ring_is_empty(const struct ring *ring);

/* What was put next, at most most octets; 0: there is nothing. One thread in all the world. */
size_t ring_take(struct ring *ring, void *into, size_t most);

/* Says whether its taker looks. What is in it can be taken all the same. */
void ring_open(struct ring *ring, bool is_open);

/* That process is dead: what it had begun to put was never there. */
void ring_bury(struct ring *ring, int process);

#endif
