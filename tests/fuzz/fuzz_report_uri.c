/* The rua= tag of any domain: what comes out goes to a header and to a command line. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "feedback/destination.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everybody agrees, so that all addresses pass through. */
static struct dns *willing_dns(void)
{
	struct zone *zone = zone_new(arena_new());
	struct fault fault;

	if (!zone_add_record(
		    zone, "*._report._dmarc.b.test. TXT \"v=DMARC1; rua=mailto:x@b.test\"", &fault) ||
		!zone_add_record(zone, "*.test. TXT \"v=DMARC1\"", &fault))
		abort();
	return dns_open_zone(zone);
}

static void check(const struct destination *destination)
{
	const char *address = destination->address, *at = strchr(address, '@');

	if (at == NULL || at == address || strcmp(at + 1, destination->domain) != 0 ||
		strlen(address) > 254 || address[0] == '-')
		abort();
	for (; *address != '\0'; address++)
		if (*address <= ' ' || *address > '~' || strchr("<>()[]\\,;:\"", *address) != NULL)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct suffixes *suffixes;
	static struct dns *dns;
	struct arena *arena = arena_new();
	struct destinations found;
	struct fault fault;

	if (dns == NULL) {
		dns = willing_dns();
		suffixes = suffixes_open("", NULL, 0, &fault);
	}
	found = destinations_of(arena_copy(arena, (const char *)data, size), "a.example",
		dns_client_new(dns, arena, 1000, 10), suffixes, arena);
	for (size_t i = 0; i < found.count; i++)
		check(&found.items[i]);
	for (const char *at = found.refused; *at != '\0'; at++)
		if ((unsigned char)*at < ' ')
			abort();
	arena_free(&arena);
	return 0;
}
