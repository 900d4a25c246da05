/* Where mail for a domain goes: each MX host with its addresses and what is wrong with it. */
#ifndef SURVEY_EXCHANGERS_H
#define SURVEY_EXCHANGERS_H

#include "facts/answer.h"

struct work;

enum { EXCHANGERS_MAX = 20 }; /* looked at; ours */

enum exchanger_state {
	EXCHANGER_FINE,
	EXCHANGER_IS_ADDRESS,   /* an IP address where a name belongs: RFC 1035 section 3.3.9 */
	EXCHANGER_NULL,         /* "." alone: accepts no mail, RFC 7505 */
	EXCHANGER_IS_ALIAS,     /* RFC 2181 section 10.3 */
	EXCHANGER_WITHOUT_HOST, /* no address */
	EXCHANGER_PRIVATE,      /* of one family only private addresses */
	EXCHANGER_TROUBLE,      /* no answer */
};

struct exchanger {
	unsigned preference;
	const char *host;      /* foreign text */
	const char *addresses; /* "192.0.2.1, 2001:db8::1"; "" */
	const char *alias_of;  /* "" unless IS_ALIAS */
	enum exchanger_state state;
};

struct exchangers {
	const struct answer *answer; /* of the MX question */
	const struct exchanger *items;
	size_t count;
	size_t all; /* also those not looked at */
};

/* Waits for DNS, within the budget of the work's client. */
struct exchangers exchangers_of(const struct work *work, const char *domain);

#endif
