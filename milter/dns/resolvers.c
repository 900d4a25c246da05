#include "dns/resolvers.h"

#include "base/text.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT_MAX = 65535 };

/* getaddrinfo knows scopes ("fe80::1%eth0"); it is asked for numbers only and never looks up. */
static struct addrinfo *address_of(const char *server)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *found = NULL;
	char host[RESOLVER_TEXT_SIZE], *at;
	unsigned long port = 53;

	(void)snprintf(host, sizeof host, "%s", server);
	at = strchr(host, '@');
	if (at != NULL) {
		*at = '\0';
		if (!span_number(span_of(at + 1), PORT_MAX, &port) || port == 0)
			return NULL;
	}
	if (getaddrinfo(host, at == NULL ? "53" : at + 1, &hints, &found) != 0)
		return NULL;
	return found;
}

static bool add(struct resolvers *resolvers, struct span text)
{
	char *server = resolvers->servers[resolvers->count];
	struct addrinfo *found;

	if (text.len == 0 || text.len >= RESOLVER_TEXT_SIZE)
		return false;
	memcpy(server, text.at, text.len);
	server[text.len] = '\0';
	found = address_of(server);
	if (found == NULL)
		return false;
	freeaddrinfo(found);
	resolvers->count++;
	return true;
}

bool resolvers_take(struct resolvers *resolvers, const struct text_list *list, struct fault *fault)
{
	resolvers->count = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (resolvers->count == RESOLVERS_MAX) {
			fault_set(fault, "nameservers: more than %d", RESOLVERS_MAX);
			return false;
		}
		if (!add(resolvers, span_trim(span_of(list->items[i])))) {
			fault_set(
				fault, "nameservers: \"%s\" is not ADDRESS or ADDRESS@PORT", list->items[i]);
			return false;
		}
	}
	return true;
}

/* "nameserver ADDRESS" (resolv.conf(5)); a comment may follow. */
static void read_line(struct resolvers *resolvers, const char *line)
{
	static const char keyword[] = "nameserver";
	struct span text = span_trim(span_of(line));
	size_t len = 0;

	if (text.len < sizeof keyword || memcmp(text.at, keyword, sizeof keyword - 1) != 0 ||
		!text_is_blank(text.at[sizeof keyword - 1]) || resolvers->count == RESOLVERS_MAX)
		return;
	text.at += sizeof keyword;
	text.len -= sizeof keyword;
	text = span_trim(text);
	while (len < text.len && !text_is_space(text.at[len]) && text.at[len] != '#' && text.at[len] != ';')
		len++;
	text.len = len;
	(void)add(resolvers, text);
}

bool resolvers_read(struct resolvers *resolvers, const char *path, struct fault *fault)
{
	FILE *file = fopen(path, "re");
	char line[1024];

	resolvers->count = 0;
	if (file == NULL) {
		fault_set(fault, "%s: %s", path, strerror(errno));
		return false;
	}
	while (fgets(line, sizeof line, file) != NULL)
		read_line(resolvers, line);
	(void)fclose(file);
	if (resolvers->count > 0)
		return true;
	fault_set(fault, "%s: no usable nameserver line", path);
	return false;
}

bool resolvers_find(struct resolvers *resolvers, const struct text_list *list, struct fault *fault)
{
	if (!resolvers_take(resolvers, list, fault))
		return false;
	if (resolvers->count == 0)
		(void)resolvers_read(resolvers, "/etc/resolv.conf", fault);
	return true;
}

void resolvers_describe(const struct resolvers *resolvers, char *text, size_t size)
{
	size_t len = 0;

	(void)snprintf(text, size, "no name server");
	for (size_t i = 0; i < resolvers->count && len < size; i++)
		len += (size_t)snprintf(
			text + len, size - len, "%s%s", i == 0 ? "" : ", ", resolvers->servers[i]);
}

static bool is_routed(const char *server)
{
	struct addrinfo *address = address_of(server);
	bool routed = false;
	int fd;

	if (address == NULL)
		return false;
	fd = socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		routed = connect(fd, address->ai_addr, address->ai_addrlen) == 0;
		(void)close(fd);
	}
	freeaddrinfo(address);
	return routed;
}

bool resolvers_are_routed(const struct resolvers *resolvers)
{
	for (size_t i = 0; i < resolvers->count; i++)
		if (is_routed(resolvers->servers[i]))
			return true;
	return false;
}
