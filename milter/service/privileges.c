#include "service/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

bool identity_find(const char *name, struct identity *identity, struct fault *fault)
{
	const struct passwd *entry;

	*identity = (struct identity){.user = (uid_t)-1, .group = (gid_t)-1};
	if (name[0] == '\0' || geteuid() != 0)
		return true;
	errno = 0;
	entry = getpwnam(name);
	if (entry == NULL) {
		fault_set(fault,
			"user \"%.60s\" does not exist: make it (useradd --system %.60s) or set \"user\"",
			name, name);
		return false;
	}
	identity->user = entry->pw_uid;
	identity->group = entry->pw_gid;
	(void)snprintf(identity->name, sizeof identity->name, "%s", entry->pw_name);
	return true;
}

bool identity_take(const struct identity *identity, struct fault *fault)
{
#ifdef __linux__
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		fault_set(fault, "new privileges cannot be ruled out: %s", strerror(errno));
		return false;
	}
#endif
	if (identity->user == (uid_t)-1)
		return true;
	if (initgroups(identity->name, identity->group) != 0 || setgid(identity->group) != 0 ||
		setuid(identity->user) != 0) {
		fault_set(fault, "cannot become user %s: %s", identity->name, strerror(errno));
		return false;
	}
	if (getuid() != identity->user || geteuid() != identity->user || getgid() != identity->group ||
		getegid() != identity->group || (identity->user != 0 && setuid(0) == 0)) {
		fault_set(fault, "became user %s, but not for good", identity->name);
		return false;
	}
	return true;
}

/* Not RLIMIT_AS: it counts address space that the C library only reserves. */
void limit_memory(int megabytes)
{
	const rlim_t most = (rlim_t)megabytes * 1024 * 1024;
	struct rlimit limit;

	if (megabytes == 0 || getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_max < most)
		return;
	limit = (struct rlimit){.rlim_cur = most, .rlim_max = most};
	(void)setrlimit(RLIMIT_DATA, &limit);
}

void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}
