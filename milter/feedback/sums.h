/* The messages of one policy domain in one period, put together: one sum for each combination of client,
 * identifiers and results (RFC 9990 section 3.1.1). */
#ifndef FEEDBACK_SUMS_H
#define FEEDBACK_SUMS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct row;
struct sums;

/* Our limit: a stranger decides how many combinations there are. */
enum { SUMS_MAX = 20000, SUM_FAILURES_MAX = 1000 };

struct sum {
	uint64_t count;
	/* what the messages have in common; signatures as in store/row.h */
	const char *client, *from_domain, *mail_domain, *disposition, *override;
	const char *spf, *spf_domain, *spf_scope, *signatures;
	int64_t dkim_aligned, spf_aligned;
	/* of the first of them */
	int64_t time;
	const char *failure; /* store/row.h; "" behind the first SUM_FAILURES_MAX sums */
};

/* Everything is in the arena. */
struct sums *sums_new(const char *domain, struct arena *arena);

void sums_add(struct sums *sums, const struct row *row);

const char *sums_domain(const struct sums *sums);
const char *sums_record(const struct sums *sums); /* the DMARC record that was seen last */
size_t sums_count(const struct sums *sums);
const struct sum *sums_at(const struct sums *sums, size_t i); /* in the order of their first message */
uint64_t sums_messages(const struct sums *sums);              /* those left out included */
uint64_t sums_left_out(const struct sums *sums);              /* over SUMS_MAX */

/* Messages that were reports themselves: two sites that report to each other only about reports would
 * never end. */
uint64_t sums_reports(const struct sums *sums);

#endif
