#include "cli/usual_settings.h"

#include "settings/settings.h"

#include <unistd.h>

struct settings *usual_settings(const char *path, struct fault *fault)
{
	static const char usual[] = SYSCONF_DIR "/sekisho.conf";

	if (path != NULL)
		return settings_read(path, fault);
	return access(usual, R_OK) == 0 ? settings_read(usual, fault) : settings_new();
}
