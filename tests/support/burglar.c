/* Loaded into a daemon under test (LD_PRELOAD): the process whose id is in the file of SEKISHO_BURGLAR_FILE
 * tries, at its next look at the clock, to open the paths that the test wrote there for writing, and notes
 * what became of it. Nothing is written. So it is the worker itself, in the middle of its work, that meets
 * its sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PATHS = 8, PATH_SIZE = 200 };

struct plan {
	int32_t pid;
	int32_t done;
	int32_t results[PATHS]; /* 0: opened; else errno */
	char paths[PATHS][PATH_SIZE];
};

static volatile struct plan *plan;

static __attribute__((constructor)) void find_plan(void)
{
	const char *path = getenv("SEKISHO_BURGLAR_FILE");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *page =
		fd >= 0 ? mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (page != MAP_FAILED)
		plan = page;
	if (fd >= 0)
		(void)close(fd);
}

static void break_in(void)
{
	for (int i = 0; i < PATHS && plan->paths[i][0] != '\0'; i++) {
		int fd = open((const char *)plan->paths[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		plan->results[i] = fd < 0 ? errno : 0;
		if (fd >= 0)
			(void)close(fd);
	}
	plan->done = 1;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (plan != NULL && plan->pid == getpid() && __sync_bool_compare_and_swap(&plan->done, 0, 2))
		break_in();
	return (int)syscall(SYS_clock_gettime, clock, now);
}
