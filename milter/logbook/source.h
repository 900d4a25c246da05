/* The lines of a log file, one after the other, whatever the size of the file: plain or gzip'ed, or standard
 * input. */
#ifndef LOGBOOK_SOURCE_H
#define LOGBOOK_SOURCE_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

enum { SOURCE_LINE_MAX = 262144 }; /* a record of ours is under 32 KB */

/* "-" is standard input. NULL with the reason in fault. */
struct source *source_open(const char *path, struct fault *fault);
void source_close(struct source **source);

/* The next line without its line end, writable until the next call; false at the end. *len is more than
 * SOURCE_LINE_MAX for a line too long to be kept: it is thrown away. */
bool source_line(struct source *source, char **line, size_t *len);

/* What went wrong with reading, after the end; "" when nothing did. */
const char *source_trouble(const struct source *source);

/* For people who wait: octets of the file done, and all of them (0 when unknown). */
uint64_t source_done(const struct source *source);
uint64_t source_size(const struct source *source);

#endif
