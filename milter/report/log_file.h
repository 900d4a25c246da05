/* A file of lines that others may rotate away: each line is one write(2) at the end, the name is
 * looked at once a second. Not thread-safe: the sink locks. */
#ifndef REPORT_LOG_FILE_H
#define REPORT_LOG_FILE_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct log_file;

/* path "" is standard output. owner: (uid_t)-1, or whom a new file shall belong to. */
struct log_file *log_file_open(const char *path, uid_t owner, gid_t group, struct fault *fault);
void log_file_close(struct log_file **file);

/* The line with its line end. Never waits. False with errno set when it is not written as a whole. */
bool log_file_write(struct log_file *file, const char *line, size_t len);

#endif
