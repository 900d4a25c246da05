#include "service/readiness.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>

void readiness_up(const char *status)
{
	(void)sd_notifyf(0, "READY=1\nMAINPID=%ld\nSTATUS=%s", (long)getpid(), status);
}

void readiness_reloading(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=Reloading the configuration",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void readiness_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1\nSTATUS=Finishing messages in progress");
}
#else
void readiness_up(const char *status)
{
	(void)status;
}

void readiness_reloading(void)
{
}

void readiness_stopping(void)
{
}
#endif
