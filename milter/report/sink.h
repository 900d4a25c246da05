/* Where records go: journal fields (SEKISHO_ and the name in upper case), syslog key=value, JSON
 * lines. Opened once per process, thread-safe, never blocks the mail: what cannot be written is
 * counted, said once a minute to standard error and syslog, and the mail goes on. */
#ifndef REPORT_SINK_H
#define REPORT_SINK_H

#include "base/fault.h"
#include "settings/settings.h"

#include <stdint.h>

struct arena;
struct record;
struct sink;

/* NULL with the reason in fault. A JSON file is appended to, made when missing (belonging to the "user"
 * of the settings when we are root), and opened again when somebody has moved it away. */
struct sink *sink_open(const struct settings *settings, struct fault *fault);
void sink_close(struct sink **sink);
void sink_write(struct sink *sink, const struct record *record, struct arena *arena);

/* Records that could not be written since the opening. */
uint64_t sink_lost(struct sink *sink);

/* A line about ourselves: start, reload, trouble. priority as in syslog(3). Also to standard error
 * when it is a terminal or the sink is json or none. */
void sink_say(struct sink *sink, int priority, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
