/* The mail that carries an aggregate report (RFC 9990 section 3.5.2). */
#ifndef FEEDBACK_LETTER_H
#define FEEDBACK_LETTER_H

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

#endif
