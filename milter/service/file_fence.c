#include "service/file_fence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__has_include)
#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif
#endif

#ifdef LANDLOCK_ACCESS_FS_EXECUTE
/* Linux 5.19 and 6.2; older headers do not name them. */
enum { ACCESS_REFER = 1 << 13, ACCESS_TRUNCATE = 1 << 14, ABI_REFER = 2, ABI_TRUNCATE = 3 };

static const uint64_t writing =
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;

static const uint64_t never = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
			      LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
			      LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
			      LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

static int open_folder_of(const char *file)
{
	char path[PATH_MAX];
	char *slash;

	if (file[0] != '/' || snprintf(path, sizeof path, "%s", file) >= (int)sizeof path)
		return -1;
	slash = strrchr(path, '/');
	slash[slash == path ? 1 : 0] = '\0';
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* A folder that is not there cannot be written in; whoever wants to will say so. */
static bool open_gate(int fence, int folder, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = folder};

	return folder < 0 || syscall(SYS_landlock_add_rule, fence, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

static bool build(int fence, const char *const *files, size_t count, uint64_t access)
{
	int null = open("/dev/null", O_PATH | O_CLOEXEC);
	bool good = open_gate(fence, null, LANDLOCK_ACCESS_FS_WRITE_FILE);

	if (null >= 0)
		(void)close(null);
	for (size_t i = 0; good && i < count; i++) {
		int folder = files[i] == NULL ? -1 : open_folder_of(files[i]);

		good = open_gate(fence, folder, access);
		if (folder >= 0)
			(void)close(folder);
	}
	return good;
}

bool file_fence_raise(const char *const *files, size_t count, struct fault *fault)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	uint64_t access =
		writing | (abi >= ABI_REFER ? ACCESS_REFER : 0) | (abi >= ABI_TRUNCATE ? ACCESS_TRUNCATE : 0);
	struct landlock_ruleset_attr handled = {.handled_access_fs = access | never};
	int fence = -1;
	bool good;

	if (abi > 0)
		fence = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	good = fence >= 0 && build(fence, files, count, access) &&
	       syscall(SYS_landlock_restrict_self, fence, 0) == 0;
	if (!good)
		fault_set(fault, "this kernel does not fence off files (Landlock): %s", strerror(errno));
	if (fence >= 0)
		(void)close(fence);
	return good;
}
#else
bool file_fence_raise(const char *const *files, size_t count, struct fault *fault)
{
	(void)files;
	(void)count;
	fault_set(fault, "this build knows no Landlock");
	return false;
}
#endif
