/* IPv4 and IPv6 addresses and networks. An IPv4-mapped IPv6 address (::ffff:a.b.c.d) is IPv4
 * from the moment it is read (RFC 7208 section 5). */
#ifndef BASE_NETADDR_H
#define BASE_NETADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum netaddr_family { NETADDR_NONE, NETADDR_IPV4, NETADDR_IPV6 };

struct netaddr {
	enum netaddr_family family;
	uint8_t octets[16]; /* network order; the first 4 for IPv4 */
};

struct network {
	struct netaddr address;
	unsigned prefix; /* bits */
};

enum { NETADDR_TEXT_SIZE = 46 };

/* Strict: dotted quad or RFC 4291 text; "IPv6:" in front is allowed (SMTP). False leaves *addr NONE. */
bool netaddr_parse(const char *text, struct netaddr *addr);

/* "192.0.2.0/24", or an address alone for a host. False when not a network. */
bool network_parse(const char *text, struct network *network);

/* RFC 5952 form; "unknown" for NONE. Returns text. */
const char *netaddr_format(const struct netaddr *addr, char text[NETADDR_TEXT_SIZE]);

bool netaddr_equal(const struct netaddr *a, const struct netaddr *b);

/* Are the first prefix bits of both equal? False for different families. */
bool netaddr_match(const struct netaddr *a, const struct netaddr *b, unsigned prefix);
bool network_contains(const struct network *network, const struct netaddr *addr);

/* Private, loopback, link-local, carrier NAT: nobody on the internet sends from there. */
bool netaddr_is_private(const struct netaddr *addr);

/* "25.2.0.192.in-addr.arpa" or the ip6.arpa name. */
char *netaddr_reverse_name(const struct netaddr *addr, struct arena *arena);

#endif
