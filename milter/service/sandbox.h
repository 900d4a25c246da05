/* What is taken from a worker before it meets the first foreign octet: files it need not write
 * (file_fence), system calls it need not make (call_filter); the same for the exporter and the writer. Not
 * for the supervisor, which reads nothing foreign, starts programs and changes users. */
#ifndef SERVICE_SANDBOX_H
#define SERVICE_SANDBOX_H

#include "base/fault.h"

#include <stdbool.h>

struct settings;

struct sandbox {
	bool wanted; /* option "sandbox" is not no, and nothing like valgrind needs the freedom */
	bool fence, filter;
	char why_not[160]; /* "" when all that was wanted is there */
};

/* Who goes in: each has other files to write. */
enum sandbox_for { SANDBOX_WORKER, SANDBOX_EXPORTER, SANDBOX_WRITER };

/* Before the first thread: the fence. False, with option "sandbox" yes, when it cannot be; with auto
 * the reason is in why_not. */
bool sandbox_raise_fence(
	struct sandbox *sandbox, enum sandbox_for whom, const struct settings *settings, struct fault *fault);

/* When everything is open, for all threads. */
bool sandbox_close(struct sandbox *sandbox, const struct settings *settings, struct fault *fault);

/* "calls and files", "calls", "off"…: for the start line. */
const char *sandbox_text(const struct sandbox *sandbox);

#endif
