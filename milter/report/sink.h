/* Where records go: journal fields, syslog key=value, JSON lines. Opened once per process,
 * thread-safe, never blocks the mail: when writing fails it says so once a minute and goes on. */
#ifndef REPORT_SINK_H
#define REPORT_SINK_H

#include "base/fault.h"
#include "settings/settings.h"

struct record;
struct sink;

struct sink *sink_open(const struct settings *settings, struct fault *fault);
void sink_close(struct sink **sink);
void sink_write(struct sink *sink, const struct record *record);

/* A line about ourselves: start, reload, trouble. priority as in syslog(3). Also to standard error
 * when it is a terminal or the sink is json or none. */
void sink_say(struct sink *sink, int priority, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
