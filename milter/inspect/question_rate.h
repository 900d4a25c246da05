/* How many domains the diagnosis may ask about in a minute, over all messages of a process: whatever a
 * flood of mail names, this machine does not become a flood of questions. The verifiers' own
 * questions are not counted. Locks inside. */
#ifndef INSPECT_QUESTION_RATE_H
#define INSPECT_QUESTION_RATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct suffixes;

/* Organisational domains in a minute (catalogue section 6), and messages that may ask about one of them. */
enum { RATE_DOMAINS_MAX = 30, RATE_MESSAGES_MAX = 16, ADMISSIONS_MAX = 16 };

struct question_rate {
	pthread_mutex_t lock;
	int64_t minute; /* the one that is counted */
	size_t count;
	struct {
		uint64_t domain; /* hashed */
		unsigned messages;
	} domains[RATE_DOMAINS_MAX];
};

/* What one message was admitted for: it is counted once for each domain. */
struct admissions {
	struct question_rate *rate; /* NULL: no limit */
	const struct suffixes *suffixes;
	size_t count;
	uint64_t domains[ADMISSIONS_MAX];
};

void question_rate_begin(struct question_rate *rate);
void question_rate_end(struct question_rate *rate);

/* May the message ask about this name now? now_s only needs to grow. */
bool admissions_allow(struct admissions *admissions, const char *name, int64_t now_s);

#endif
