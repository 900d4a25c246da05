/* ASK_AUTHORITY over the network: one datagram to one name server, whose address is looked up as any
 * other name. Not by libunbound: it does not say whether a reply is authoritative, it would let an
 * open resolver pass for one. */
#ifndef DNS_AUTHORITY_H
#define DNS_AUTHORITY_H

#include "facts/answer.h"

struct arena;
struct cache;

/* The answer in the arena, never NULL. Waits up to wait_ms for the address of the server, and up to a
 * second of that for its reply. Any thread. Private addresses are not asked. */
const struct answer *authority_ask(
	struct cache *cache, const struct question *question, int wait_ms, struct arena *arena);

#endif
