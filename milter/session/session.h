/* What the MTA says, through libmilter: each connection has one session with one inspection.
 * libmilter runs the callbacks of a connection on different threads, one at a time; all state hangs
 * on the connection. Nothing waits before the end of a message. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/fault.h"
#include "inspect/inspection.h"

#include <stdbool.h>

struct diagnosis_queue;
struct outlets;

/* What all sessions share; outlives them. */
struct session_shared {
	const struct inspector *inspector;
	const struct outlets *outlets;
	struct diagnosis_queue *queue;
};

/* Hands the listening socket to libmilter. Once per process, before session_serve. */
bool session_open(const struct session_shared *shared, int listening_fd, struct fault *fault);

/* Serves connections on threads of libmilter; returns only when libmilter gives up or gets SIGTERM,
 * SIGHUP or SIGINT on one of its threads, then true or false. */
bool session_serve(void);

struct session_counts {
	unsigned connections; /* open, from negotiation to close */
	unsigned messages;    /* between MAIL FROM and the last answer */
	unsigned begun;       /* messages so far; wraps around */
};
struct session_counts session_counts(void);

/* From now on new connections are refused: nothing may use the shared things any more. */
void session_refuse_new(void);

/* "1.0.1" */
const char *session_library_version(char text[32]);

#endif
