/* The times that log lines begin with, and times as people write and read them: in the zone of this
 * machine. Not thread-safe. */
#ifndef LOGBOOK_STAMP_H
#define LOGBOOK_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "2026-11-21T21:33:12.123456+09:00", "…Z", with a blank instead of T, or "Nov 21 21:33:12", whose year is
 * the latest that is not more than a day ahead of now. How many octets it takes; 0 when there is none. */
size_t stamp_read(const char *line, size_t len, int64_t now, int64_t *time);

/* For --since and --until: "2026-11-21", with "T09:30", ":15" and a zone ("Z", "+09:00") if wanted, a blank
 * instead of T; "now", "today", "yesterday"; "90m", "12h", "7d", "2w" ago. False when it is none. */
bool stamp_of_words(const char *words, int64_t now, int64_t *time);

enum { STAMP_SIZE = 96 }; /* for any number in any place */

/* These give text. */
const char *stamp_minute(int64_t time, char text[STAMP_SIZE]); /* "2026-11-21 21:33" */
const char *stamp_second(int64_t time, char text[STAMP_SIZE]); /* "2026-11-21 21:33:12 +0900" */
const char *stamp_day(int64_t time, char text[STAMP_SIZE]);    /* "2026-11-21" */
const char *stamp_hour(int64_t time, char text[STAMP_SIZE]);   /* "2026-11-21 21" */
const char *stamp_mail(int64_t time, char text[STAMP_SIZE]);   /* "Sat, 21 Nov 2026 21:33:12 +0900" */

#endif
