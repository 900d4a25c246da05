/* What an inspection holds between its calls. Private to inspection.c and conclusion.c. */
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
	struct inquiry inquiry;
	struct investigation investigation;
	struct alterations alterations;
	int64_t deepening_since_ms; /* on the clock of the thread's processor time */
	struct admissions admissions;
	struct dns_gate gate;
	struct remembered_keys remembered;
	const char *remark_key;
	bool unremarkable; /* mail like it was looked at within the hour */
	bool may_search;   /* the MTA has its answer: time for what takes some */
	struct kept_body kept_body;
};

#endif
