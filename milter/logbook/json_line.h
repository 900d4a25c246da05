/* A line that is a JSON object: a record of sekishod's own file, or an entry of the journal as
 * "journalctl -o json" exports it. Read in one pass and in place: escapes are resolved in the line itself,
 * which they only make shorter. */
#ifndef LOGBOOK_JSON_LINE_H
#define LOGBOOK_JSON_LINE_H

#include "logbook/entry.h"

enum json_kind {
	JSON_FIELDS, /* names and values are in the entry */
	JSON_OTHER,  /* an entry of the journal that is not sekishod's */
	JSON_BROKEN, /* no object, or not to its end */
};

/* message: the MESSAGE of a journal's entry, empty when there is none: it is the record as key=value, and
 * has the fields in their order. */
enum json_kind json_line_read(char *line, size_t len, struct entry *entry, struct span *message);

#endif
