#include "service/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static long written_id(int fd)
{
	char text[32] = "";
	ssize_t got = pread(fd, text, sizeof text - 1, 0);

	return got > 0 ? strtol(text, NULL, 10) : 0;
}

/* Is the file we locked still the one at the path? Its owner may just have removed it. */
static bool is_at(int fd, const char *path)
{
	struct stat ours;
	struct stat there;

	return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino &&
	       ours.st_dev == there.st_dev;
}

/* Whoever else could write it could have an init script end another process. */
static bool is_ours(int fd)
{
	struct stat file;

	return fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == geteuid() &&
	       file.st_nlink <= 1;
}

int pid_file_take(const char *path, struct fault *fault)
{
	char text[32];
	int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	int fd;

	fault_set(fault, "%s", "");
	if (path[0] == '\0')
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
	if (fd < 0) {
		fault_set(fault, "pid-file %s cannot be written as uid %u: %s", path, (unsigned)geteuid(),
			strerror(errno));
		return -1;
	}
	if (!is_ours(fd)) {
		fault_set(fault, "pid-file %s belongs to somebody else, or is no file: remove it", path);
	} else if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !is_at(fd, path)) {
		fault_set(fault, "another sekishod is running (process %ld holds %s)", written_id(fd), path);
	} else if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
		fault_set(fault, "pid-file %s cannot be written: %s", path, strerror(errno));
	} else {
		return fd;
	}
	(void)close(fd);
	return -1;
}

void pid_file_release(int *fd, const char *path)
{
	if (*fd < 0)
		return;
	(void)unlink(path);
	(void)close(*fd);
	*fd = -1;
}
