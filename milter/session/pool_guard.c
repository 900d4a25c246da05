#include "session/pool_guard.h"

#include "session/thread_shelf.h"

#include <dlfcn.h>
#include <errno.h>
#include <libmilter/mfapi.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNGUARDED 1 /* the sanitizers stand in front of the same functions */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define UNGUARDED 1
#endif
#endif

#ifdef UNGUARDED

void pool_guard_arm(void)
{
}

#else

enum {
	/* Of the 8 MB that are usual our callbacks use a few dozen KB, and worker-memory-limit counts all. */
	STACK_OCTETS = 1024 * 1024,
	PATIENCE_MS = 10000, /* as long as libmilter's own threads wait before they look around */
	EXTRA_MAX = 1000,    /* ours: then sessions share threads, as they do without us */
	RESERVE = 8,
};

/* Where libmilter is in memory; 0: not armed. */
static uintptr_t library_begin, library_end;

/* All under the mutex of libmilter's pool, which it holds when it waits and when it wakes. */
static unsigned waiting; /* threads */
static unsigned woken;   /* of these, those that a wake-up is on its way to */

static void *(*worker)(void *); /* libmilter's: the routine that it starts more than once */
static void *(*started)(void *);
static atomic_uint extra; /* workers that we started and that did not end yet */

struct originals {
	int (*detach)(pthread_t);
	int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	int (*signal)(pthread_cond_t *);
	int (*timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
};

static struct originals originals;

static void find_originals(void)
{
	void *create = dlsym(RTLD_NEXT, "pthread_create"), *signal = dlsym(RTLD_NEXT, "pthread_cond_signal"),
	     *timedwait = dlsym(RTLD_NEXT, "pthread_cond_timedwait"),
	     *detach = dlsym(RTLD_NEXT, "pthread_detach");

	memcpy(&originals.create, &create, sizeof create);
	memcpy(&originals.signal, &signal, sizeof signal);
	memcpy(&originals.detach, &detach, sizeof detach);
	memcpy(&originals.timedwait, &timedwait, sizeof timedwait);
}

static const struct originals *theirs(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, find_originals);
	return &originals;
}

static bool is_libmilters(uintptr_t address)
{
	return address >= library_begin && address < library_end;
}

static int look_at_object(struct dl_phdr_info *object, size_t size, void *address)
{
	uintptr_t begin = UINTPTR_MAX, end = 0, wanted = *(uintptr_t *)address;

	(void)size;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		uintptr_t at = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD)
			continue;
		begin = at < begin ? at : begin;
		end = at + segment->p_memsz > end ? at + segment->p_memsz : end;
	}
	if (wanted < begin || wanted >= end)
		return 0;
	library_begin = begin;
	library_end = end;
	return 1;
}

static int create_small(pthread_t *thread, void *(*routine)(void *), void *argument)
{
	pthread_attr_t attributes;
	int result = pthread_attr_init(&attributes);

	if (result != 0)
		return result;
	(void)pthread_attr_setstacksize(&attributes, STACK_OCTETS);
	result = theirs()->create(thread, &attributes, routine, argument);
	(void)pthread_attr_destroy(&attributes);
	return result;
}

static void *begin(void *session)
{
	void *result = worker(session);

	thread_shelf_wait(PATIENCE_MS);
	return result;
}

/* Threads made in good time, for sessions that get none when memory is short: libmilter would write a line,
 * hold that such a session runs, and neither serve nor close it for ever. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	void *sessions[RESERVE];
	unsigned count, free; /* sessions that wait for one of them; threads without one */
} reserve = {.lock = PTHREAD_MUTEX_INITIALIZER, .wanted = PTHREAD_COND_INITIALIZER};

static void *be_in_reserve(void *nothing)
{
	(void)nothing;
	for (;;) {
		void *session;

		(void)pthread_mutex_lock(&reserve.lock);
		reserve.free++;
		while (reserve.count == 0)
			(void)pthread_cond_wait(&reserve.wanted, &reserve.lock);
		session = reserve.sessions[--reserve.count];
		reserve.free--;
		(void)pthread_mutex_unlock(&reserve.lock);
		(void)worker(session);
	}
	return NULL;
}

static bool reserve_take(void *session)
{
	bool taken;

	(void)pthread_mutex_lock(&reserve.lock);
	taken = reserve.count < reserve.free;
	if (taken)
		reserve.sessions[reserve.count++] = session;
	(void)pthread_cond_signal(&reserve.wanted);
	(void)pthread_mutex_unlock(&reserve.lock);
	return taken;
}

static void reserve_make(void)
{
	pthread_t thread;

	for (unsigned i = 0; i < RESERVE; i++)
		if (create_small(&thread, be_in_reserve, NULL) != 0)
			return;
}

/* Without memory, threads and reserve we end, as where memory ends: the MTA tries the messages again. */
static int start_worker(pthread_t *thread, void *session)
{
	if (thread_shelf_take(thread, worker, session) || create_small(thread, begin, session) == 0)
		return 0;
	if (!reserve_take(session))
		abort();
	*thread = pthread_self(); /* libmilter does not look at it */
	return 0;
}

void pool_guard_arm(void)
{
	void *symbol = dlsym(RTLD_DEFAULT, "mi_start_session"); /* only there with a pool */
	uintptr_t address = (uintptr_t)symbol;

	if (symbol == NULL)
		return;
	(void)dl_iterate_phdr(look_at_object, &address);
	reserve_make();
}

static void *work_in_addition(void *nothing)
{
	void *result = worker(nothing);

	atomic_fetch_sub(&extra, 1);
	return result;
}

static void *begin_in_addition(void *nothing)
{
	void *result = work_in_addition(nothing);

	thread_shelf_wait(PATIENCE_MS);
	return result;
}

/* A worker that is given no session looks for one that is ready. */
static int start_one_more(pthread_cond_t *condition)
{
	pthread_t thread;
	int result;

	if (atomic_fetch_add(&extra, 1) >= EXTRA_MAX)
		result = EAGAIN;
	else if (thread_shelf_take(&thread, work_in_addition, NULL))
		result = 0;
	else
		result = create_small(&thread, begin_in_addition, NULL);
	if (result == 0)
		return 0;
	atomic_fetch_sub(&extra, 1);
	return theirs()->signal(condition);
}

int pthread_create(
	pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument)
{
	uintptr_t address;

	memcpy(&address, &routine, sizeof address);
	if (is_libmilters(address)) {
		if (routine == started)
			worker = routine;
		started = routine;
		if (attributes == NULL)
			return routine == worker ? start_worker(thread, argument)
						 : create_small(thread, routine, argument);
	}
	return theirs()->create(thread, attributes, routine, argument);
}

/* Each of libmilter's workers detaches itself when it begins: once is enough for a thread. */
int pthread_detach(pthread_t thread)
{
	return thread_shelf_is_reused() && pthread_equal(thread, pthread_self()) ? 0
										 : theirs()->detach(thread);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
	bool guarded = is_libmilters((uintptr_t)condition);
	int result;

	if (guarded)
		waiting++;
	result = theirs()->timedwait(condition, mutex, until);
	if (!guarded)
		return result;
	waiting--;
	if (result == 0 && woken > 0)
		woken--;
	if (woken > waiting) /* one gave up just when it was woken */
		woken = waiting;
	return result;
}

int pthread_cond_signal(pthread_cond_t *condition)
{
	if (!is_libmilters((uintptr_t)condition) || worker == NULL)
		return theirs()->signal(condition);
	if (waiting > woken) {
		woken++;
		return theirs()->signal(condition);
	}
	return start_one_more(condition);
}

#endif
