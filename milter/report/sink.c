#include "report/sink.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "report/escape.h"
#include "report/journal.h"
#include "report/log_file.h"
#include "report/record.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { COMPLAIN_EVERY_MS = 60000, SAY_MAX = 4000 };

struct sink {
	enum log_sink kind; /* never LOG_SINK_AUTO */
	struct log_file *file;
	pthread_mutex_t lock; /* the file and what follows */
	uint64_t lost;
	int64_t complained_ms; /* 0: never */
};

static enum log_sink kind_of(const struct settings *settings)
{
	enum log_sink kind = (enum log_sink)settings->log_sink;

	if (kind != LOG_SINK_AUTO)
		return kind;
	return journal_is_there() ? LOG_SINK_JOURNAL : LOG_SINK_SYSLOG;
}

/* The workers run as the user of the settings and must be able to write what root has made. */
static struct log_file *file_of(const struct settings *settings, struct fault *fault)
{
	const char *user = settings->user == NULL ? "" : settings->user;
	struct passwd *account = geteuid() == 0 && user[0] != '\0' ? getpwnam(user) : NULL;

	return log_file_open(settings->log_file == NULL ? "" : settings->log_file,
		account != NULL ? account->pw_uid : (uid_t)-1, account != NULL ? account->pw_gid : (gid_t)-1,
		fault);
}

struct sink *sink_open(const struct settings *settings, struct fault *fault)
{
	struct sink *sink = calloc(1, sizeof *sink);

	if (sink == NULL)
		abort();
	sink->kind = kind_of(settings);
	pthread_mutex_init(&sink->lock, NULL);
	if (sink->kind == LOG_SINK_JOURNAL && !journal_is_there()) {
		fault_set(fault, "log-sink journal: there is no systemd journal here");
		sink_close(&sink);
	} else if (sink->kind == LOG_SINK_JSON && (sink->file = file_of(settings, fault)) == NULL) {
		sink_close(&sink);
	}
	/* Also for complaints about another sink. Never closed: glibc would forget the name. */
	openlog("sekishod", LOG_PID, LOG_MAIL);
	return sink;
}

void sink_close(struct sink **sink)
{
	if (sink == NULL || *sink == NULL)
		return;
	log_file_close(&(*sink)->file);
	pthread_mutex_destroy(&(*sink)->lock);
	free(*sink);
	*sink = NULL;
}

/* Counts a lost record; true when it is time to complain. Called with the lock held. */
static bool count_loss(struct sink *sink)
{
	int64_t now = clock_monotonic_ms();

	sink->lost++;
	if (sink->complained_ms != 0 && now - sink->complained_ms < COMPLAIN_EVERY_MS)
		return false;
	sink->complained_ms = now;
	return true;
}

static void complain(uint64_t lost, int error)
{
	char text[256];

	(void)snprintf(text, sizeof text, "the log cannot be written (%s), %" PRIu64 " records lost so far",
		strerror(error), lost);
	(void)fprintf(stderr, "sekishod: %s\n", text);
	syslog(LOG_MAIL | LOG_WARNING, "%s", text);
}

/* Writes a line to the file, or notes that it could not be written (error: errno of the other sinks). */
static void finish(struct sink *sink, const struct buf *line, int error)
{
	bool told = false;
	uint64_t lost = 0;

	pthread_mutex_lock(&sink->lock);
	if (line != NULL && !log_file_write(sink->file, line->data, line->len))
		error = errno;
	if (error != 0) {
		told = count_loss(sink);
		lost = sink->lost;
	}
	pthread_mutex_unlock(&sink->lock);
	if (told)
		complain(lost, error);
}

void sink_write(struct sink *sink, const struct record *record, struct arena *arena)
{
	struct buf line;

	if (sink->kind == LOG_SINK_NONE)
		return;
	line = buf_in(arena);
	switch (sink->kind) {
	case LOG_SINK_JOURNAL:
		if (!journal_write(record, record_line(record, arena), arena))
			finish(sink, NULL, errno);
		break;
	case LOG_SINK_JSON:
		buf_text(&line, record_json(record, arena));
		buf_char(&line, '\n');
		finish(sink, &line, 0);
		break;
	case LOG_SINK_AUTO:
	case LOG_SINK_SYSLOG:
		syslog(LOG_MAIL | record->priority, "%s", record_line(record, arena));
		break;
	case LOG_SINK_NONE:
		break;
	}
}

uint64_t sink_lost(struct sink *sink)
{
	uint64_t lost;

	pthread_mutex_lock(&sink->lock);
	lost = sink->lost;
	pthread_mutex_unlock(&sink->lock);
	return lost;
}

/* The same shape as a message's record: one object with its time. */
static void say_json(struct sink *sink, int priority, const char *text, struct arena *arena)
{
	char number[16];
	struct record_field fields[] = {
		{.name = "priority", .value = number, .number = true},
		{.name = "message", .value = text},
	};
	struct record record = {.fields = fields, .count = 2, .time = clock_wall(), .priority = priority};
	struct buf line = buf_in(arena);

	(void)snprintf(number, sizeof number, "%d", priority);
	buf_printf(&line, "%s\n", record_json(&record, arena));
	finish(sink, &line, 0);
}

void sink_say(struct sink *sink, int priority, const char *format, ...)
{
	struct arena *arena = arena_new();
	char text[SAY_MAX];
	const char *line;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	line = escape_sentence(text, sizeof text, arena);
	if (sink->kind == LOG_SINK_JOURNAL && !journal_say(priority, line, arena))
		finish(sink, NULL, errno);
	if (sink->kind == LOG_SINK_SYSLOG)
		syslog(LOG_MAIL | priority, "%s", line);
	if (sink->kind == LOG_SINK_JSON)
		say_json(sink, priority, line, arena);
	if (sink->kind == LOG_SINK_JSON || sink->kind == LOG_SINK_NONE || isatty(STDERR_FILENO))
		(void)fprintf(stderr, "sekishod: %s\n", line);
	arena_free(&arena);
}
