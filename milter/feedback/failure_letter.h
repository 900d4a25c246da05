/* The mail that carries a failure report (RFC 9991, RFC 6591): multipart/report with what was found, and what
 * may be shown of the message's header. */
#ifndef FEEDBACK_FAILURE_LETTER_H
#define FEEDBACK_FAILURE_LETTER_H

#include <stdint.h>

struct arena;

struct failure_letter {
	const char *from, *to; /* addresses; to: "" for a file */
	const char *receiver, *domain;
	const char *id;      /* in the Message-ID, before the "@" */
	const char *failure; /* of the store: report/failure.h */
	uint64_t incidents;  /* how many messages of this kind there were */
	int64_t arrival;     /* of the first */
	int64_t now;
};

/* Lines end in LF, as the sendmail command reads them. */
const char *failure_letter_text(const struct failure_letter *letter, struct arena *arena);

#endif
