#include "inspect/gateway.h"

#include "diagnose/hops.h"
#include "message/envelope.h"
#include "settings/settings.h"

void gateway_look_behind(struct envelope *envelope, const struct header_list *header,
	const struct network_list *relays, struct arena *arena)
{
	struct hops hops;

	if (!network_list_contains(relays, &envelope->client))
		return;
	hops = hops_of(header, arena);
	/* Each field is written by the machine in front of it: trust ends behind the last of ours. */
	for (size_t i = 0; i < hops.count; i++) {
		const struct netaddr *from = &hops.items[i].from;

		if (from->family == NETADDR_NONE)
			return;
		if (network_list_contains(relays, from) || netaddr_is_private(from))
			continue;
		envelope->relay = envelope->client;
		envelope->client = *from;
		envelope->client_name = "";
		return;
	}
}
