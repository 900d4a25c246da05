/* A small file of text, whole in memory. Not part of libpure. */
#ifndef BASE_TEXT_FILE_H
#define BASE_TEXT_FILE_H

#include "base/fault.h"

#include <stddef.h>

struct arena;

/* NUL-terminated, in the arena. NULL with "FILE: reason" in fault when it cannot be read, is larger
 * than max octets, or has a NUL inside. */
const char *text_file_read(const char *path, size_t max, struct arena *arena, struct fault *fault);

#endif
