/* The settings of a command that works with a configuration and without one. */
#ifndef CLI_USUAL_SETTINGS_H
#define CLI_USUAL_SETTINGS_H

#include "base/fault.h"

struct settings;

/* Of the file at path, which must be there; NULL: of the usual file if that can be read, else the defaults.
 * To be freed by the caller; NULL with the reason in fault. */
struct settings *usual_settings(const char *path, struct fault *fault);

#endif
