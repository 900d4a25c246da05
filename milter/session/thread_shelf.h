/* Threads that are done wait here a while for the next routine: libmilter ends a worker whenever two have
 * nothing to do, and starts one for the next session, which costs more than reading a small message. */
#ifndef SESSION_THREAD_SHELF_H
#define SESSION_THREAD_SHELF_H

#include <pthread.h>
#include <stdbool.h>

/* Gives the routine to a thread of the shelf. False when none is there. */
bool thread_shelf_take(pthread_t *thread, void *(*routine)(void *), void *argument);

/* The rest of a thread's life, after its first routine: what thread_shelf_take brings, until nothing
 * comes for patience_ms. The thread is detached. */
void thread_shelf_wait(int patience_ms);

/* Does this thread run what thread_shelf_take brought? */
bool thread_shelf_is_reused(void);

#endif
