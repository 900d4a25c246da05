/* The store's rows of a period → the sums of each policy domain, one after the other: memory is that of one
 * domain, however many there are. */
#ifndef FEEDBACK_GATHER_H
#define FEEDBACK_GATHER_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct database;
struct sums;

struct gathering {
	int64_t from, until; /* seconds since 1970: from <= time < until */
	const char *domain;  /* "" for all */
	bool failures;       /* only messages with a failure report to be made */
	/* The sums live until it returns. */
	void (*take)(void *self, const struct sums *sums);
	void *self;
};

/* False when the database failed; what was taken before is whole. */
bool gather(struct database *database, const struct gathering *gathering, struct fault *fault);

#endif
