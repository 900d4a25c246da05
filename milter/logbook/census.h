/* What the records of a log say together: verdicts, causes, domains, clients, days. Fed one entry at a
 * time; its memory is bounded, however long the log (tally.h). */
#ifndef LOGBOOK_CENSUS_H
#define LOGBOOK_CENSUS_H

#include "logbook/exposure.h"
#include "logbook/line.h"
#include "logbook/tally.h"

enum census_method { METHOD_SPF, METHOD_DKIM, METHOD_DMARC, METHOD_COUNT };

/* Empty and 0: everything. */
struct census_filter {
	int64_t since, until; /* from since on, before until */
	const char *domain;   /* lower case; of the author, or what it is below; also of the SPF identity */
	const char *cause;    /* a code */
	const char *queue_id; /* only this message */
};

struct census {
	struct census_filter filter;
	uint64_t lines[LINE_BROKEN + 1]; /* by their kind */
	uint64_t undated;                /* records without a time, when a period was asked for */
	uint64_t records;                /* that are wanted; the rest is about these */
	int64_t first, last;             /* their times; 0 when unknown */
	uint64_t outcomes[OUTCOME_COUNT];
	uint64_t verdicts[METHOD_COUNT][RESULT_WORDS];
	uint64_t actions[DONE_COUNT], would[DONE_COUNT];
	uint64_t caused;                                    /* records with a cause */
	struct tally *causes, *domains, *clients, *skipped; /* skipped: by the reason */
	struct tally *days, *hours;                         /* "2026-11-21", "2026-11-21 21", local time */
	struct tally *pairs;                                /* cause TAB domain */
	struct tally *forwarders; /* by forwarder_of; note: a cause, more: a client */
	struct exposure exposure;
};

struct census *census_new(const struct census_filter *filter);
void census_free(struct census **census);

/* Does the filter let it through? */
bool census_wants(struct census *census, const struct entry *entry);
void census_add(struct census *census, const struct entry *entry);

/* The pairs of one cause, or of one domain, the most first; how many are in list. The other half of a pair's
 * key is given by pair_cause and pair_domain. */
size_t census_pairs_of_cause(
	const struct census *census, const char *cause, const struct tally_row **list, size_t max);
size_t census_pairs_of_domain(
	const struct census *census, const char *domain, const struct tally_row **list, size_t max);
size_t census_domain_count(const struct census *census, const char *cause);
struct span pair_cause(const struct tally_row *pair);
const char *pair_domain(const struct tally_row *pair);

#endif
