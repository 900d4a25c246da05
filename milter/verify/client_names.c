#include "verify/client_names.h"

#include "dns/dns.h"
#include "message/envelope.h"
#include "verify/verify.h"

#include <string.h>

enum rr_type client_address_type(const struct netaddr *client)
{
	return client->family == NETADDR_IPV6 ? RR_AAAA : RR_A;
}

bool client_is_among(const struct netaddr *client, const struct answer *addresses, unsigned prefix)
{
	for (size_t i = 0; i < addresses->count; i++) {
		struct netaddr addr;

		if (netaddr_parse(addresses->values[i].text, &addr) && netaddr_match(client, &addr, prefix))
			return true;
	}
	return false;
}

struct client_names client_names_ask(const struct work *work)
{
	const struct netaddr *client = &work->envelope->client;
	enum rr_type type = client_address_type(client);
	unsigned bits = client->family == NETADDR_IPV6 ? 128 : 32;
	struct client_names found = {.ptr = NULL};

	if (client->family == NETADDR_NONE)
		return found;
	found.ptr = dns_ask(work->client, netaddr_reverse_name(client, work->arena), RR_PTR);
	for (size_t i = 0; i < found.ptr->count && found.count < CLIENT_NAMES_MAX; i++) {
		const char *name = found.ptr->values[i].text;

		if (strcmp(name, ".") != 0)
			found.names[found.count++].name = name;
	}
	for (size_t i = 1; work->dns != NULL && i < found.count; i++)
		dns_warm(work->dns, found.names[i].name, type);
	for (size_t i = 0; i < found.count; i++) {
		struct client_name *name = &found.names[i];

		name->addresses = dns_ask(work->client, name->name, type);
		name->leads_back = client_is_among(client, name->addresses, bits);
	}
	return found;
}
