/* Where a worker may still write: Landlock of Linux 5.13 and later. Reading stays as the rights of the
 * files say; programs can be started from nowhere. */
#ifndef SERVICE_FILE_FENCE_H
#define SERVICE_FILE_FENCE_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* Only in the folders of these files ("" is skipped), for this thread and those it starts: call it
 * before there are others. Needs no_new_privs. False with the reason when the kernel has none. */
bool file_fence_raise(const char *const *files, size_t count, struct fault *fault);

#endif
