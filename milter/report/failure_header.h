/* What a failure report shows of the message's header. */
#ifndef REPORT_FAILURE_HEADER_H
#define REPORT_FAILURE_HEADER_H

#include "base/buf.h"
#include "report/failure.h"

struct findings;
struct local_part_mask;

/* Adds whole fields while there is room for them, the author always: he is why there is a report. Printable
 * ASCII lines that begin with a field's name or a blank: nothing in them can end a part of a mail. */
void failure_header_add(struct buf *out, const struct findings *findings, enum failure_header shown,
	const struct local_part_mask *mask);

#endif
