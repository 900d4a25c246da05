/* How much work the searches of one message may still do. It is counted in octets hashed, and what costs
 * as much as hashing counts for octets too: so the same message gets the same diagnosis on every
 * machine. The caller may also say when time is up; then what is left is taken away. */
#ifndef DIAGNOSE_EFFORT_H
#define DIAGNOSE_EFFORT_H

#include <stdbool.h>
#include <stddef.h>

struct effort {
	size_t octets;                  /* left */
	bool (*is_time_up)(void *self); /* NULL: never; asked now and then */
	void *self;
	size_t unwatched; /* spent since it was asked */
	bool stopped;     /* it was up */
};

/* False when there is not so much left; then nothing is taken. */
bool effort_spend(struct effort *effort, size_t octets);

/* The same for work that was done already: takes what there is. */
void effort_charge(struct effort *effort, size_t octets);

/* Is there more than that left, in time too? */
bool effort_exceeds(struct effort *effort, size_t octets);

#endif
