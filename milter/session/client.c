#include "session/client.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct netaddr client_address(const struct sockaddr *address, const char *client_addr_macro)
{
	char text[INET6_ADDRSTRLEN];
	struct netaddr client = {.family = NETADDR_NONE};
	int family = address != NULL ? address->sa_family : AF_UNSPEC;
	const char *written = NULL;

	/* through memory that is surely aligned: libmilter's is a union, a fuzzer's need not be */
	if (family == AF_INET) {
		struct sockaddr_in inet;

		memcpy(&inet, address, sizeof inet);
		written = inet_ntop(AF_INET, &inet.sin_addr, text, sizeof text);
	} else if (family == AF_INET6) {
		struct sockaddr_in6 inet6;

		memcpy(&inet6, address, sizeof inet6);
		written = inet_ntop(AF_INET6, &inet6.sin6_addr, text, sizeof text);
	}
	(void)netaddr_parse(written != NULL ? written : client_addr_macro, &client);
	return client;
}

const char *client_name(const char *host_name)
{
	return text_equal(host_name, "unknown") || host_name[0] == '[' ? "" : host_name;
}
