#include "session/macro_guard.h"

size_t macro_pairs_len(const char *octets, size_t len)
{
	size_t pairs = len > 0 ? 1 : 0; /* the letter of the stage */
	size_t strings = 0;

	for (size_t i = pairs; i < len; i++)
		if (octets[i] == '\0' && ++strings % 2 == 0)
			pairs = i + 1;
	return pairs;
}
