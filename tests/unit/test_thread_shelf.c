/* session/thread_shelf: a thread that is done runs the next routine, and ends when none comes. */
#include "session/thread_shelf.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROUNDS = 2000, TAKERS = 4, PATIENCE_MS = 300, LONGEST_MS = 20000 };

static atomic_uint ran, ran_reused, ended;

static void *count(void *argument)
{
	atomic_fetch_add((atomic_uint *)argument, 1);
	atomic_fetch_add(&ran_reused, thread_shelf_is_reused());
	return NULL;
}

static void *live(void *argument)
{
	(void)count(argument);
	thread_shelf_wait(PATIENCE_MS);
	atomic_fetch_add(&ended, 1);
	return NULL;
}

static void begin_thread(void)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, live, &ran), 0);
	assert_int_equal(pthread_detach(thread), 0);
}

static void wait_until(atomic_uint *number, unsigned wanted)
{
	int64_t begun_ms = clock_monotonic_ms();

	while (atomic_load(number) < wanted && clock_monotonic_ms() - begun_ms < LONGEST_MS)
		(void)usleep(1000);
	assert_int_equal(atomic_load(number), wanted);
}

static void *take_many(void *taken)
{
	pthread_t thread;

	for (unsigned i = 0; i < ROUNDS; i++)
		if (thread_shelf_take(&thread, count, &ran))
			atomic_fetch_add((atomic_uint *)taken, 1);
	return NULL;
}

static void nobody_is_there(void **state)
{
	pthread_t thread;

	(void)state;
	assert_false(thread_shelf_take(&thread, count, &ran));
	assert_false(thread_shelf_is_reused());
}

/* Each routine that was taken over runs once, and the threads end when nothing comes any more. */
static void routines_run_once(void **state)
{
	static atomic_uint taken;
	pthread_t takers[TAKERS];

	(void)state;
	for (unsigned i = 0; i < TAKERS; i++)
		begin_thread();
	wait_until(&ran, TAKERS);
	for (unsigned i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_create(&takers[i], NULL, take_many, &taken), 0);
	for (unsigned i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_join(takers[i], NULL), 0);
	wait_until(&ran, TAKERS + atomic_load(&taken));
	wait_until(&ended, TAKERS);
	assert_int_equal(atomic_load(&ran), TAKERS + atomic_load(&taken));
	assert_int_equal(atomic_load(&ran_reused), atomic_load(&taken));
	nobody_is_there(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_there),
		cmocka_unit_test(routines_run_once),
	};

	return cmocka_run_group_tests_name("threads that are kept", tests, NULL, NULL);
}
