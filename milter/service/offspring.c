#include "service/offspring.h"

#include "service/heap.h"
#include "service/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Out of the way of the descriptors a process is born with. */
enum { FIRST_FREE_FD = OFFSPRING_FIRST_FD + OFFSPRING_FDS_MAX };

static void take_descriptors(const struct offspring *offspring)
{
	int copies[OFFSPRING_FDS_MAX];

	for (size_t i = 0; i < offspring->descriptor_count; i++)
		copies[i] = fcntl(offspring->descriptors[i], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
	for (size_t i = 0; i < offspring->descriptor_count; i++)
		if (dup2(copies[i], OFFSPRING_FIRST_FD + (int)i) < 0)
			_exit(EXIT_SOFTWARE_FAULT);
}

/* Runs in the new process until it becomes the program. */
static _Noreturn void become(const struct offspring *offspring)
{
	sigset_t none;

	(void)setpgid(0, 0);
	take_descriptors(offspring);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	heap_advise();
	(void)execv(offspring->program, (char *const *)offspring->arguments);
	/* while a package is being replaced the path may be gone: the program that runs is still there */
	(void)execv("/proc/self/exe", (char *const *)offspring->arguments);
	_exit(EXIT_SOFTWARE_FAULT);
}

pid_t offspring_start(const struct offspring *offspring, struct fault *fault)
{
	pid_t pid = fork();

	if (pid == 0)
		become(offspring);
	if (pid < 0)
		fault_set(fault, "no new process: %s", strerror(errno));
	return pid;
}
