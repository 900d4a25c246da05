#include "service/exporter.h"

#include "metrics/counters.h"
#include "metrics/endpoint.h"
#include "service/companion.h"
#include "service/listener.h"
#include "service/privileges.h"
#include "service/sandbox.h"
#include "service/worker.h"
#include "settings/settings.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct exporter {
	struct settings *settings;
	struct listen_address address;
	int listening_fd;
	struct endpoint *endpoint;
};

static bool open_socket(struct exporter *exporter, struct fault *fault)
{
	struct listen_owner owner;

	if (!listen_owner_of(exporter->settings, &owner, fault) ||
		!listen_address_parse(exporter->settings->metrics_socket, &exporter->address, fault))
		return false;
	exporter->listening_fd = listener_open(&exporter->address, &owner, fault);
	return exporter->listening_fd >= 0;
}

static bool prepare(struct exporter *exporter, struct fault *fault)
{
	struct identity identity;
	struct sandbox sandbox;
	struct counters *counters;
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", COMPANION_SETTINGS_FD);
	exporter->settings = settings_read(path, fault);
	if (exporter->settings == NULL || !open_socket(exporter, fault))
		return false;
	counters = counters_map(COMPANION_COUNTERS_FD, fault);
	if (counters == NULL || !identity_find(exporter->settings->user, &identity, fault) ||
		!identity_take(&identity, fault) ||
		!sandbox_raise_fence(&sandbox, SANDBOX_EXPORTER, exporter->settings, fault))
		return false;
	exporter->endpoint = endpoint_open(exporter->listening_fd, counters, fault);
	return exporter->endpoint != NULL && sandbox_close(&sandbox, exporter->settings, fault);
}

static void wait_for_the_end(void)
{
	struct pollfd lifeline = {.fd = COMPANION_LIFELINE_FD, .events = POLLIN};

	while (poll(&lifeline, 1, -1) < 0 && errno == EINTR)
		;
}

int exporter_run(void)
{
	struct exporter exporter = {.listening_fd = -1};
	struct fault fault = {""};

	(void)unsetenv("NOTIFY_SOCKET");
	(void)signal(SIGPIPE, SIG_IGN);
	if (!prepare(&exporter, &fault)) {
		(void)fprintf(stderr, "sekishod: exporter: %s\n", fault.text);
		return EXIT_CONFIG;
	}
	wait_for_the_end();
	endpoint_close(&exporter.endpoint);
	settings_free(&exporter.settings);
	return EXIT_SUCCESS;
}
