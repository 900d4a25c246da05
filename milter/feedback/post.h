/* The post office of reports: who wants them, who must not get them, and the way out, into a folder or to the
 * sendmail command. */
#ifndef FEEDBACK_POST_H
#define FEEDBACK_POST_H

#include "feedback/destination.h"
#include "feedback/sendmail.h"
#include "settings/settings.h"

#include <stdio.h>

struct dns;
struct ledger;

/* Everything is borrowed. */
struct post {
	const char *receiver; /* the name of this host */
	const char *email;    /* of the reporter */
	const char *folder;   /* write reports here; "": do not */
	bool send;
	const char *sendmail;
	struct text_list opt_out; /* domains and addresses that get nothing */
	struct dns *dns;          /* for send */
	const struct suffixes *suffixes;
	struct ledger *ledger; /* for send */
	int64_t now;
	FILE *out; /* a line for each domain */

	uint64_t written, sent, failed; /* what was done */
};

/* address: "" for the domain alone. */
bool post_is_opted_out(const struct post *post, const char *domain, const char *address);

/* Those of rua= or ruf= who have agreed. Asks DNS; what is not used is told. */
struct destinations post_destinations(
	const struct post *post, const char *uris, const char *domain, struct arena *arena);

/* The line about a domain: its name, how many messages, and words of ours. */
void post_say(const struct post *post, const char *domain, uint64_t messages, const char *words);

/* All of the file or nothing; counted. Complaints go to standard error. */
void post_write(struct post *post, const char *name, const char *octets, size_t len, struct arena *arena);

/* Counted; an address that does not exist gets nothing more from now on. sender: of the envelope. */
enum letter_end post_send(struct post *post, const char *sender, const char *address, const char *text);

#endif
