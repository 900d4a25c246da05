#include "doctor/person.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct person person_named(const char *name)
{
	const struct passwd *account = name[0] == '\0' ? getpwuid(geteuid()) : getpwnam(name);
	struct person person = {.known = account != NULL};
	int count = GROUPS_MAX;

	if (account == NULL)
		return person;
	person.user = account->pw_uid;
	if (getgrouplist(account->pw_name, account->pw_gid, person.groups, &count) < 0)
		count = GROUPS_MAX; /* more than we keep: those are left out */
	person.group_count = (size_t)count;
	return person;
}

static bool is_member(const struct person *person, gid_t group)
{
	for (size_t i = 0; i < person->group_count; i++)
		if (person->groups[i] == group)
			return true;
	return false;
}

static bool mode_allows(const struct person *person, const struct stat *status, int kinds)
{
	int mode = (int)status->st_mode & 07;

	if (person->user == 0)
		return true;
	if (status->st_uid == person->user)
		mode = (int)(status->st_mode >> 6) & 07;
	else if (is_member(person, status->st_gid))
		mode = (int)(status->st_mode >> 3) & 07;
	return (mode & kinds) == kinds;
}

static enum access_answer look(const struct person *person, const char *path, int kinds)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return ACCESS_NOT_THERE;
	return mode_allows(person, &status, kinds) ? ACCESS_YES : ACCESS_NO;
}

struct access_result person_may(const struct person *person, const char *path, int kinds)
{
	struct access_result result = {.answer = ACCESS_YES, .where = "/"};
	size_t len = strlen(path);

	if (len >= sizeof result.where || path[0] != '/') {
		result.answer = ACCESS_NOT_THERE;
		return result;
	}
	for (size_t i = 1; i <= len && result.answer == ACCESS_YES; i++) {
		bool whole = i == len;

		if (!whole && path[i] != '/')
			continue;
		(void)snprintf(result.where, sizeof result.where, "%.*s", (int)i, path);
		result.answer = look(person, result.where, whole ? kinds : ACCESS_ENTER);
	}
	return result;
}
