/* What large receivers would make of a message by the rules for senders that they have published - not
 * what they did: reputation, content, TLS and how much somebody sends weigh there too, and are unknown
 * here. For the log, when the option receiver-view is on. */
#ifndef REPORT_RECEIVER_VIEW_H
#define REPORT_RECEIVER_VIEW_H

struct arena;
struct verdicts;

enum receiver {
	RECEIVER_GMAIL,   /* rules of February 2024, enforced since November 2025 */
	RECEIVER_OUTLOOK, /* outlook.com and hotmail.com: rules of May 2025 */
	RECEIVER_DOCOMO,  /* warnings of October 2024 */
	RECEIVER_COUNT
};

/* The field of the log record: "gmail_rules". */
const char *receiver_field(enum receiver receiver);

/* "accept"; "refuse 5.7.26: …", "defer 4.7.23: …", "spam folder: …", "warning: …"; "unknown: DNS" when a
 * verdict is open. Rules that hold for senders of more than 5000 messages a day alone come behind:
 * "accept; bulk refuse 5.7.515: SPF, DKIM". No foreign text in it. */
const char *receiver_opinion(enum receiver receiver, const struct verdicts *verdicts, struct arena *arena);

#endif
