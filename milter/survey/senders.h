/* Who probably sends mail for a domain, and what SPF says of each: the address that somebody asks about,
 * the hosts of the MX, the host of the web site, and the single addresses that the record itself lists. */
#ifndef SURVEY_SENDERS_H
#define SURVEY_SENDERS_H

#include "base/netaddr.h"
#include "diagnose/diagnosis.h"
#include "facts/spf_verdict.h"

struct exchangers;
struct scene;
struct work;

enum { SENDERS_MAX = 10 }; /* ours */

enum sender_role {
	SENDER_ASKED, /* on the command line */
	SENDER_EXCHANGER,
	SENDER_WEB,    /* the domain's own address */
	SENDER_LISTED, /* in the record, alone */
	SENDER_NOBODY, /* none of these is known: an address that is nobody's, so that the record is read */
};

struct sender {
	struct netaddr address;
	enum sender_role role;
	const char *name; /* of the MX host or domain; "" */
	const char *ptr;  /* "" without a reverse name */
	struct spf_verdict spf;
	struct diagnoses diagnoses;
};

struct senders {
	struct sender *items;
	size_t count;
};

/* client: family NONE when nobody is asked about. Waits for DNS; evaluates nothing. */
struct senders senders_of(const struct work *work, const char *domain, const char *record,
	const struct exchangers *exchangers, const struct netaddr *client);

/* SPF and its causes for one of them, in the scene of the domain. Waits for DNS. */
void sender_judge(struct sender *sender, struct scene *scene);

/* How far a cause holds although nobody knows whether the host sends at all. */
enum bearing {
	BEARING_NONE,   /* speaks of a message that does not exist */
	BEARING_IF,     /* only if this host sends mail */
	BEARING_ALWAYS, /* what is published is wrong */
};
enum bearing sender_bearing(const struct sender *sender, enum cause cause);

#endif
