#include "base/netaddr.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static size_t octet_count(const struct netaddr *addr)
{
	switch (addr->family) {
	case NETADDR_IPV4:
		return 4;
	case NETADDR_IPV6:
		return 16;
	case NETADDR_NONE:
		break;
	}
	return 0;
}

static bool is_mapped(const uint8_t octets[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(octets, mapped, sizeof mapped) == 0;
}

bool netaddr_parse(const char *text, struct netaddr *addr)
{
	memset(addr, 0, sizeof *addr);
	if (text_starts(text, "IPv6:"))
		text += strlen("IPv6:");
	if (inet_pton(AF_INET, text, addr->octets) == 1) {
		addr->family = NETADDR_IPV4;
		return true;
	}
	if (inet_pton(AF_INET6, text, addr->octets) != 1)
		return false;
	addr->family = NETADDR_IPV6;
	if (is_mapped(addr->octets)) {
		memmove(addr->octets, addr->octets + 12, 4);
		memset(addr->octets + 4, 0, 12);
		addr->family = NETADDR_IPV4;
	}
	return true;
}

bool network_parse(const char *text, struct network *network)
{
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	char address[NETADDR_TEXT_SIZE + 8];
	unsigned long prefix;

	if (len >= sizeof address)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!netaddr_parse(address, &network->address))
		return false;
	prefix = octet_count(&network->address) * 8;
	if (slash != NULL && !span_number(span_of(slash + 1), prefix, &prefix))
		return false;
	network->prefix = (unsigned)prefix;
	return true;
}

/* inet_ntop goes through printf. */
static void format_ipv4(const uint8_t octets[4], char *text)
{
	for (size_t i = 0; i < 4; i++) {
		unsigned octet = octets[i];

		if (octet >= 100)
			*text++ = (char)('0' + octet / 100);
		if (octet >= 10)
			*text++ = (char)('0' + octet / 10 % 10);
		*text++ = (char)('0' + octet % 10);
		*text++ = i < 3 ? '.' : '\0';
	}
}

const char *netaddr_format(const struct netaddr *addr, char text[NETADDR_TEXT_SIZE])
{
	if (addr->family == NETADDR_IPV4)
		format_ipv4(addr->octets, text);
	else if (addr->family == NETADDR_NONE ||
		 inet_ntop(AF_INET6, addr->octets, text, NETADDR_TEXT_SIZE) == NULL)
		(void)snprintf(text, NETADDR_TEXT_SIZE, "unknown");
	return text;
}

bool netaddr_equal(const struct netaddr *a, const struct netaddr *b)
{
	return a->family == b->family && memcmp(a->octets, b->octets, octet_count(a)) == 0;
}

bool netaddr_match(const struct netaddr *a, const struct netaddr *b, unsigned prefix)
{
	unsigned whole = prefix / 8, rest = prefix % 8;

	if (a->family != b->family || a->family == NETADDR_NONE || prefix > octet_count(a) * 8)
		return false;
	if (memcmp(a->octets, b->octets, whole) != 0)
		return false;
	return rest == 0 || ((a->octets[whole] ^ b->octets[whole]) >> (8 - rest)) == 0;
}

bool network_contains(const struct network *network, const struct netaddr *addr)
{
	return netaddr_match(&network->address, addr, network->prefix);
}

bool netaddr_is_private(const struct netaddr *addr)
{
	static const struct network private_networks[] = {
		{{NETADDR_IPV4, {0}}, 8},
		{{NETADDR_IPV4, {10}}, 8},
		{{NETADDR_IPV4, {100, 64}}, 10},
		{{NETADDR_IPV4, {127}}, 8},
		{{NETADDR_IPV4, {169, 254}}, 16},
		{{NETADDR_IPV4, {172, 16}}, 12},
		{{NETADDR_IPV4, {192, 168}}, 16},
		{{NETADDR_IPV6, {0}}, 128},
		{{NETADDR_IPV6, {[15] = 1}}, 128},
		{{NETADDR_IPV6, {0xfc}}, 7},
		{{NETADDR_IPV6, {0xfe, 0x80}}, 10},
	};

	for (size_t i = 0; i < sizeof private_networks / sizeof private_networks[0]; i++)
		if (network_contains(&private_networks[i], addr))
			return true;
	return false;
}

enum { LABELS_MAX = 64 }; /* 32 of the form "f." */

static char *add_label(char *out, unsigned number, unsigned base)
{
	static const char digits[] = "0123456789abcdef";

	if (number >= base * base)
		*out++ = digits[number / (base * base)];
	if (number >= base)
		*out++ = digits[number / base % base];
	*out++ = digits[number % base];
	*out++ = '.';
	return out;
}

char *netaddr_reverse_name(const struct netaddr *addr, struct arena *arena)
{
	char labels[LABELS_MAX], *out = labels;

	for (size_t i = octet_count(addr); i-- > 0;) {
		if (addr->family == NETADDR_IPV4) {
			out = add_label(out, addr->octets[i], 10);
		} else {
			out = add_label(out, addr->octets[i] & 15u, 16);
			out = add_label(out, addr->octets[i] >> 4, 16);
		}
	}
	return arena_printf(arena, "%.*s%s", (int)(out - labels), labels,
		addr->family == NETADDR_IPV4 ? "in-addr.arpa" : "ip6.arpa");
}
