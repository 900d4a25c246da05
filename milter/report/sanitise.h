/* Foreign text on its way into a header field of ours: every octet outside the allowed set of its
 * kind becomes "?", one for one, then the RFC 2045 token rule decides on quotes. Nothing a stranger
 * writes can end a comment, a value or a line. */
#ifndef REPORT_SANITISE_H
#define REPORT_SANITISE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum sanitise_kind {
	SANITISE_ADDRESS, /* atext, "." and "@"; also visible UTF-8 when the session has SMTPUTF8 */
	SANITISE_DOMAIN,  /* also for selectors */
	SANITISE_HELO,    /* domains and address literals */
	SANITISE_BASE64,
};

/* At most this many octets; what is cut ends in "?". */
enum { SANITISED_ADDRESS_MAX = 320, SANITISED_DOMAIN_MAX = 255 }; /* RFC 3696 erratum 1690, RFC 1035 */

/* utf8: keep visible, well-formed UTF-8 (RFC 8616: only in a session with SMTPUTF8). */
const char *sanitise(enum sanitise_kind kind, const char *text, bool utf8, struct arena *arena);

/* A sanitised value as an Authentication-Results pvalue: bare, or in quotes when the token rule
 * ("@" allowed bare) asks for them. */
const char *property_value(const char *sanitised, struct arena *arena);

/* A line of text for people: printable ASCII as it is, anything else one "?" per octet. */
const char *sanitise_printable(const char *text, struct arena *arena);

#endif
