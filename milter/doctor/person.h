/* May somebody else use a file? Read off owner, group and mode of it and of the folders above: nothing is
 * tried in that person's name. Access control lists and security modules are not looked at. */
#ifndef DOCTOR_PERSON_H
#define DOCTOR_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { GROUPS_MAX = 64 };

struct person {
	bool known; /* there is such an account */
	uid_t user;
	gid_t groups[GROUPS_MAX];
	size_t group_count;
};

/* By the account's name; "" is whoever runs this. Not thread-safe. */
struct person person_named(const char *name);

enum access_kind { ACCESS_READ = 4, ACCESS_WRITE = 2, ACCESS_ENTER = 1 };

enum access_answer { ACCESS_YES, ACCESS_NO, ACCESS_NOT_THERE };

struct access_result {
	enum access_answer answer;
	char where[256]; /* the file or folder that decides */
};

/* kinds: of the file itself; the folders above it must be enterable. An absolute path. */
struct access_result person_may(const struct person *person, const char *path, int kinds);

#endif
