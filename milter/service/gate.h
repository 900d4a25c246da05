/* What stands between the listening socket and libmilter in a worker. Shut, the worker accepts no
 * new connection and serves those it has; other processes that share the socket are not affected.
 * Shut while file descriptors run short (libmilter would spin), and for good when a worker drains. */
#ifndef SERVICE_GATE_H
#define SERVICE_GATE_H

#include "base/fault.h"

#include <stdbool.h>
#include <sys/socket.h>

struct gate {
	int fd;   /* what libmilter listens on */
	int real; /* the socket of the MTA; -1 when given up */
	int dead; /* a listening socket that nobody can reach */
	bool is_shut;
	struct sockaddr_storage name; /* to knock at */
	socklen_t name_size;          /* 0: nothing to knock at */
};

bool gate_set_up(struct gate *gate, int listening_fd, struct fault *fault);

void gate_shut(struct gate *gate);
void gate_open(struct gate *gate);

/* Shut, and this process lets go of the socket. for_all: nobody shall listen on it any more. */
void gate_wall_up(struct gate *gate, bool for_all);

/* After gate_wall_up for all: the poll of libmilter holds an inet socket for up to 5 s; a knock wakes
 * it in every process. Call it a few times, the others need their moment too. */
void gate_knock(const struct gate *gate);

/* Are nearly all file descriptors in use? */
bool descriptors_are_short(void);

#endif
