/* A condition of threads that is waited for on the clock that never jumps. */
#ifndef BASE_CONDITION_H
#define BASE_CONDITION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Ended with pthread_cond_destroy. */
void condition_init(pthread_cond_t *condition);

/* Under the lock. False when that time of clock_monotonic_ms has come; true, perhaps for no reason, before.
 */
bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_ms);

#endif
