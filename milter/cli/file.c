#include "cli/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 65536, FILE_MAX = 1 << 30 };

/* Reads to the end. NULL with errno when memory or the limit ends first, or reading fails. */
static char *read_all(FILE *file, size_t *len)
{
	size_t size = FIRST_SIZE, used = 0;
	char *octets = malloc(size + 1);

	while (octets != NULL) {
		char *more;

		used += fread(octets + used, 1, size - used, file);
		if (used < size)
			break;
		size *= 2;
		more = size > FILE_MAX ? NULL : realloc(octets, size + 1);
		if (more == NULL) {
			free(octets);
			errno = EFBIG;
			return NULL;
		}
		octets = more;
	}
	*len = used;
	if (octets != NULL)
		octets[used] = '\0';
	return octets;
}

char *file_read(const char *path, size_t *len, struct fault *fault)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char *octets = NULL;

	if (file != NULL)
		octets = read_all(file, len);
	if (octets != NULL && ferror(file)) {
		free(octets);
		octets = NULL;
	}
	if (octets == NULL)
		fault_set(fault, "cannot read %s: %s", path, strerror(errno));
	if (file != NULL && file != stdin)
		(void)fclose(file);
	return octets;
}
