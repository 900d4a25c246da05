/* Why libunbound failed to answer. Its results only say SERVFAIL; its log says whether the name
 * server answered so, refused, or was silent. So its log is read instead of printed. */
#ifndef DNS_FAILURES_H
#define DNS_FAILURES_H

#include "facts/answer.h"

#include <stdio.h>

struct failures;

enum { FAILURE_TEXT_SIZE = 80 };

struct failure {
	enum answer_trouble trouble; /* TROUBLE_NONE: the log said nothing */
	bool resting;                /* nothing was sent: libunbound rests the name server after timeouts */
	char text[FAILURE_TEXT_SIZE];
};

struct failures *failures_new(void);
void failures_free(struct failures **failures);

/* For ub_ctx_debugout; closed by failures_free. */
FILE *failures_log(struct failures *failures);

/* The latest failure of that question in the last seconds. */
struct failure failures_find(struct failures *failures, const struct question *question);

/* What more is known about it, for its repetitions. */
void failures_amend(struct failures *failures, const struct question *question, enum answer_trouble trouble,
	const char *text);

/* One line of the log. */
void failures_read_line(struct failures *failures, const char *line, size_t len);

#endif
