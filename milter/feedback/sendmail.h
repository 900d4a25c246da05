/* The way out for a letter: the local sendmail command. */
#ifndef FEEDBACK_SENDMAIL_H
#define FEEDBACK_SENDMAIL_H

#include "base/fault.h"

enum letter_end {
	LETTER_SENT,
	LETTER_REFUSED,  /* there is no such address, and there will be none */
	LETTER_NOT_SENT, /* the command did not take it: it may another time */
	LETTER_UNKNOWN,  /* the command was ended before it said: the letter may go */
};

/* sender: of the envelope, "<>" for the null sender. Waits for the command, at most a minute. The reason in
 * fault, unless it was sent. */
enum letter_end sendmail_send(const char *command, const char *sender, const char *recipient,
	const char *text, struct fault *fault);

#endif
