/* One domain's sums become an aggregate report: written into a folder, sent, or only looked at. */
#ifndef FEEDBACK_DELIVERY_H
#define FEEDBACK_DELIVERY_H

#include "feedback/aggregate_xml.h"
#include "feedback/post.h"

struct sums;

struct delivery {
	struct post post;
	struct report_facts facts;            /* id is filled in for each domain */
	uint64_t domains, messages, left_out; /* what was done */
};

/* Complaints go to standard error. */
void deliver_report(struct delivery *delivery, const struct sums *sums);

#endif
