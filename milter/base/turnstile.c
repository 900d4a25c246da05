#include "base/turnstile.h"

#include "base/clock.h"
#include "base/condition.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* Then one of those inside does not compute: it hangs at a disk or an MTA. One more may enter. */
enum { PATIENCE_MS = 1000 };

struct waiting {
	struct waiting *next;
	pthread_cond_t called;
	bool has_place;
};

struct line {
	struct waiting *first, **end;
};

static struct {
	pthread_mutex_t lock;
	unsigned places, taken; /* more than there are when somebody lost patience */
	struct line returning, beginning;
} turnstile = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.places = UINT_MAX,
	.returning.end = &turnstile.returning.first,
	.beginning.end = &turnstile.beginning.first,
};

static _Thread_local struct waiting own;
static _Thread_local enum { OUTSIDE, INSIDE, STEPPED_OUT } here;

void turnstile_set_up(unsigned places)
{
	(void)pthread_mutex_lock(&turnstile.lock);
	turnstile.places = places;
	(void)pthread_mutex_unlock(&turnstile.lock);
}

static void queue_up(struct line *line, struct waiting *waiting)
{
	*line->end = waiting;
	line->end = &waiting->next;
}

static void leave_line(struct line *line, const struct waiting *waiting)
{
	struct waiting **at = &line->first;

	while (*at != waiting)
		at = &(*at)->next;
	*at = waiting->next;
	if (line->end == &waiting->next)
		line->end = at;
}

/* Under the lock. The place is taken for who is called, so that nobody who comes meanwhile can have it. */
static bool call_first(struct line *line)
{
	struct waiting *first = line->first;

	if (first == NULL)
		return false;
	leave_line(line, first);
	first->has_place = true;
	(void)pthread_cond_signal(&first->called);
	return true;
}

/* Under the lock. */
static void wait_in(struct line *line)
{
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	bool is_patient = true;

	own = (struct waiting){.has_place = false};
	condition_init(&own.called);
	queue_up(line, &own);
	while (!own.has_place && is_patient)
		is_patient = condition_wait_until(&own.called, &turnstile.lock, until_ms);
	if (!own.has_place) {
		leave_line(line, &own);
		turnstile.taken++;
	}
	(void)pthread_cond_destroy(&own.called);
}

static void take_place(struct line *line)
{
	(void)pthread_mutex_lock(&turnstile.lock);
	if (turnstile.taken < turnstile.places)
		turnstile.taken++;
	else
		wait_in(line);
	(void)pthread_mutex_unlock(&turnstile.lock);
	here = INSIDE;
}

static void give_place(void)
{
	(void)pthread_mutex_lock(&turnstile.lock);
	if (turnstile.taken > turnstile.places ||
		(!call_first(&turnstile.returning) && !call_first(&turnstile.beginning)))
		turnstile.taken--;
	(void)pthread_mutex_unlock(&turnstile.lock);
}

void turnstile_enter(void)
{
	take_place(&turnstile.beginning);
}

void turnstile_leave(void)
{
	here = OUTSIDE;
	give_place();
}

void turnstile_step_out(void)
{
	if (here != INSIDE)
		return;
	here = STEPPED_OUT;
	give_place();
}

void turnstile_step_in(void)
{
	if (here == STEPPED_OUT)
		take_place(&turnstile.returning);
}
