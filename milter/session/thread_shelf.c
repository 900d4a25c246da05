#include "session/thread_shelf.h"

#include "base/clock.h"
#include "base/condition.h"

#include <stddef.h>
#include <stdint.h>

enum { SHELF_MAX = 32 }; /* ours: what a burst leaves behind may go */

/* On the stack of the thread. */
struct waiting {
	struct waiting *next;
	pthread_t thread;
	pthread_cond_t called;
	void *(*routine)(void *); /* NULL: nothing yet */
	void *argument;
};

/* The one that came last is taken first: its memory is still in the caches. */
static struct {
	pthread_mutex_t lock;
	struct waiting *newest;
	unsigned count;
} shelf = {.lock = PTHREAD_MUTEX_INITIALIZER};

static _Thread_local bool reused;

bool thread_shelf_is_reused(void)
{
	return reused;
}

bool thread_shelf_take(pthread_t *thread, void *(*routine)(void *), void *argument)
{
	struct waiting *waiting;

	(void)pthread_mutex_lock(&shelf.lock);
	waiting = shelf.newest;
	if (waiting != NULL) {
		shelf.newest = waiting->next;
		shelf.count--;
		waiting->routine = routine;
		waiting->argument = argument;
		*thread = waiting->thread;
		(void)pthread_cond_signal(&waiting->called); /* under the lock: it is gone when it has it */
	}
	(void)pthread_mutex_unlock(&shelf.lock);
	return waiting != NULL;
}

static void waiting_begin(struct waiting *waiting)
{
	*waiting = (struct waiting){.thread = pthread_self()};
	condition_init(&waiting->called);
}

static void take_off(const struct waiting *waiting)
{
	struct waiting **at = &shelf.newest;

	while (*at != waiting)
		at = &(*at)->next;
	*at = waiting->next;
	shelf.count--;
}

/* Waits on the shelf. False when nobody called, or it is full. */
static bool wait_for_call(struct waiting *waiting, int patience_ms)
{
	int64_t until_ms = clock_monotonic_ms() + patience_ms;
	bool is_patient = true;

	(void)pthread_mutex_lock(&shelf.lock);
	if (shelf.count < SHELF_MAX) {
		waiting->next = shelf.newest;
		shelf.newest = waiting;
		shelf.count++;
		while (waiting->routine == NULL && is_patient)
			is_patient = condition_wait_until(&waiting->called, &shelf.lock, until_ms);
		if (waiting->routine == NULL)
			take_off(waiting);
	}
	(void)pthread_mutex_unlock(&shelf.lock);
	return waiting->routine != NULL;
}

void thread_shelf_wait(int patience_ms)
{
	struct waiting waiting;

	waiting_begin(&waiting);
	reused = true;
	while (wait_for_call(&waiting, patience_ms)) {
		(void)waiting.routine(waiting.argument);
		waiting.routine = NULL;
	}
	(void)pthread_cond_destroy(&waiting.called);
}
