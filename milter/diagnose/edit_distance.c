#include "diagnose/edit_distance.h"

#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: one row per octet of a; two older rows are enough for swapped pairs. */
unsigned edit_distance(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	unsigned rows[3][EDIT_WORD_MAX + 1];
	unsigned *before = rows[0], *previous = rows[1], *current = rows[2];

	if (a_len > EDIT_WORD_MAX || b_len > EDIT_WORD_MAX)
		return EDIT_WORD_MAX;
	for (size_t j = 0; j <= b_len; j++)
		before[j] = previous[j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *oldest = before;

		current[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			current[j] = previous[j - 1] + (a[i - 1] != b[j - 1]);
			current[j] = least(current[j], least(previous[j], current[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				current[j] = least(current[j], before[j - 2] + 1);
		}
		before = previous;
		previous = current;
		current = oldest;
	}
	return previous[b_len];
}
