/* A record as key=value pairs on one line (report/record.h), read in place. */
#ifndef LOGBOOK_PAIRS_LINE_H
#define LOGBOOK_PAIRS_LINE_H

#include "logbook/entry.h"

/* Adds the pairs to the entry. False when the text is not such pairs to its end; the entry then has those
 * before the fault. */
bool pairs_line_read(char *text, size_t len, struct entry *entry);

#endif
