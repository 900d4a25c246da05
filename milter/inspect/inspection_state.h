/* What an inspection holds between its calls. Private to inspection.c and conclusion.c. What is large and
 * belongs to the end of a message is made then: most messages in progress are not there yet. */
#ifndef INSPECT_INSPECTION_STATE_H
#define INSPECT_INSPECTION_STATE_H

#include "diagnose/alteration.h"
#include "diagnose/findings.h"
#include "inspect/investigation.h"
#include "inspect/kept_body.h"
#include "inspect/question_rate.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "verify/verify.h"

/* For going on behind the answer. */
struct deepening {
	struct investigation investigation;
	struct alterations alterations;
	int64_t since_ms; /* on the clock of the thread's processor time */
	struct admissions admissions;
	struct dns_gate gate;
};

struct inspection {
	const struct inspector *shared;

	/* the connection */
	struct arena *connection_arena;
	struct netaddr client;
	const char *client_name;
	const char *helo;

	/* the message */
	struct arena *arena;
	struct envelope envelope;
	const char **recipients;
	struct header_list header;
	struct author author;
	const char *skip_reason;
	uint64_t body_size;
	struct dns_client *dns_client;
	struct work work;
	struct signatures *signatures;
	struct arc_chain *arc;
	struct verdicts verdicts;
	struct findings findings;
	struct inquiry *inquiry;     /* NULL before the end */
	struct deepening *deepening; /* NULL before the MTA has its answer */
	struct remembered_keys remembered;
	const char *remark_key;
	bool unremarkable; /* mail like it was looked at within the hour */
	struct arena *body_arena;
	struct kept_body kept_body;
	struct span body; /* joined, once somebody wanted it */
};

#endif
