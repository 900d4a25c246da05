/* The writer's end of the way: a thread empties the kernel's queue into memory, so that a slow database is
 * not felt by the workers; the ring is emptied with each call of intake_take. Bounded: when memory is full,
 * the thread stops reading. */
#ifndef STORE_INTAKE_H
#define STORE_INTAKE_H

#include "base/fault.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct intake;
struct ring;
struct row;

/* Takes over the receiving end; the ring is borrowed, NULL: none. Adds each row it receives to *held, which
 * whoever has brought it away subtracts from. NULL with the reason in fault. */
struct intake *intake_open(int receiving, struct ring *ring, atomic_uint_fast64_t *held, struct fault *fault);

/* The next rows, at most max; waits for the first one at most wait_ms, then a moment for more. Their texts
 * live until the next call. *broken counts packets that are no rows. */
size_t intake_take(struct intake *intake, struct row *rows, size_t max, int wait_ms, size_t *broken);

/* Reads what is still on its way, and nothing more from then on; intake_take gives the rest. */
void intake_finish(struct intake *intake);

/* When it is finished. */
void intake_close(struct intake **intake);

#endif
