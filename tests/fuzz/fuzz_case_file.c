/* The reader of .case files on any octets, with the options that it names. */
#include "base/arena.h"
#include "replay/case_file.h"
#include "settings/settings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct settings *settings = settings_new();
	struct fault fault = {.text = ""};
	struct case_file *file;
	char path[32];
	int memory = memfd_create("case", 0);

	if (memory < 0 || write(memory, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
	file = case_file_read(path, arena, &fault);
	if (file != NULL)
		(void)case_file_apply_options(file, settings, &fault);
	else if (fault.text[0] == '\0')
		abort();
	(void)close(memory);
	settings_free(&settings);
	arena_free(&arena);
	return 0;
}
