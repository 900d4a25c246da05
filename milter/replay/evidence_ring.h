/* The latest verdicts as .case files in a folder: bounded in number and in octets, the oldest go first.
 * Shared by all workers through a small ledger in the folder, which says what is there; everything in it
 * may be deleted at any time. What a process that dies in the middle leaves is written over later. */
#ifndef REPLAY_EVIDENCE_RING_H
#define REPLAY_EVIDENCE_RING_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct evidence_ring;

struct evidence_item {
	const char *queue_id;
	int64_t now;
	const char *text; /* of the .case, without its "message" line */
	const char *message;
	size_t message_len;
};

/* The folder of the evidence, "…/evidence" beside the key memory; "" without one. */
const char *evidence_folder(const char *key_memory, struct arena *arena);

/* count: items; octets: of all together. The folder must be there. */
struct evidence_ring *evidence_ring_open(
	const char *folder, unsigned count, uint64_t octets, struct fault *fault);
void evidence_ring_close(struct evidence_ring **ring);

/* Writes files: not for a thread that somebody waits for. False with the reason; nothing is lost but the
 * item. One thread at a time. */
bool evidence_ring_put(struct evidence_ring *ring, const struct evidence_item *item, struct fault *fault);

/* The newest .case of that queue id in the folder, or NULL with the reason. What was read from it counts only
 * if the file still has its name afterwards: the oldest pair is written over. */
const char *evidence_find(const char *folder, const char *queue_id, struct arena *arena, struct fault *fault);

#endif
