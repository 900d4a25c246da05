#include "report/log_file.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 1000, FILE_MODE = 0640 };

struct log_file {
	char *path; /* "" for standard output */
	int fd;     /* -1 until it is open */
	dev_t device;
	ino_t inode;
	uid_t owner;
	gid_t group;
	int64_t looked_ms;
	bool torn; /* the last line is there in part: the next begins behind a line end */
};

/* An open file of its own, so that not waiting is nobody else's business. */
static int open_standard_output(void)
{
	int fd = open("/proc/self/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
}

/* As root never through a symbolic link: the folder may belong to somebody else. */
static int open_path(const struct log_file *file)
{
	int flags =
		O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (geteuid() == 0 ? O_NOFOLLOW : 0);
	int fd = open(file->path, flags | O_CREAT | O_EXCL, FILE_MODE);

	if (fd < 0)
		return errno == EEXIST ? open(file->path, flags) : -1;
	if (file->owner != (uid_t)-1 && fchown(fd, file->owner, file->group) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* Leaves fd as it is when opening fails. */
static bool reopen(struct log_file *file)
{
	int fd = file->path[0] == '\0' ? open_standard_output() : open_path(file);
	struct stat status;

	if (fd < 0)
		return false;
	if (fstat(fd, &status) != 0) {
		close(fd);
		return false;
	}
	if (file->fd >= 0)
		close(file->fd);
	file->fd = fd;
	file->device = status.st_dev;
	file->inode = status.st_ino;
	file->torn = false;
	return true;
}

struct log_file *log_file_open(const char *path, uid_t owner, gid_t group, struct fault *fault)
{
	struct log_file *file = calloc(1, sizeof *file);

	if (strcmp(path, "/dev/stdout") == 0)
		path = "";
	if (file == NULL || (file->path = strdup(path)) == NULL)
		abort();
	file->fd = -1;
	file->owner = owner;
	file->group = group;
	file->looked_ms = clock_monotonic_ms();
	if (!reopen(file)) {
		fault_set(fault, "cannot open %s: %s", path[0] != '\0' ? path : "standard output",
			strerror(errno));
		log_file_close(&file);
	}
	return file;
}

void log_file_close(struct log_file **file)
{
	if (file == NULL || *file == NULL)
		return;
	if ((*file)->fd >= 0)
		close((*file)->fd);
	free((*file)->path);
	free(*file);
	*file = NULL;
}

/* Has somebody moved or removed the file? Then a new one is begun under the old name; the old one is
 * kept while that fails. */
static void follow_rotation(struct log_file *file)
{
	int64_t now = clock_monotonic_ms();
	struct stat status;

	if (file->path[0] == '\0' || now - file->looked_ms < LOOK_EVERY_MS)
		return;
	file->looked_ms = now;
	if (stat(file->path, &status) != 0 || status.st_dev != file->device || status.st_ino != file->inode)
		(void)reopen(file);
}

/* Standard output may be a pipe that we could not open anew, and that nobody reads. */
static bool is_ready(const struct log_file *file)
{
	struct pollfd asked = {.fd = file->fd, .events = POLLOUT};

	return file->path[0] != '\0' || poll(&asked, 1, 0) != 0;
}

bool log_file_write(struct log_file *file, const char *line, size_t len)
{
	struct iovec parts[] = {
		{.iov_base = (void *)"\n", .iov_len = 1}, {.iov_base = (void *)line, .iov_len = len}};
	size_t skip, whole;
	ssize_t written;

	follow_rotation(file);
	if (!is_ready(file)) {
		errno = EAGAIN;
		return false;
	}
	skip = file->torn ? 0 : 1;
	whole = len + 1 - skip;
	do
		written = writev(file->fd, parts + skip, (int)(2 - skip));
	while (written < 0 && errno == EINTR);
	if (written >= 0 && (size_t)written == whole) {
		file->torn = false;
		return true;
	}
	if (written > 0)
		file->torn = file->torn ? written > 1 : true; /* a line end alone mends the tear */
	if (written >= 0)
		errno = ENOSPC;
	return false;
}
