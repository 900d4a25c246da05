/* One line of a log, whatever wrote it: sekishod's JSON file, syslog in either format, an export of the
 * journal, or anything else. */
#ifndef LOGBOOK_LINE_H
#define LOGBOOK_LINE_H

#include "logbook/entry.h"

enum line_kind {
	LINE_RECORD,  /* one message: in the entry */
	LINE_REMARK,  /* sekishod about itself: a start, a complaint */
	LINE_FOREIGN, /* another program's, or empty */
	LINE_BROKEN,  /* ours by its look, but it cannot be read to its end */
};

/* Without its line end; changed by the reading, and pointed into by the entry. now: for times without a
 * year. */
enum line_kind line_read(char *line, size_t len, int64_t now, struct entry *entry);

/* The same for the text alone, without time and program, as the journal has it. */
enum line_kind message_read(char *text, size_t len, struct entry *entry);

#endif
