/* Findings → the one log record of a message: a list of named fields, the same for every sink.
 *
 * Envelope: queue_id, client, client_name, helo, mail_from ("<>" for the null sender), auth_user,
 * recipients (how many). Author: from, from_domain, from_why_not.
 * Verdicts: spf, spf_domain, spf_by (the deciding term, or what is wrong with which record); dkim (the
 * best), dkim_1 … ("fail d=… s=… a=… bits=… align=… (why)"), dkim_more; dmarc, dmarc_by,
 * dmarc_record_domain, dmarc_policy (asked for this message), align_spf, align_dkim,
 * dmarc_override (the trusted ARC sealer for whom the policy was not applied); arc (when there are ARC
 * fields), arc_by, arc_sets, arc_sealer (the newest); iprev, iprev_name; gmail_rules, outlook_rules,
 * docomo_rules (receiver_view.h, when receiver-view is on). A skipped message has "skipped"
 * (why) instead of author and verdicts. Per cause, at most three, the primary first: cause, conf, act, text,
 * fix; then causes_more. What was done: action; would when it differs, as in a dry run; option; forged
 * (fields removed); took_ms, dns_ms (the MTA waited for these), dns_questions; diagnosis ("complete", or
 * "partial" when a limit ended it) and diagnosis_ms, when it went on behind the MTA's answer. A field without
 * a value is left out. */
#ifndef REPORT_RECORD_H
#define REPORT_RECORD_H

#include "report/action.h"

#include <stddef.h>
#include <stdint.h>

struct record_field {
	const char *name;  /* "spf", "cause"; lower case, "_" between words */
	const char *value; /* escaped: one line of valid UTF-8 without controls (report/escape.h) */
	bool number;       /* JSON prints it bare */
	unsigned cause;    /* 1 for the fields of the primary cause …; 0 for all others */
};

struct record {
	const struct record_field *fields;
	size_t count;
	int64_t time;     /* seconds since 1970 */
	int priority;     /* syslog(3) level */
	const char *json; /* what record_json made of it before; NULL: nothing */
};

struct record record_of(
	const struct findings *findings, const struct decision *decision, struct arena *arena);

/* key=value, one line without line end. Values with blanks, "=", quotes or backslashes are quoted; inside,
 * \" and \\ stand for themselves and \xHH for an octet. The keys of a cause repeat for the next. */
const char *record_line(const struct record *record, struct arena *arena);

/* One JSON object, one line without line end: "time" first, "causes" as an array of objects. */
const char *record_json(const struct record *record, struct arena *arena);

#endif
