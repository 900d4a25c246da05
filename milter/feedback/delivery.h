/* One domain's sums become a report: written into a folder, sent, or only looked at. */
#ifndef FEEDBACK_DELIVERY_H
#define FEEDBACK_DELIVERY_H

#include "feedback/aggregate_xml.h"
#include "settings/settings.h"

#include <stdint.h>
#include <stdio.h>

struct dns;
struct ledger;
struct suffixes;
struct sums;

/* Everything is borrowed. */
struct delivery {
	struct report_facts facts; /* id is filled in for each domain */
	const char *receiver;      /* the name of this host */
	const char *folder;        /* write NAME.xml.gz here; "": do not */
	bool send;
	const char *sendmail;
	struct text_list opt_out; /* domains and addresses that get nothing */
	struct dns *dns;          /* for send */
	const struct suffixes *suffixes;
	struct ledger *ledger; /* for send */
	int64_t now;
	FILE *out; /* a line for each domain */

	/* what was done */
	uint64_t domains, messages, written, sent, failed, left_out;
};

/* Complaints go to standard error. */
void deliver_report(struct delivery *delivery, const struct sums *sums);

#endif
