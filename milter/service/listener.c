#include "service/listener.h"

#include "base/text.h"
#include "service/privileges.h"
#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Connections the kernel holds while all workers are busy. */
enum { BACKLOG = 1024 };

/* Orphaned workers close the socket within milliseconds; this is far more. */
enum { RETRIES = 20, RETRY_MS = 100 };

enum attempt { ATTEMPT_DONE, ATTEMPT_BUSY, ATTEMPT_FAILED };

static bool parse_inet(const char *text, struct listen_address *address)
{
	const char *at = strchr(text, '@');
	size_t host_len;

	if (at == NULL || at == text || (size_t)(at - text) >= sizeof address->port)
		return false;
	memcpy(address->port, text, (size_t)(at - text));
	at++;
	host_len = strlen(at);
	if (host_len >= 2 && at[0] == '[' && at[host_len - 1] == ']') {
		at++;
		host_len -= 2;
	}
	if (host_len == 0 || host_len >= sizeof address->host)
		return false;
	memcpy(address->host, at, host_len);
	return true;
}

static bool parse_unix(const char *path, struct listen_address *address)
{
	if (path[0] != '/' || strlen(path) >= sizeof address->path)
		return false;
	memcpy(address->path, path, strlen(path) + 1);
	return true;
}

bool listen_address_parse(const char *text, struct listen_address *address, struct fault *fault)
{
	static const struct {
		const char *start;
		enum listen_kind kind;
	} forms[] = {
		{"unix:", LISTEN_UNIX},
		{"local:", LISTEN_UNIX},
		{"inet:", LISTEN_INET},
		{"inet6:", LISTEN_INET6},
	};

	memset(address, 0, sizeof *address);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		const char *rest = text + strlen(forms[i].start);

		if (!text_starts(text, forms[i].start))
			continue;
		address->kind = forms[i].kind;
		if (address->kind == LISTEN_UNIX ? parse_unix(rest, address) : parse_inet(rest, address))
			return true;
	}
	fault_set(fault,
		"socket \"%.120s\" is not unix:/PATH (107 octets at most), inet:PORT@HOST or inet6:PORT@HOST",
		text);
	return false;
}

bool listen_owner_of(const struct settings *settings, struct listen_owner *owner, struct fault *fault)
{
	struct identity identity;
	char *end;
	unsigned long mode = strtoul(settings->socket_mode, &end, 8);

	if (*end != '\0' || end == settings->socket_mode || mode > 0777) {
		fault_set(fault, "socket-mode \"%.40s\" is not an octal mode such as 0660",
			settings->socket_mode);
		return false;
	}
	if (!identity_find(settings->user, &identity, fault))
		return false;
	*owner = (struct listen_owner){.user = identity.user, .group = identity.group, .mode = (mode_t)mode};
	if (settings->socket_group[0] != '\0') {
		const struct group *group = getgrnam(settings->socket_group);

		if (group == NULL) {
			fault_set(fault, "socket-group \"%.80s\" does not exist", settings->socket_group);
			return false;
		}
		owner->group = group->gr_gid;
	}
	return true;
}

/* Is somebody accepting connections on this path? */
static bool answers(const struct sockaddr_un *name)
{
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool alive;

	if (probe < 0)
		return true; /* cannot know: leave it alone */
	alive = connect(probe, (const struct sockaddr *)name, sizeof *name) == 0 || errno == EAGAIN ||
		errno == EINPROGRESS;
	(void)close(probe);
	return alive;
}

static enum attempt clear_path(const struct sockaddr_un *name, struct fault *fault)
{
	struct stat there;

	if (lstat(name->sun_path, &there) != 0) {
		if (errno == ENOENT)
			return ATTEMPT_DONE;
		fault_set(fault, "socket %s, as uid %u: %s", name->sun_path, (unsigned)geteuid(),
			strerror(errno));
		return ATTEMPT_FAILED;
	}
	if (!S_ISSOCK(there.st_mode)) {
		fault_set(fault, "socket %s: something else than a socket is there", name->sun_path);
		return ATTEMPT_FAILED;
	}
	if (answers(name)) {
		fault_set(fault, "socket %s: another process answers there", name->sun_path);
		return ATTEMPT_BUSY;
	}
	if (unlink(name->sun_path) != 0 && errno != ENOENT) {
		fault_set(fault, "dead socket %s cannot be removed as uid %u: %s", name->sun_path,
			(unsigned)geteuid(), strerror(errno));
		return ATTEMPT_FAILED;
	}
	return ATTEMPT_DONE;
}

