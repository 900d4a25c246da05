/* Who connected, as the MTA tells it: never guessed, never a stand-in address. */
#ifndef SESSION_CLIENT_H
#define SESSION_CLIENT_H

#include "base/netaddr.h"

struct sockaddr;

/* The address libmilter hands over; where it has none (family "unknown", a unix socket), the macro
 * {client_addr}, when that is an address. NONE otherwise. address may be NULL. */
struct netaddr client_address(const struct sockaddr *address, const char *client_addr_macro);

/* The name the MTA found for the client; "" for "unknown" and for an address in brackets. */
const char *client_name(const char *host_name);

#endif
