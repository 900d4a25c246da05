#include "service/site_secret.h"

#include "message/local_part.h"
#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MODE = 0400 };

/* "secret" beside the key memory; false without a folder. */
static bool path_of(const struct settings *settings, char path[PATH_MAX])
{
	const char *slash = strrchr(settings->key_memory, '/');
	int folder = slash == NULL ? 0 : (int)(slash - settings->key_memory);

	return slash != NULL &&
	       snprintf(path, PATH_MAX, "%.*s/secret", folder, settings->key_memory) < PATH_MAX;
}

static bool hashes(const struct settings *settings)
{
	return (enum local_part_kept)settings->log_local_part == LOCAL_PART_HASH ||
	       (settings->failure_reports &&
		       (enum local_part_kept)settings->failure_report_local_part == LOCAL_PART_HASH);
}

static bool write_secret(int fd, uid_t user, gid_t group)
{
	uint8_t secret[LOCAL_PART_SECRET_SIZE];

	return getrandom(secret, sizeof secret, 0) == (ssize_t)sizeof secret &&
	       write(fd, secret, sizeof secret) == (ssize_t)sizeof secret &&
	       (geteuid() != 0 || fchown(fd, user, group) == 0);
}

bool site_secret_make(const struct settings *settings, uid_t user, gid_t group, struct fault *fault)
{
	char path[PATH_MAX];
	bool good;
	int fd;

	if (!hashes(settings) || !path_of(settings, path))
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, SECRET_MODE);
	if (fd < 0 && errno == EEXIST)
		return true;
	good = fd >= 0 && write_secret(fd, user, group);
	if (!good)
		fault_set(fault, "%s, for hashes of local parts, cannot be made: %s", path, strerror(errno));
	if (!good && fd >= 0)
		(void)unlink(path);
	if (fd >= 0)
		(void)close(fd);
	return good;
}

struct local_part_mask site_secret_mask(
	const struct settings *settings, enum local_part_kept kept, struct fault *fault)
{
	struct local_part_mask mask = {.kept = kept};
	char path[PATH_MAX];
	bool good;
	int fd;

	if (kept != LOCAL_PART_HASH)
		return mask;
	if (!hashes(settings)) /* nobody made one */
		return (struct local_part_mask){.kept = LOCAL_PART_NONE};
	fd = path_of(settings, path) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	good = fd >= 0 && read(fd, mask.secret, sizeof mask.secret) == (ssize_t)sizeof mask.secret;
	if (fd >= 0)
		(void)close(fd);
	if (good)
		return mask;
	fault_set(fault,
		"local parts are left out: the secret to hash them with, beside key-memory, cannot be read");
	return (struct local_part_mask){.kept = LOCAL_PART_NONE};
}
