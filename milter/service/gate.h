/* What stands between the listening socket and libmilter in a worker. Shut, the worker accepts no
 * new connection and serves those it has; other processes that share the socket are not affected.
 * Shut while file descriptors run short (libmilter would spin), and for good when a worker drains. */
#ifndef SERVICE_GATE_H
#define SERVICE_GATE_H

#include "base/fault.h"

#include <stdbool.h>

struct gate {
	int fd;   /* what libmilter listens on */
	int real; /* the socket of the MTA; -1 when given up */
	int dead; /* a listening socket that nobody can reach */
	bool is_shut;
};

bool gate_set_up(struct gate *gate, int listening_fd, struct fault *fault);

void gate_shut(struct gate *gate);
void gate_open(struct gate *gate);

/* Shut, and this process lets go of the socket. A poll that waits on it still holds it: the caller
 * interrupts that. */
void gate_wall_up(struct gate *gate);

/* Are nearly all file descriptors in use? */
bool descriptors_are_short(void);

#endif
