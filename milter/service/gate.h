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

/* Shut, and this process lets go of the socket. for_all: nobody else shall listen on it either; without
 * that it stays reachable until libmilter's poll returns, up to 5 s. */
void gate_wall_up(struct gate *gate, bool for_all);

/* Are nearly all file descriptors in use? */
bool descriptors_are_short(void);

#endif
