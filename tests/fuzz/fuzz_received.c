/* Received fields, which anybody can write: the way of a message, and the client behind a gateway of ours. */
#include "base/arena.h"
#include "diagnose/hops.h"
#include "inspect/gateway.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "settings/settings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_one_of(const struct netaddr *address, const struct hops *hops)
{
	for (size_t i = 0; i < hops->count; i++)
		if (netaddr_equal(address, &hops->items[i].from))
			return true;
	return false;
}

static void check_hops(const struct hops *hops)
{
	if (hops->count > HOPS_MAX)
		abort();
	for (size_t i = 0; i < hops->count; i++) {
		if (hops->items[i].at < -1)
			abort();
		for (const char *by = hops->items[i].by; *by != '\0'; by++)
			if ((*by >= 'A' && *by <= 'Z') || *by == ' ' || *by == ';')
				abort();
	}
}

/* The client is whom the MTA named, or a stranger whom a field names. */
static void look_behind(const struct header_list *header, const struct hops *hops, struct arena *arena)
{
	struct network ours[2] = {{.prefix = 24}, {.prefix = 64}};
	const struct network_list relays = {ours, 2};
	struct envelope envelope = envelope_empty();
	struct netaddr gateway;

	if (!netaddr_parse("192.0.2.1", &gateway) || !netaddr_parse("192.0.2.0", &ours[0].address) ||
		!netaddr_parse("2001:db8::", &ours[1].address))
		abort();
	envelope.client = gateway;
	gateway_look_behind(&envelope, header, &relays, arena);
	if (envelope.relay.family == NETADDR_NONE) {
		if (!netaddr_equal(&envelope.client, &gateway))
			abort();
	} else if (!netaddr_equal(&envelope.relay, &gateway) ||
		   network_list_contains(&relays, &envelope.client) || netaddr_is_private(&envelope.client) ||
		   !is_one_of(&envelope.client, hops)) {
		abort();
	}
}

/* Fields, with an octet 1 between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	const char *at = arena_copy(arena, (const char *)data, size), *end = at + size;
	struct hops hops;

	while (at < end) {
		const char *stop = memchr(at, 1, (size_t)(end - at));
		size_t len = (size_t)((stop == NULL ? end : stop) - at);

		(void)header_list_add(&header, "Received", at, len);
		at += len + 1;
	}
	hops = hops_of(&header, arena);
	check_hops(&hops);
	look_behind(&header, &hops, arena);
	arena_free(&arena);
	return 0;
}
