/* The systemd journal, where it is compiled in and there. */
#ifndef REPORT_JOURNAL_H
#define REPORT_JOURNAL_H

#include <stdbool.h>

struct arena;
struct record;

bool journal_is_there(void);

/* False with errno set when the journal did not take it. */
bool journal_write(const struct record *record, const char *line, struct arena *arena);
bool journal_say(int priority, const char *text, struct arena *arena);

#endif
