/* The socket the MTA connects to: read from its option, opened, removed. A dead unix socket left
 * behind is taken over, one that somebody answers on is not. */
#ifndef SERVICE_LISTENER_H
#define SERVICE_LISTENER_H

#include "base/fault.h"

#include <stdbool.h>
#include <sys/types.h>

struct settings;

enum listen_kind { LISTEN_UNIX, LISTEN_INET, LISTEN_INET6 };

struct listen_address {
	enum listen_kind kind;
	char path[108]; /* unix: as long as sun_path, NUL included */
	char host[256]; /* inet, inet6 */
	char port[32];
};

/* "unix:PATH", "local:PATH", "inet:PORT@HOST", "inet6:PORT@HOST"; HOST "*" is every address. */
bool listen_address_parse(const char *text, struct listen_address *address, struct fault *fault);

/* Who shall own a unix socket: -1 leaves it as it is. */
struct listen_owner {
	uid_t user;
	gid_t group;
	mode_t mode;
};

/* The owner from user, socket-group and socket-mode. */
bool listen_owner_of(const struct settings *settings, struct listen_owner *owner, struct fault *fault);

/* A listening, non-blocking, close-on-exec socket; -1 with the reason in fault. May wait 2 s for
 * workers of a killed supervisor to let go of the address. */
int listener_open(
	const struct listen_address *address, const struct listen_owner *owner, struct fault *fault);

/* Closes it and removes the path of a unix socket. */
void listener_close(int *listening_fd, const struct listen_address *address);

#endif
