#include "base/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

int private_file_open(const char *path, struct fault *fault)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		fault_set(fault, "%s", strerror(errno));
	return fd;
}
