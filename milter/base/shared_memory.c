#include "base/shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int shared_memory_new(const char *name, size_t size)
{
	int memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int why;

	if (memory < 0 || (ftruncate(memory, (off_t)size) == 0 &&
				  fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0))
		return memory;
	why = errno;
	(void)close(memory);
	errno = why;
	return -1;
}

void *shared_memory_map(int memory, size_t size)
{
	void *mapped;

	if (lseek(memory, 0, SEEK_END) != (off_t)size) {
		errno = EINVAL;
		return NULL;
	}
	mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	return mapped != MAP_FAILED ? mapped : NULL;
}
