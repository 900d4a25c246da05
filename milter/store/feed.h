/* The way from a worker to the writer of the store: a bounded queue that the kernel keeps between them, and a
 * ring in memory for when there is much. Mail never waits for it: when both are full, the row is lost, and
 * counted. */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "base/fault.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct decision;
struct findings;
struct ring;
struct row_texts;

struct feed {
	int fd;            /* -1: nobody wants to hear */
	struct ring *ring; /* NULL: none */
	int process;       /* our own */
	uint64_t birth;    /* random, of this process: the first half of every id */
	atomic_uint_fast64_t count;
};

/* Both ends of the queue; inherited by those who use them, close-on-exec. */
bool feed_ends(int *sending, int *receiving, struct fault *fault);

/* Takes over the sending end; -1 for none. The ring is borrowed; NULL: all goes through the queue. */
void feed_begin(struct feed *feed, int sending, struct ring *ring);

/* Is there a store? */
bool feed_wants(const struct feed *feed);

/* Any thread; never waits. False when the row is lost. */
bool feed_put(struct feed *feed, const struct findings *findings, const struct decision *decision,
	const struct row_texts *texts, struct arena *arena);

#endif
