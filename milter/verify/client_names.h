/* The client's names in DNS: PTR, and which of them lead back to its address. What RFC 8601
 * section 2.7.3 (iprev) and RFC 7208 section 5.5 (ptr, %{p}) have in common. */
#ifndef VERIFY_CLIENT_NAMES_H
#define VERIFY_CLIENT_NAMES_H

#include "facts/answer.h"

#include <stdbool.h>

struct netaddr;
struct work;

enum { CLIENT_NAMES_MAX = 10 }; /* RFC 7208 section 4.6.4: names followed of one PTR answer */

struct client_name {
	const char *name;
	const struct answer *addresses; /* A or AAAA, as the client's family */
	bool leads_back;
};

struct client_names {
	const struct answer *ptr; /* NULL when the client's address is unknown */
	struct client_name names[CLIENT_NAMES_MAX];
	size_t count;
};

/* Waits for the answers. */
struct client_names client_names_ask(const struct work *work);

/* The type of the client's address records. */
enum rr_type client_address_type(const struct netaddr *client);

/* Is the client among the addresses of this A or AAAA answer, as far as prefix bits tell? */
bool client_is_among(const struct netaddr *client, const struct answer *addresses, unsigned prefix);

#endif
