/* A ready mail to the postmaster of a domain whose mail fails here: what is wrong, evidence, what to
 * publish. It is printed, never sent; a person reads it first. */
#ifndef LOGBOOK_NOTICE_H
#define LOGBOOK_NOTICE_H

#include "logbook/census.h"
#include "logbook/paper.h"

struct notice;

struct notice *notice_new(void);
void notice_free(struct notice **notice);

/* For a message of the domain: keeps a few that show its causes. */
void notice_add(struct notice *notice, const struct entry *entry);

/* receiver: our name, as in Authentication-Results. False when there is nothing to tell. */
bool notice_print(const struct paper *paper, const struct notice *notice, const struct census *census,
	const char *receiver, int64_t now);

#endif
