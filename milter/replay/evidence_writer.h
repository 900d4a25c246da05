/* Puts evidence into the ring on a thread of its own, behind a bounded queue: whoever brings it never waits,
 * and when there is no room it is dropped and counted. */
#ifndef REPLAY_EVIDENCE_WRITER_H
#define REPLAY_EVIDENCE_WRITER_H

#include "replay/evidence_ring.h"

struct evidence_writer;

struct evidence_listener {
	void (*complain)(void *self, const char *text); /* from the thread, once a minute at most */
	void *self;
};

/* NULL when there is no thread to be had. Opens the ring on the thread. */
struct evidence_writer *evidence_writer_open(
	const char *folder, unsigned count, uint64_t octets, struct evidence_listener listener);

/* Copies the item. Any thread. NULL for a writer is allowed: nothing is kept. */
void evidence_writer_put(struct evidence_writer *writer, const struct evidence_item *item);

/* Writes what is there, for some seconds at most. */
void evidence_writer_close(struct evidence_writer **writer);

#endif
