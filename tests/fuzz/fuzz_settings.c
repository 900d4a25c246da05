/* The configuration file on any octets: read, or refused with a reason. */
#include "settings/settings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings;
	struct fault fault = {.text = ""};
	char path[32];
	int memory = memfd_create("settings", 0);

	if (memory < 0 || write(memory, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
	settings = settings_read(path, &fault);
	if (settings == NULL && fault.text[0] == '\0')
		abort();
	(void)close(memory);
	settings_free(&settings);
	return 0;
}