/* By a descriptor: whoever may write in the folder cannot have us change the file that a link points to.
 * Without being root the group may be ours, or that of a set-group-id folder, which the socket has. */
static bool give(const char *path, const struct listen_owner *owner)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat has;
	char self[32];
	bool good = fd >= 0 && fstat(fd, &has) == 0;

	if (good && !S_ISSOCK(has.st_mode)) {
		errno = ENOTSOCK;
		good = false;
	}
	if (good && ((owner->user != (uid_t)-1 && owner->user != has.st_uid) ||
			    (owner->group != (gid_t)-1 && owner->group != has.st_gid)))
		good = fchownat(fd, "", owner->user, owner->group, AT_EMPTY_PATH) == 0;
	(void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	good = good && chmod(self, owner->mode) == 0;
	if (fd >= 0)
		(void)close(fd);
	return good;
}

/* Nobody can connect before owner and mode are right: listen comes last. */
static enum attempt open_unix(
	int fd, const struct listen_address *address, const struct listen_owner *owner, struct fault *fault)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	enum attempt cleared;
	mode_t before;
	int bound;

	memcpy(name.sun_path, address->path, sizeof name.sun_path);
	cleared = clear_path(&name, fault);
	if (cleared != ATTEMPT_DONE)
		return cleared;
	before = umask(0177);
	bound = bind(fd, (const struct sockaddr *)&name, sizeof name);
	(void)umask(before);
	if (bound != 0) {
		fault_set(fault, "socket %s cannot be made as uid %u: %s", address->path, (unsigned)geteuid(),
			strerror(errno));
		return ATTEMPT_FAILED;
	}
	if (!give(address->path, owner) || listen(fd, BACKLOG) != 0) {
		fault_set(fault, "socket %s: owner %d:%d, mode %04o cannot be set as uid %u: %s",
			address->path, (int)owner->user, (int)owner->group, (unsigned)owner->mode,
			(unsigned)geteuid(), strerror(errno));
		(void)unlink(address->path);
		return ATTEMPT_FAILED;
	}
	return ATTEMPT_DONE;
}

static enum attempt open_inet(int fd, const struct listen_address *address, struct fault *fault)
{
	const struct addrinfo wanted = {
		.ai_family = address->kind == LISTEN_INET ? AF_INET : AF_INET6,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE,
	};
	struct addrinfo *found = NULL;
	const char *host = strcmp(address->host, "*") == 0 ? NULL : address->host;
	enum attempt attempt = ATTEMPT_DONE;
	int on = 1;
	int trouble = getaddrinfo(host, address->port, &wanted, &found);

	if (trouble != 0) {
		fault_set(fault, "socket %s@%s: %s", address->port, address->host, gai_strerror(trouble));
		return ATTEMPT_FAILED;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (address->kind == LISTEN_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		attempt = errno == EADDRINUSE ? ATTEMPT_BUSY : ATTEMPT_FAILED;
		fault_set(fault, "socket %s@%s cannot be opened as uid %u: %s", address->port, address->host,
			(unsigned)geteuid(), strerror(errno));
	}
	freeaddrinfo(found);
	return attempt;
}

static enum attempt try_once(
	int *fd, const struct listen_address *address, const struct listen_owner *owner, struct fault *fault)
{
	static const int families[] = {
		[LISTEN_UNIX] = AF_UNIX, [LISTEN_INET] = AF_INET, [LISTEN_INET6] = AF_INET6};
	enum attempt attempt;

	*fd = socket(families[address->kind], SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0) {
		fault_set(fault, "no socket of this kind: %s", strerror(errno));
		return ATTEMPT_FAILED;
	}
	attempt = address->kind == LISTEN_UNIX ? open_unix(*fd, address, owner, fault)
					       : open_inet(*fd, address, fault);
	if (attempt != ATTEMPT_DONE) {
		(void)close(*fd);
		*fd = -1;
	}
	return attempt;
}

int listener_open(const struct listen_address *address, const struct listen_owner *owner, struct fault *fault)
{
	const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
	enum attempt attempt = ATTEMPT_BUSY;
	int fd = -1;

	for (int i = 0; i < RETRIES && attempt == ATTEMPT_BUSY; i++) {
		if (i > 0)
			(void)nanosleep(&pause, NULL);
		attempt = try_once(&fd, address, owner, fault);
	}
	return fd;
}

void listener_close(int *listening_fd, const struct listen_address *address)
{
	if (*listening_fd < 0)
		return;
	(void)close(*listening_fd);
	*listening_fd = -1;
	if (address->kind == LISTEN_UNIX)
		(void)unlink(address->path);
}
