/* One state of the configuration: the settings, and a sealed copy of the file for the workers, so
 * that a worker started later reads what was checked, whatever has become of the file. */
#ifndef SERVICE_CONFIGURATION_H
#define SERVICE_CONFIGURATION_H

#include "base/fault.h"
#include "service/listener.h"

#include <stdbool.h>

struct configuration {
	struct settings *settings;
	struct listen_address address;
	struct listen_owner owner;
	int copy_fd;
};

/* Reads the file and lets a process of its own try whether a worker would start with it. On
 * failure the reason is in fault ("FILE:LINE: …") and configuration is untouched. */
bool configuration_load(
	struct configuration *configuration, const char *path, const char *zone_path, struct fault *fault);
void configuration_free(struct configuration *configuration);

#endif
