/* A command with macros on any octets, read as libmilter reads it after the guard: names and values in
 * pairs, never behind the end. */
#include "session/macro_guard.c" /* the program's file: it is in neither library */

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *octets = memcpy(malloc(size + 1), data, size);
	size_t len = macro_pairs_len(octets, size), strings = 0;

	if (len > size || (len > 1 && octets[len - 1] != '\0'))
		abort();
	for (size_t at = 1; at < len; at += strlen(octets + at) + 1)
		strings++;
	if (strings % 2 != 0 || macro_pairs_len(octets, len) != len)
		abort();
	free(octets);
	return 0;
}
