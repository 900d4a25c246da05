/* The process id on disk, and by its lock the guard against a second instance. */
#ifndef SERVICE_PID_FILE_H
#define SERVICE_PID_FILE_H

#include "base/fault.h"

/* Returns the open, locked file, or -1 with the reason in fault; -1 without reason when path is "". */
int pid_file_take(const char *path, struct fault *fault);

/* Removes and unlocks it. */
void pid_file_release(int *fd, const char *path);

#endif
