/* The name of this host, the default authserv-id. No DNS: the kernel's name, and when that has no
 * domain, the full name beside it in /etc/hosts. */
#ifndef SERVICE_HOST_NAME_H
#define SERVICE_HOST_NAME_H

#include <stdbool.h>

enum { HOST_NAME_SIZE = 256 };

/* Lower case; "localhost" when there is none. Not on a hot path: reads a file. */
const char *host_name(char name[HOST_NAME_SIZE]);

/* The name with a domain on the line of hosts (the text of /etc/hosts) that has name; false if none.
 * A pure function, for host_name and its test. */
bool host_name_in(const char *hosts, const char *name, char full[HOST_NAME_SIZE]);

#endif
