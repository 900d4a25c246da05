/* One domain's failures become failure reports: one for each kind of failure, few for each domain, none twice
 * in a day. */
#ifndef FEEDBACK_FAILURE_DELIVERY_H
#define FEEDBACK_FAILURE_DELIVERY_H

#include "feedback/post.h"

struct sums;

struct failure_delivery {
	struct post post;
	uint64_t most, most_of_domain;         /* letters or files in 24 hours */
	uint64_t domains, messages, held_back; /* what was done; held_back: kinds over a limit */
};

/* sums: of rows with a failure (struct gathering). Complaints go to standard error. */
void deliver_failures(struct failure_delivery *delivery, const struct sums *sums);

#endif
