/* Mail that comes through a gateway of our own is judged by the client that gave it to the gateway,
 * as the gateway's Received field tells (option trusted-relays). */
#ifndef INSPECT_GATEWAY_H
#define INSPECT_GATEWAY_H

struct arena;
struct envelope;
struct header_list;
struct network_list;

/* Puts the outside client in place of the gateway, which becomes envelope->relay. Nothing changes when
 * the client is no gateway of ours, or the way behind it cannot be read. */
void gateway_look_behind(struct envelope *envelope, const struct header_list *header,
	const struct network_list *relays, struct arena *arena);

#endif
