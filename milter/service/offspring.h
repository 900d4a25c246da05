/* A new process of our own program, born with exactly the descriptors it is meant to have. */
#ifndef SERVICE_OFFSPRING_H
#define SERVICE_OFFSPRING_H

#include "base/fault.h"

#include <stddef.h>
#include <sys/types.h>

enum { OFFSPRING_FIRST_FD = 3, OFFSPRING_FDS_MAX = 6 };

struct offspring {
	const char *program;                /* absolute path; when it is gone, the program that runs */
	const char *const *arguments;       /* ends with NULL */
	int descriptors[OFFSPRING_FDS_MAX]; /* become 3, 4, 5 …; all others must be close-on-exec */
	size_t descriptor_count;
};

/* In a process group of its own: Ctrl-C at a terminal is for the supervisor. -1 with the reason in fault. */
pid_t offspring_start(const struct offspring *offspring, struct fault *fault);

#endif
