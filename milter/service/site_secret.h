/* The secret of this site, for the hashes of local parts: a file beside the key memory, made once before the
 * workers start and read by them. Whoever deletes it gives up that new hashes can be compared with old ones.
 */
#ifndef SERVICE_SITE_SECRET_H
#define SERVICE_SITE_SECRET_H

#include "base/fault.h"
#include "message/local_part.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct settings;

/* Makes the file when hashes are wanted and there is none, readable for that user and group alone. One that
 * is cut short is replaced: then true, with a word on it in fault. */
bool site_secret_make(const struct settings *settings, uid_t user, gid_t group, struct fault *fault);

/* The mask that keeps so much. Without a secret that can be read, local parts are left out instead of hashed,
 * and the reason is in fault. */
struct local_part_mask site_secret_mask(
	const struct settings *settings, enum local_part_kept kept, struct fault *fault);

#endif
