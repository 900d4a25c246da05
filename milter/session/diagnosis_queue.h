/* The diagnosis that takes time, done when the MTA has its answer: one thread behind a bounded queue,
 * per process. It ends in the message's log record, so a record comes later than its answer. When
 * there is no room the caller writes the record at once: mail and memory come first. */
#ifndef SESSION_DIAGNOSIS_QUEUE_H
#define SESSION_DIAGNOSIS_QUEUE_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct decision;
struct diagnosis_queue;
struct inspection;
struct outlets;

/* outlets are borrowed. */
struct diagnosis_queue *diagnosis_queue_open(const struct outlets *outlets, struct fault *fault);

/* Takes over an inspection that is finished and wants more, sets *inspection NULL and returns true; false
 * when it is full or being finished. Any thread; never waits. */
bool diagnosis_queue_put(
	struct diagnosis_queue *queue, struct inspection **inspection, const struct decision *decision);

/* How many wait. Any thread. */
size_t diagnosis_queue_length(struct diagnosis_queue *queue);

/* Takes nothing more and works off what is there: for so long as it should be, then without asking
 * further. No record is lost. False when the thread does not end, seconds behind its time: then nothing
 * that it uses may be closed. Once. */
bool diagnosis_queue_finish(struct diagnosis_queue *queue, int longest_ms);

/* After it was finished, when nobody can put any more. */
void diagnosis_queue_free(struct diagnosis_queue **queue);

#endif
