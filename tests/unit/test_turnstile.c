/* base/turnstile: how many are inside, and who is next; with a count of those that stand in the line. */
#include "base/turnstile.h"

#include "base/clock.h"
#include "base/condition.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONGEST_TRIES = 10000, THREADS = 8, ROUNDS = 500, PLACES = 3 };

static atomic_int inside, most_inside, order, waiting;
static atomic_bool may_leave, may_return, is_out, all_are_here, hangs, may_go_on, are_patient;

/* NOLINTBEGIN: the linker's names (--wrap) */
bool __real_condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_ms);
bool __wrap_condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_ms);

/* Called under the lock by those who have taken their place in the line. */
bool __wrap_condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_ms)
{
	bool is_before;

	atomic_fetch_add(&waiting, 1);
	is_before = __real_condition_wait_until(
		condition, lock, atomic_load(&are_patient) ? until_ms + LONGEST_TRIES : until_ms);
	atomic_fetch_sub(&waiting, 1);
	return is_before;
}
/* NOLINTEND */

static void wait_for(const atomic_bool *flag)
{
	for (int i = 0; i < LONGEST_TRIES && !atomic_load(flag); i++)
		(void)usleep(1000);
	assert_true(atomic_load(flag));
}

static void be_inside(void)
{
	int now = atomic_fetch_add(&inside, 1) + 1, most = atomic_load(&most_inside);

	while (now > most && !atomic_compare_exchange_weak(&most_inside, &most, now))
		;
	(void)usleep(50);
	atomic_fetch_sub(&inside, 1);
}

static void *come_often(void *nothing)
{
	for (int i = 0; i < ROUNDS; i++) {
		turnstile_enter();
		be_inside();
		if (i % 3 == 0) {
			turnstile_step_out();
			turnstile_step_in();
			be_inside();
		}
		turnstile_leave();
	}
	return nothing;
}

static void *meet_inside(void *nothing)
{
	turnstile_enter();
	if (atomic_fetch_add(&inside, 1) + 1 == PLACES)
		atomic_store(&all_are_here, true);
	wait_for(&all_are_here);
	atomic_fetch_sub(&inside, 1);
	turnstile_leave();
	return nothing;
}

static void no_more_than_places(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	turnstile_set_up(PLACES);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, come_often, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_in_range(atomic_load(&most_inside), 2, PLACES);
	for (int i = 0; i < PLACES; i++) /* no place was lost: all can be taken at once */
		assert_int_equal(pthread_create(&threads[i], NULL, meet_inside, NULL), 0);
	for (int i = 0; i < PLACES; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* Takes the place, gives it away when it is told to, wants it back, and notes when it has it. */
static void *go_out_and_return(void *place)
{
	turnstile_enter();
	atomic_store(&is_out, true);
	wait_for(&may_leave);
	turnstile_step_out();
	wait_for(&may_return);
	turnstile_step_in();
	*(int *)place = atomic_fetch_add(&order, 1);
	turnstile_leave();
	return NULL;
}

static void *begin(void *place)
{
	turnstile_enter();
	*(int *)place = atomic_fetch_add(&order, 1);
	turnstile_leave();
	return NULL;
}

static void wait_for_line_of(int count)
{
	int now = atomic_load(&waiting);

	for (int i = 0; i < LONGEST_TRIES && now != count; i++, now = atomic_load(&waiting))
		(void)usleep(1000);
	assert_int_equal(now, count);
}

/* One that returns and two that begin, in this order. */
static void who_comes_first(void **state)
{
	pthread_t returning, beginning[2];
	int returned = -1, began[2] = {-1, -1};

	(void)state;
	turnstile_set_up(1);
	atomic_store(&are_patient, true);
	assert_int_equal(pthread_create(&returning, NULL, go_out_and_return, &returned), 0);
	wait_for(&is_out);
	atomic_store(&may_leave, true);
	turnstile_enter(); /* when it has stepped out */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_create(&beginning[i], NULL, begin, &began[i]), 0);
		wait_for_line_of(i + 1);
	}
	atomic_store(&may_return, true);
	wait_for_line_of(3);
	turnstile_leave();
	assert_int_equal(pthread_join(returning, NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(beginning[i], NULL), 0);
	atomic_store(&are_patient, false);
	assert_int_equal(returned, 0);
	assert_int_equal(began[0], 1);
	assert_int_equal(began[1], 2);
}

static void *hang_inside(void *nothing)
{
	turnstile_enter();
	atomic_store(&hangs, true);
	wait_for(&may_go_on);
	turnstile_leave();
	return nothing;
}

static void one_hangs(void **state)
{
	pthread_t hanging;
	int64_t begun_ms;

	(void)state;
	turnstile_set_up(1);
	assert_int_equal(pthread_create(&hanging, NULL, hang_inside, NULL), 0);
	wait_for(&hangs);
	begun_ms = clock_monotonic_ms();
	turnstile_enter();
	assert_true(clock_monotonic_ms() - begun_ms >= 900); /* not before patience is lost */
	turnstile_leave();
	atomic_store(&may_go_on, true);
	assert_int_equal(pthread_join(hanging, NULL), 0);
	atomic_store(&most_inside, 0);
	atomic_store(&inside, 0);
	assert_int_equal(pthread_create(&hanging, NULL, come_often, NULL), 0);
	(void)come_often(NULL);
	assert_int_equal(pthread_join(hanging, NULL), 0);
	assert_int_equal(atomic_load(&most_inside), 1); /* the second place was for once */
}

/* A thread that never entered waits for DNS as it likes. */
static void outside(void **state)
{
	(void)state;
	turnstile_set_up(1);
	turnstile_step_out();
	turnstile_step_in();
	turnstile_enter();
	turnstile_leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_more_than_places),
		cmocka_unit_test(who_comes_first),
		cmocka_unit_test(one_hangs),
		cmocka_unit_test(outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
