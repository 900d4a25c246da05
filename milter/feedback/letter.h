/* The mail that carries a report (RFC 9990 section 3.5.2), and its way out: the local sendmail command. */
#ifndef FEEDBACK_LETTER_H
#define FEEDBACK_LETTER_H

#include "base/fault.h"

#include <stddef.h>
#include <stdint.h>

struct arena;

struct letter {
	const char *from, *to;             /* addresses */
	const char *submitter, *domain;    /* of the reporter; of the policy */
	const char *report_id, *file_name; /* "mx.example!example.com!1700000000!1700086399.xml.gz" */
	const char *attachment;            /* gzip */
	size_t attachment_len;
	int64_t now;
};

const char *letter_text(const struct letter *letter, struct arena *arena);

/* Text as gzip (zlib). */
const char *gzip_of(const char *text, size_t len, size_t *gzip_len, struct arena *arena);

enum letter_end {
	LETTER_SENT,
	LETTER_REFUSED,  /* there is no such address, and there will be none */
	LETTER_NOT_SENT, /* the command did not take it: it may another time */
	LETTER_UNKNOWN,  /* the command was ended before it said: the letter may go */
};

/* Waits for the command, at most a minute. The reason in fault, unless it was sent. */
enum letter_end letter_send(const char *sendmail, const struct letter *letter, struct fault *fault);

#endif
