/* Loaded into a daemon under test (LD_PRELOAD): the wall clock stands as many seconds off as the file of
 * SEKISHO_CLOCK_FILE says, an int64_t that the test changes while the daemon runs. The monotonic clock is
 * left alone, as it is when an administrator or NTP sets the time. The kernel does not know of it, so whoever
 * waits until a time of the wall clock is made to wait until the right one: a libmilter that is set back
 * would not wait at all, and keep the machine busy. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { WALL_LEAST_S = 1000000000 }; /* no monotonic clock has run for so long */

static const volatile int64_t *offset;

static __attribute__((constructor)) void find_offset(void)
{
	const char *path = getenv("SEKISHO_CLOCK_FILE");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *page = fd >= 0 ? mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (page != MAP_FAILED)
		offset = page;
	if (fd >= 0)
		(void)close(fd);
}

static int64_t moved(void)
{
	return offset != NULL ? *offset : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int status = (int)syscall(SYS_clock_gettime, clock, now);

	if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += moved();
	return status;
}

int gettimeofday(struct timeval *now, void *zone)
{
	struct timespec exact;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &exact);
	now->tv_sec = exact.tv_sec;
	now->tv_usec = exact.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *now)
{
	struct timespec exact;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &exact);
	if (now != NULL)
		*now = exact.tv_sec;
	return exact.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
	int (*original)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
	void *symbol = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
	struct timespec real = *until;

	memcpy(&original, &symbol, sizeof original);
	if (real.tv_sec >= WALL_LEAST_S)
		real.tv_sec -= moved();
	return original(condition, mutex, &real);
}
