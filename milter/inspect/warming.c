#include "inspect/warming.h"

#include "dns/dns.h"
#include "message/envelope.h"

static void warm(struct dns *dns, const char *name, enum rr_type type)
{
	if (name[0] != '\0')
		dns_warm(dns, name, type);
}

void envelope_warm(struct dns *dns, const struct envelope *envelope, struct arena *arena)
{
	bool six = envelope->client.family == NETADDR_IPV6;

	warm(dns, envelope->sender.null ? envelope->helo_domain.name : envelope->sender.domain.name, RR_TXT);
	warm(dns, envelope->helo_domain.name, six ? RR_AAAA : RR_A);
	if (envelope->client.family != NETADDR_NONE)
		warm(dns, netaddr_reverse_name(&envelope->client, arena), RR_PTR);
}
