/* A file that only its owner may read, opened without following a link that somebody laid. */
#ifndef BASE_PRIVATE_FILE_H
#define BASE_PRIVATE_FILE_H

#include "base/fault.h"

/* For reading and writing, made when missing, close-on-exec. -1 with the system's reason in fault. */
int private_file_open(const char *path, struct fault *fault);

#endif
