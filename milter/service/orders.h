/* What the supervisor is told to do, by signals. */
#ifndef SERVICE_ORDERS_H
#define SERVICE_ORDERS_H

#include <signal.h>

struct orders {
	volatile sig_atomic_t stop;   /* SIGTERM, SIGINT */
	volatile sig_atomic_t reload; /* SIGHUP, SIGUSR1; the taker sets it back */
};

extern struct orders orders;

/* From now on signals arrive only while we wait with this mask (ppoll), so that no decision is interrupted;
 * the end of a child interrupts the waiting too. */
void orders_take(sigset_t *while_waiting);

#endif
