#include "service/orders.h"

#include <stddef.h>

struct orders orders;

static void on_signal(int number)
{
	if (number == SIGTERM || number == SIGINT)
		orders.stop = 1;
	else if (number == SIGHUP || number == SIGUSR1)
		orders.reload = 1;
}

void orders_take(sigset_t *while_waiting)
{
	static const int handled[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;

	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++) {
		(void)sigaddset(&blocked, handled[i]);
		(void)sigaction(handled[i], &action, NULL);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_BLOCK, &blocked, while_waiting);
	for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++)
		(void)sigdelset(while_waiting, handled[i]);
}
