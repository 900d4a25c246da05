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

enum state { ABSENT, CUT_SHORT, WHOLE };

/* What is there and cannot be opened is left to those who will read it. */
static enum state state_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	enum state state = fd < 0 && errno == ENOENT ? ABSENT : WHOLE;

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		status.st_size < LOCAL_PART_SECRET_SIZE)
		state = CUT_SHORT;
	if (fd >= 0)
		(void)close(fd);
	return state;
}

/* Under another name until it is whole and on the disk: a power failure leaves no half of one. */
static bool make_file(const char *path, uid_t user, gid_t group)
{
	char unfinished[PATH_MAX + 8];
	bool good;
	int fd;

	(void)snprintf(unfinished, sizeof unfinished, "%s.new", path);
	(void)unlink(unfinished);
	fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, SECRET_MODE);
	good = fd >= 0 && write_secret(fd, user, group) && fsync(fd) == 0 && rename(unfinished, path) == 0;
	if (!good && fd >= 0)
		(void)unlink(unfinished);
	if (fd >= 0)
		(void)close(fd);
	return good;
}

bool site_secret_make(const struct settings *settings, uid_t user, gid_t group, struct fault *fault)
{
	enum state state;
	char path[PATH_MAX];

	if (!hashes(settings) || !path_of(settings, path))
		return true;
	state = state_of(path);
	if (state == WHOLE)
		return true;
	if (!make_file(path, user, group)) {
		fault_set(fault, "%s, for hashes of local parts, cannot be made: %s", path, strerror(errno));
		return false;
	}
	if (state == CUT_SHORT)
		fault_set(fault,
			"%s, for hashes of local parts, was cut short and is made anew: later hashes do not "
			"compare with earlier ones",
			path);
	return true;
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
