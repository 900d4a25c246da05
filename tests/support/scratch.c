#include "scratch.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "/sekisho-test.XXXXXX"

enum { OPEN_FOLDERS_MAX = 8 };

char scratch[SCRATCH_SIZE];

int scratch_make(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	if (base == NULL || base[0] != '/' || strlen(base) + sizeof NAME > sizeof scratch)
		base = "/tmp";
	(void)snprintf(scratch, sizeof scratch, "%s%s", base, NAME);
	return mkdtemp(scratch) == NULL;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
	(void)about;
	(void)kind;
	(void)place;
	return remove(path);
}

int scratch_remove(void **state)
{
	(void)state;
	return nftw(scratch, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}
