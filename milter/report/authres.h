/* Verdicts → the header fields we add, in exactly the format Gmail shows. The only place that
 * knows Gmail's words. Foreign text is sanitised octet by octet, then quoted. */
#ifndef REPORT_AUTHRES_H
#define REPORT_AUTHRES_H

#include "settings/settings.h"

struct arena;
struct findings;

/* The value of Authentication-Results: begins with the authserv-id; lines are separated by LF and
 * 7 spaces, at most 990 octets each. Of the signatures at most 20 are shown, and as many as go into a field
 * of 998 octets; the other results are always there, so only very long names make it longer. disposition:
 * what was really done, for dis=. "" for a skipped message: add no field then. */
const char *authres_value(const struct findings *findings, const struct settings *settings,
	enum action disposition, struct arena *arena);

/* The value of Received-SPF: "softfail (mx: domain of …) client-ip=…;". "" for a skipped message. */
const char *received_spf_value(const struct findings *findings, struct arena *arena);

/* The value of X-Sekisho-Cause: "code; sentence" of each cause, one per line as above, the primary
 * first, as many as go into 998 octets; Japanese in RFC 2047 encoded words. "" without causes. */
const char *cause_header_value(const struct findings *findings, struct arena *arena);

/* Gmail's "Show original" table, for people: rows "SPF:\tPASS with IP 192.0.2.1\n"; a method without
 * a result has no row. "" for a skipped message. */
const char *show_original_table(const struct findings *findings, struct arena *arena);

#endif
