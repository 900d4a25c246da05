#include "service/state_folder.h"

#include "base/arena.h"
#include "replay/evidence_ring.h"
#include "service/site_secret.h"
#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0750 };

/* Cuts the last name off a path and returns it; NULL when there is no other in front of it. */
static char *cut_last_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

/* By descriptors: whoever may write in the folder above cannot have us give away another one. */
static bool make_in(int above, const char *name, uid_t user, gid_t group)
{
	bool good;
	int fd;

	if (mkdirat(above, name, FOLDER_MODE) != 0)
		return errno == EEXIST;
	fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	good = fd >= 0 && fchmod(fd, FOLDER_MODE) == 0 && fchown(fd, user, group) == 0;
	if (fd >= 0)
		(void)close(fd);
	return good;
}

bool state_folder_make(const char *file, uid_t user, gid_t group, struct fault *fault)
{
	char path[PATH_MAX];
	const char *name;
	bool good;
	int above;

	if (snprintf(path, sizeof path, "%s", file) >= (int)sizeof path || cut_last_name(path) == NULL)
		return true; /* without a folder, or too long to be opened anyhow */
	name = cut_last_name(path);
	if (name == NULL)
		return true;
	above = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	good = above >= 0 && make_in(above, name, user, group);
	if (!good)
		fault_set(fault, "folder %s/%s of %s cannot be made as uid %u: %s", path, name, file,
			(unsigned)geteuid(), strerror(errno));
	if (above >= 0)
		(void)close(above);
	return good;
}

const char *state_file_of_store(const char *store)
{
	static const char file[] = "sqlite:";

	return strncmp(store, file, strlen(file)) == 0 ? store + strlen(file) : "";
}

bool state_folders_make(const struct settings *settings, uid_t user, gid_t group, struct fault *fault)
{
	struct arena *arena = arena_new();
	const char *evidence = evidence_folder(settings->key_memory, arena);
	const char *const files[] = {
		settings->key_memory, /* the folder of the next one is in this one's */
		evidence[0] == '\0' ? "" : arena_printf(arena, "%s/ledger", evidence),
		state_file_of_store(settings->store),
		settings->store_spool,
	};
	bool good = true;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		good = state_folder_make(files[i], user, group, fault) && good;
	good = site_secret_make(settings, user, group, fault) && good;
	arena_free(&arena);
	return good;
}
