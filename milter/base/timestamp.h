/* UTC times as text, "2026-03-01T09:00:00Z" (RFC 3339), without asking any clock. */
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

enum { TIMESTAMP_SIZE = 24 };

/* Seconds since 1970. False when the text is not exactly such a time. */
bool timestamp_parse(const char *text, int64_t *seconds);
const char *timestamp_format(int64_t seconds, char text[TIMESTAMP_SIZE]);

#endif
