/* The hash over the slots of a header_search while a few of them have other octets: what lies above the first
 * of those is hashed once for all tries, what lies between them goes in at once. */
#ifndef DIAGNOSE_HEADER_HASH_H
#define DIAGNOSE_HEADER_HASH_H

#include "base/digest.h"
#include "base/text.h"

#include <stdbool.h>

struct arena;

enum { HEADER_PREFIXES = 32 }; /* below that a try goes on from the last of them */

struct header_hash {
	enum digest_kind kind;
	struct arena *arena;
	const char *octets; /* of all slots, one behind the other; NULL when a slot was changed since */
	size_t *starts;     /* one more than there are slots */
	struct digest_stream *prefixes[HEADER_PREFIXES]; /* up to the start of that slot */
	size_t prefix_count;                             /* those that are of the present slots */
	struct digest_stream *stream;
};

void header_hash_begin(struct header_hash *hash, enum digest_kind kind, struct arena *arena);
void header_hash_end(struct header_hash *hash);

/* That slot has other octets from now on. */
void header_hash_forget(struct header_hash *hash, size_t slot);

/* A slot with other octets, for one try. */
struct header_swap {
	size_t slot;
	struct span octets;
};

/* The swaps in the order of their slots, each slot once. */
struct digest header_hash_of(struct header_hash *hash, const struct span *slots, size_t slot_count,
	const struct header_swap *swaps, size_t swap_count);

#endif
