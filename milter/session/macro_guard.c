#include "session/macro_guard.h"

#include <dlfcn.h>
#include <libmilter/mfdef.h>
#include <pthread.h>
#include <string.h>
#include <sys/time.h>

size_t macro_pairs_len(const char *octets, size_t len)
{
	size_t pairs = len > 0 ? 1 : 0; /* the letter of the stage */
	size_t strings = 0;

	for (size_t i = pairs; i < len; i++)
		if (octets[i] == '\0' && ++strings % 2 == 0)
			pairs = i + 1;
	return pairs;
}

/* libmilter calls its own exported function through the table of symbols, so that one of the same name
 * in the program comes first. The only name of ours in that space, on purpose. */
char *mi_rd_cmd(int fd, struct timeval *timeout, char *command, size_t *len, char *name);

static char *(*libmilters_own)(int fd, struct timeval *timeout, char *command, size_t *len, char *name);

static void find_own(void)
{
	void *found = dlsym(RTLD_NEXT, "mi_rd_cmd");

	memcpy(&libmilters_own, &found, sizeof found);
}

char *mi_rd_cmd(int fd, struct timeval *timeout, char *command, size_t *len, char *name)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char *octets;

	(void)pthread_once(&once, find_own);
	if (libmilters_own == NULL)
		return NULL;
	octets = libmilters_own(fd, timeout, command, len, name);
	if (octets != NULL && *command == SMFIC_MACRO)
		*len = macro_pairs_len(octets, *len);
	return octets;
}
