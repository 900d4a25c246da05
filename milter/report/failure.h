/* What a domain owner who asks for failure reports (ruf=, fo=) may be told about one message: the fields of
 * RFC 6591 as RFC 9991 extends them, and as much of the header as the settings allow. Made here, where
 * everything about the message is known, and kept in the store; feedback/ makes a letter of it later. */
#ifndef REPORT_FAILURE_H
#define REPORT_FAILURE_H

#include "settings/settings.h"

struct arena;
struct decision;
struct findings;
struct local_part_mask;

enum failure_header { FAILURE_HEADER_NONE, FAILURE_HEADER_TECHNICAL, FAILURE_HEADER_FULL };

/* Our limit, that of store/columns.def. */
enum { FAILURE_TEXT_MAX = 12000 };

/* Lines of printable ASCII, at most 998 octets each: the fields, an empty line, the header. "" when there is
 * nothing to tell: reports are off, the domain asks for none about this message, or it is a report itself.
 * mask: for every local part (RFC 6590). */
const char *failure_text(const struct findings *findings, const struct decision *decision,
	const struct settings *settings, const struct local_part_mask *mask, struct arena *arena);

#endif
