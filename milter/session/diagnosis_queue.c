#include "session/diagnosis_queue.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/condition.h"
#include "diagnose/findings.h"
#include "inspect/inspection.h"
#include "report/action.h"
#include "session/outlets.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

enum {
	TASKS_MAX = 64,                /* messages waiting */
	OCTETS_MAX = 64 * 1024 * 1024, /* what they hold in memory, bodies above all */
	NICENESS = 10,                 /* mail in progress has the processor first */
	LAST_TASK_MS = 4000,           /* the one begun before the end: its waiting and its searches */
};

struct task {
	struct inspection *inspection;
	struct decision decision;
	size_t octets;
};

struct diagnosis_queue {
	const struct outlets *outlets;
	pthread_t thread;
	struct arena *arena; /* of the thread */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	struct task tasks[TASKS_MAX];
	size_t first, count, octets;
	bool finishing, done;
	int64_t give_up_ms; /* when finishing: no further questions from then on */
};

/* What the record tells of it; the reply was given, and its text goes with the session's arena. */
static struct decision decision_kept(const struct decision *decision)
{
	return (struct decision){.action = decision->action,
		.would = decision->would,
		.option = decision->option,
		.reply_code = "",
		.reply_status = "",
		.reply_text = ""};
}

bool diagnosis_queue_put(
	struct diagnosis_queue *queue, struct inspection **inspection, const struct decision *decision)
{
	size_t octets = inspection_octets(*inspection);
	bool room;

	(void)pthread_mutex_lock(&queue->lock);
	room = !queue->finishing && queue->count < TASKS_MAX && octets <= OCTETS_MAX - queue->octets;
	if (room) {
		queue->tasks[(queue->first + queue->count) % TASKS_MAX] =
			(struct task){*inspection, decision_kept(decision), octets};
		queue->count++;
		queue->octets += octets;
		*inspection = NULL;
		(void)pthread_cond_broadcast(&queue->changed);
	}
	(void)pthread_mutex_unlock(&queue->lock);
	return room;
}

size_t diagnosis_queue_length(struct diagnosis_queue *queue)
{
	size_t count;

	(void)pthread_mutex_lock(&queue->lock);
	count = queue->count;
	(void)pthread_mutex_unlock(&queue->lock);
	return count;
}

/* Waits for the next task; false when there will be none. */
static bool take(struct diagnosis_queue *queue, struct task *task, bool *too_late)
{
	bool taken;

	(void)pthread_mutex_lock(&queue->lock);
	while (queue->count == 0 && !queue->finishing)
		(void)pthread_cond_wait(&queue->changed, &queue->lock);
	taken = queue->count > 0;
	if (taken) {
		*task = queue->tasks[queue->first];
		queue->first = (queue->first + 1) % TASKS_MAX;
		queue->count--;
	}
	*too_late = queue->finishing && clock_monotonic_ms() >= queue->give_up_ms;
	(void)pthread_mutex_unlock(&queue->lock);
	return taken;
}

/* The octets count until now: what is being worked on is in memory too. */
static void work_off(struct diagnosis_queue *queue, struct task *task, bool too_late)
{
	const struct findings *findings =
		too_late ? inspection_forgo(task->inspection) : inspection_deepen(task->inspection);

	outlets_tell(queue->outlets, findings, &task->decision, queue->arena);
	arena_reset(queue->arena);
	inspection_free(&task->inspection);
	(void)pthread_mutex_lock(&queue->lock);
	queue->octets -= task->octets;
	(void)pthread_mutex_unlock(&queue->lock);
}

static void *work(void *argument)
{
	struct diagnosis_queue *queue = argument;
	struct task task;
	bool too_late;

	(void)setpriority(PRIO_PROCESS, 0, NICENESS); /* on Linux 0 is this thread */
	while (take(queue, &task, &too_late))
		work_off(queue, &task, too_late);
	(void)pthread_mutex_lock(&queue->lock);
	queue->done = true;
	(void)pthread_cond_broadcast(&queue->changed);
	(void)pthread_mutex_unlock(&queue->lock);
	return NULL;
}

struct diagnosis_queue *diagnosis_queue_open(const struct outlets *outlets, struct fault *fault)
{
	struct diagnosis_queue *queue = calloc(1, sizeof *queue);

	if (queue == NULL)
		abort();
	queue->outlets = outlets;
	queue->arena = arena_new();
	(void)pthread_mutex_init(&queue->lock, NULL);
	condition_init(&queue->changed);
	if (pthread_create(&queue->thread, NULL, work, queue) == 0)
		return queue;
	fault_set(fault, "no thread for the diagnosis");
	diagnosis_queue_free(&queue);
	return NULL;
}

bool diagnosis_queue_finish(struct diagnosis_queue *queue, int longest_ms)
{
	int64_t latest_ms;
	bool done, is_patient = true;

	(void)pthread_mutex_lock(&queue->lock);
	queue->finishing = true;
	queue->give_up_ms = clock_monotonic_ms() + longest_ms;
	latest_ms = queue->give_up_ms + LAST_TASK_MS;
	(void)pthread_cond_broadcast(&queue->changed);
	while (!queue->done && is_patient)
		is_patient = condition_wait_until(&queue->changed, &queue->lock, latest_ms);
	done = queue->done;
	(void)pthread_mutex_unlock(&queue->lock);
	return done && pthread_join(queue->thread, NULL) == 0;
}

void diagnosis_queue_free(struct diagnosis_queue **queue)
{
	if (queue == NULL || *queue == NULL)
		return;
	(void)pthread_cond_destroy(&(*queue)->changed);
	(void)pthread_mutex_destroy(&(*queue)->lock);
	arena_free(&(*queue)->arena);
	free(*queue);
	*queue = NULL;
}
