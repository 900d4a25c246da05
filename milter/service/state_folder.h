/* The folder of a file that workers write, made before they start. systemd and tmpfiles.d do that too,
 * where they are used. */
#ifndef SERVICE_STATE_FOLDER_H
#define SERVICE_STATE_FOLDER_H

#include "base/fault.h"

#include <stdbool.h>
#include <sys/types.h>

struct settings;

/* Makes the folder that file is in, mode 0750, for that user and group (-1: us); the one above it
 * must be there. A folder that exists stays as it is. file "": nothing. */
bool state_folder_make(const char *file, uid_t user, gid_t group, struct fault *fault);

/* All that the settings ask for: the folders of the key memory, of the store and its spool; beside the key
 * memory that of the evidence, and the site's secret. One that fails does not hinder the others; fault then
 * has the last reason; it may also have a word on what was mended. */
bool state_folders_make(const struct settings *settings, uid_t user, gid_t group, struct fault *fault);

/* The file of a store "sqlite:/PATH"; "" when it is not one. */
const char *state_file_of_store(const char *store);

#endif
