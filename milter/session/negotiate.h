/* What we ask of an MTA when a connection begins, cut down to what it offers: an old or restricted
 * MTA still gets every message verified and logged, only without what it cannot do. */
#ifndef SESSION_NEGOTIATE_H
#define SESSION_NEGOTIATE_H

#include <stdbool.h>

struct agreement {
	unsigned long actions;  /* SMFIF_ bits that both sides know */
	unsigned long protocol; /* SMFIP_ bits likewise */
};

struct agreement negotiate(unsigned long actions_offered, unsigned long protocol_offered);

bool agreement_may_insert(struct agreement agreement);
bool agreement_may_delete(struct agreement agreement);
bool agreement_may_quarantine(struct agreement agreement);
bool agreement_may_skip_body(struct agreement agreement);

/* Header values come, and are to be given, with the blank behind the colon. */
bool agreement_keeps_leading_space(struct agreement agreement);

/* The MTA waits for no answer at this stage; stage is one SMFIP_NR_ bit. */
bool agreement_is_silent(struct agreement agreement, unsigned long stage);

#endif
