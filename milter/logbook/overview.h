/* What a page shows of a census: chosen once, so that what is read again and what is printed are the same. */
#ifndef LOGBOOK_OVERVIEW_H
#define LOGBOOK_OVERVIEW_H

#include "logbook/album.h"
#include "logbook/census.h"

enum {
	OVERVIEW_CAUSES = 12,
	OVERVIEW_PARTIES = 15,
	OVERVIEW_DOMAINS_OF_CAUSE = 4,
	OVERVIEW_CHANGES = 10,     /* for the better, and for the worse */
	OVERVIEW_CANDIDATES = 500, /* domains that are compared: those with most messages in trouble */
	OVERVIEW_BARS = 100,       /* of the chart: more lead nowhere */
};

struct overview {
	const struct census *census;
	const struct tally_row *causes[OVERVIEW_CAUSES];
	const struct tally_row *domains[OVERVIEW_PARTIES], *clients[OVERVIEW_PARTIES];
	const struct tally_row *forwarders[OVERVIEW_PARTIES];
	size_t cause_count, domain_count, client_count, forwarder_count;
};

struct overview overview_of(const struct census *census);

/* The album for the second reading, to be freed by the caller. */
struct album *overview_album(const struct overview *overview);

/* A domain whose share of messages in trouble is another in the second half: at least 10 messages in each
 * half, and a change of at least 20 points. */
struct change {
	const struct half *before, *after;
	const char *domain;
};

/* After the second reading; those with most messages concerned first, at most OVERVIEW_CHANGES. */
size_t changes_of(const struct album *album, bool worse, struct change list[OVERVIEW_CHANGES]);

/* Days or hours: what the chart shows. */
const struct tally *overview_bars(const struct census *census);

#endif
