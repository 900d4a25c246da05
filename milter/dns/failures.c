#include "dns/failures.h"

#include "base/clock.h"
#include "base/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	RING = 256,           /* failures remembered; each is looked up right after it happened */
	REMEMBERED_MS = 6000, /* libunbound repeats a failure for 5 s without saying why */
	QUESTION_SIZE = 280,
};

struct remembered {
	int64_t at_ms;
	char question[QUESTION_SIZE]; /* "name. TYPE", as the log writes it */
	struct failure failure;
};

struct failures {
	pthread_mutex_t lock;
	FILE *log;
	size_t next;
	struct remembered ring[RING];
};

/* The stream comes line by line (it is line-buffered). */
static ssize_t write_log(void *cookie, const char *octets, size_t len)
{
	failures_read_line(cookie, octets, len);
	return (ssize_t)len;
}

struct failures *failures_new(void)
{
	struct failures *failures = calloc(1, sizeof *failures);

	if (failures == NULL)
		abort();
	(void)pthread_mutex_init(&failures->lock, NULL);
	failures->log = fopencookie(failures, "w", (cookie_io_functions_t){.write = write_log});
	if (failures->log == NULL)
		abort();
	(void)setvbuf(failures->log, NULL, _IOLBF, BUFSIZ);
	return failures;
}

void failures_free(struct failures **failures)
{
	if (*failures == NULL)
		return;
	(void)fclose((*failures)->log);
	(void)pthread_mutex_destroy(&(*failures)->lock);
	free(*failures);
	*failures = NULL;
}

FILE *failures_log(struct failures *failures)
{
	return failures->log;
}

static bool has(struct span text, const char *needle)
{
	return text_find(text.at, text.len, needle) != NULL;
}

static void set(struct failure *failure, enum answer_trouble trouble, const char *text)
{
	failure->trouble = trouble;
	(void)snprintf(failure->text, sizeof failure->text, "%s", text);
}

/* "... from 192.0.2.53 got SERVFAIL" */
static void set_rcode(struct failure *failure, struct span why, const char *got)
{
	const char *word = got + strlen(" got ");
	size_t len = 0, left = (size_t)(why.at + why.len - word);

	while (len < left && text_is_alnum(word[len]))
		len++;
	failure->trouble = span_is((struct span){word, len}, "REFUSED") ? TROUBLE_REFUSED : TROUBLE_SERVFAIL;
	(void)snprintf(failure->text, sizeof failure->text, "the resolver answered %.*s", (int)len, word);
}

static void judge(struct failure *failure, struct span why)
{
	const char *got = text_find(why.at, why.len, " got ");

	if (got != NULL)
		set_rcode(failure, why, got);
	else if (has(why, "upstream server timeout") || has(why, "no server to query"))
		set(failure, TROUBLE_TIMEOUT, "the resolver did not answer");
	else if (has(why, "parse"))
		set(failure, TROUBLE_BROKEN, "the resolver's answer is malformed");
	else if (has(why, "restarts") || has(why, "CNAME"))
		set(failure, TROUBLE_LOOP, "the CNAME chain is circular or too long");
	else
		set(failure, TROUBLE_SERVFAIL, "the answer could not be completed");
	failure->resting = has(why, "no server to query");
}

static struct remembered *latest(struct failures *failures, struct span question)
{
	int64_t oldest_ms = clock_monotonic_ms() - REMEMBERED_MS;

	for (size_t i = 1; i <= RING; i++) {
		struct remembered *entry = &failures->ring[(failures->next + RING - i) % RING];

		if (entry->question[0] == '\0' || entry->at_ms < oldest_ms)
			break;
		if (span_is(question, entry->question))
			return entry;
	}
	return NULL;
}

/* "SERVFAIL in cache" repeats a failure: the reason is the one it had. */
static void remember(struct failures *failures, struct span question, struct span why)
{
	const struct remembered *before = has(why, "in cache") ? latest(failures, question) : NULL;
	struct remembered now = {.at_ms = clock_monotonic_ms()};

	if (before != NULL) {
		now = *before;
		now.failure.resting = true;
	} else {
		memcpy(now.question, question.at, question.len);
		judge(&now.failure, why);
	}
	failures->ring[failures->next] = now;
	failures->next = (failures->next + 1) % RING;
}

/* "[time] libunbound[pid:0] error: SERVFAIL <name. TYPE IN>: why" */
void failures_read_line(struct failures *failures, const char *line, size_t len)
{
	struct span text = span_trim((struct span){line, len});
	const char *start = text_find(text.at, text.len, "SERVFAIL <"), *end;
	struct span question, why;

	if (start == NULL)
		return;
	question.at = start + strlen("SERVFAIL <");
	question.len = (size_t)(text.at + text.len - question.at);
	end = text_find(question.at, question.len, " IN>: ");
	if (end == NULL)
		return;
	question.len = (size_t)(end - question.at);
	why.at = end + strlen(" IN>: ");
	why.len = (size_t)(text.at + text.len - why.at);
	if (question.len >= QUESTION_SIZE)
		return;
	(void)pthread_mutex_lock(&failures->lock);
	remember(failures, question, why);
	(void)pthread_mutex_unlock(&failures->lock);
}

/* The log shows an octet that is no letter, digit, '-', '_' or '*' as '?'. */
static void write_as_log(const struct question *question, char text[QUESTION_SIZE])
{
	(void)snprintf(text, QUESTION_SIZE, "%s. %s", question->name, rr_type_name(question->type));
	for (size_t i = 0; i < QUESTION_SIZE - 1 && question->name[i] != '\0'; i++)
		if (!text_is_alnum(text[i]) && strchr("-_*.", text[i]) == NULL)
			text[i] = '?';
}

struct failure failures_find(struct failures *failures, const struct question *question)
{
	char text[QUESTION_SIZE];
	struct failure found = {.trouble = TROUBLE_NONE, .text = ""};
	const struct remembered *entry;

	write_as_log(question, text);
	(void)pthread_mutex_lock(&failures->lock);
	entry = latest(failures, span_of(text));
	if (entry != NULL)
		found = entry->failure;
	(void)pthread_mutex_unlock(&failures->lock);
	return found;
}

void failures_amend(struct failures *failures, const struct question *question, enum answer_trouble trouble,
	const char *text)
{
	char logged[QUESTION_SIZE];
	struct remembered *entry;

	write_as_log(question, logged);
	(void)pthread_mutex_lock(&failures->lock);
	entry = latest(failures, span_of(logged));
	if (entry != NULL)
		set(&entry->failure, trouble, text);
	(void)pthread_mutex_unlock(&failures->lock);
}
