/* Chunks for the arenas of all messages, cut from slabs that hold nothing else: what one message gives
 * back another takes, nothing of another size lies between, and a slab that is empty goes back to the
 * kernel. Any thread. */
#ifndef BASE_CHUNK_POOL_H
#define BASE_CHUNK_POOL_H

#include "base/arena.h"

extern const struct arena_source chunk_pool;

#endif
