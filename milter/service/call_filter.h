/* The system calls that a worker may make: an allow-list by seccomp. */
#ifndef SERVICE_CALL_FILTER_H
#define SERVICE_CALL_FILTER_H

#include "base/fault.h"

#include <stdbool.h>

/* For all threads of this process, for good. What is not on the list is answered with EPERM, so that a
 * library which tries something new goes on without it; what only an intruder would try (starting a
 * program, tracing, becoming another user) ends the process with SIGSYS. Needs no_new_privs. False
 * with the reason when this build or the kernel cannot. */
bool call_filter_install(struct fault *fault);

#endif
