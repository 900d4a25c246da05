/* The way from a worker to the writer of the store: a bounded queue that the kernel keeps between them.
 * Mail never waits for it: when it is full, the row is lost, and counted. */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "base/fault.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct decision;
struct findings;
struct row_texts;

struct feed {
	int fd;         /* -1: nobody wants to hear */
	uint64_t birth; /* random, of this process: the first half of every id */
	atomic_uint_fast64_t count;
};

/* Both ends of the way; inherited by those who use them, close-on-exec. */
bool feed_ends(int *sending, int *receiving, struct fault *fault);

/* Takes over the sending end; -1 for none. */
void feed_begin(struct feed *feed, int sending);

/* Is there a store? */
bool feed_wants(const struct feed *feed);

/* Any thread; never waits. False when the row is lost. */
bool feed_put(struct feed *feed, const struct findings *findings, const struct decision *decision,
	const struct row_texts *texts, struct arena *arena);

#endif
