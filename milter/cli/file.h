/* Whole files in memory, for the command line. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "base/fault.h"

#include <stddef.h>

/* The octets with a NUL behind them, to be freed by the caller; "-" is standard input. NULL with the reason
 * in fault. */
char *file_read(const char *path, size_t *len, struct fault *fault);

#endif
