/* Findings → the one log record of a message: a list of named fields, the same for every sink. */
#ifndef REPORT_RECORD_H
#define REPORT_RECORD_H

#include "report/action.h"

#include <stddef.h>

struct record_field {
	const char *name;  /* "spf", "cause"; lower case, "_" between words */
	const char *value; /* escaped: printable ASCII or valid UTF-8 without controls */
	bool number;       /* JSON prints it bare */
};

struct record {
	const struct record_field *fields;
	size_t count;
	int priority; /* syslog(3) level */
};

struct record record_of(
	const struct findings *findings, const struct decision *decision, struct arena *arena);

/* key=value, quoted where needed, one line without line end. */
const char *record_line(const struct record *record, struct arena *arena);

/* One JSON object, one line without line end. */
const char *record_json(const struct record *record, struct arena *arena);

/* Controls, DEL, C1, bidi controls and invalid UTF-8 become \xHH; cut at max octets. */
const char *escape_foreign(const char *text, size_t max, struct arena *arena);

#endif
