/* The SMTP reply that tells a sender why: RFC 3463 and RFC 7372 status, the cause's sentence. */
#ifndef REPORT_REPLY_H
#define REPORT_REPLY_H

struct arena;
struct findings;
struct settings;

/* "lead: sentence (code) url", printable ASCII, at most REPLY_TEXT_MAX octets. The sentence is that of
 * the first cause of the method, else of the primary cause; left out when it is not ASCII. */
const char *reply_text(const struct findings *findings, const struct settings *settings, const char *lead,
	const char *method, struct arena *arena);

#endif
