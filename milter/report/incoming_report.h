/* Is an incoming message a report itself? Two sites that report to each other about reports would never end.
 */
#ifndef REPORT_INCOMING_REPORT_H
#define REPORT_INCOMING_REPORT_H

#include <stdbool.h>

struct header_list;

/* An aggregate report, by the subject of RFC 9990 section 3.5.2 and RFC 7489 section 7.2.1.1, or anything in
 * multipart/report (RFC 6522): a failure report, a bounce. header may be NULL. */
bool incoming_report(const struct header_list *header);

#endif
