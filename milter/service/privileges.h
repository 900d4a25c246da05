/* Giving up what a worker does not need before it meets the first foreign octet. */
#ifndef SERVICE_PRIVILEGES_H
#define SERVICE_PRIVILEGES_H

#include "base/fault.h"

#include <stdbool.h>
#include <sys/types.h>

/* Who the workers are; user and group are -1 when nothing shall change. */
struct identity {
	uid_t user;
	gid_t group;
	char name[64];
};

/* name "": unchanged; so it is when we are not root. A missing user is a fault. Not thread-safe. */
bool identity_find(const char *name, struct identity *identity, struct fault *fault);

/* Becomes that identity for good, and checks that there is no way back. Before threads start. */
bool identity_take(const struct identity *identity, struct fault *fault);

/* Memory that this process may write to, threads' stacks included; 0: no limit. Allocations fail
 * beyond it. */
void limit_memory(int megabytes);

/* As many file descriptors as the system allows us. */
void raise_descriptor_limit(void);

#endif
