#include "survey/senders.h"

#include "base/arena.h"
#include "diagnose/spf_text.h"
#include "dns/dns.h"
#include "survey/exchangers.h"
#include "survey/scene.h"

#include <string.h>

/* Of each kind; ours. Two hosts of an MX are one pool mostly. */
enum { EXCHANGERS_TRIED = 2, ADDRESSES_TRIED = 2, LISTED_TRIED = 4 };

static void add(struct senders *senders, struct netaddr address, enum sender_role role, const char *name)
{
	for (size_t i = 0; i < senders->count; i++)
		if (netaddr_equal(&senders->items[i].address, &address))
			return;
	if (senders->count < SENDERS_MAX && address.family != NETADDR_NONE)
		senders->items[senders->count++] =
			(struct sender){.address = address, .role = role, .name = name, .ptr = ""};
}

static void add_host(
	struct senders *senders, const struct work *work, const char *host, enum sender_role role)
{
	const struct answer *answers[] = {
		dns_ask(work->client, host, RR_A), dns_ask(work->client, host, RR_AAAA)};

	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0;
			answers[n]->kind == ANSWER_RECORDS && i < answers[n]->count && i < ADDRESSES_TRIED;
			i++) {
			struct netaddr address;

			if (netaddr_parse(answers[n]->values[i].text, &address) &&
				!netaddr_is_private(&address))
				add(senders, address, role, host);
		}
}

/* Somebody wrote the address down: mail from it shall pass. */
static void add_listed(struct senders *senders, const struct work *work, const char *record)
{
	struct spf_words words = spf_words_of(record, work->arena);
	size_t first = senders->count;

	for (size_t i = 1; i < words.count && senders->count < first + LISTED_TRIED; i++) {
		struct network network;

		if (spf_word_network(&words.items[i], &network) && words.items[i].qualifier == '+' &&
			network.prefix == (network.address.family == NETADDR_IPV6 ? 128 : 32) &&
			!netaddr_is_private(&network.address))
			add(senders, network.address, SENDER_LISTED, "");
	}
}

struct senders senders_of(const struct work *work, const char *domain, const char *record,
	const struct exchangers *exchangers, const struct netaddr *client)
{
	struct senders senders = {
		.items = arena_array(work->arena, SENDERS_MAX, sizeof *senders.items), .count = 0};
	struct netaddr nobody;

	add(&senders, *client, SENDER_ASKED, "");
	for (size_t i = 0; i < exchangers->count && i < EXCHANGERS_TRIED; i++)
		if (exchangers->items[i].addresses[0] != '\0')
			add_host(&senders, work, exchangers->items[i].host, SENDER_EXCHANGER);
	add_host(&senders, work, domain, SENDER_WEB);
	add_listed(&senders, work, record);
	if (senders.count == 0 && netaddr_parse("0.0.0.0", &nobody))
		add(&senders, nobody, SENDER_NOBODY, "");
	for (size_t i = 0; i < senders.count; i++)
		dns_warm(work->dns, netaddr_reverse_name(&senders.items[i].address, work->arena), RR_PTR);
	return senders;
}

void sender_judge(struct sender *sender, struct scene *scene)
{
	scene_send(scene, &sender->address);
	sender->spf = scene->verdicts.spf;
	sender->ptr = scene->verdicts.iprev.name;
	if (sender->role == SENDER_NOBODY)
		scene->envelope.client = (struct netaddr){.family = NETADDR_NONE};
	sender->diagnoses = scene_diagnose(scene, TOPIC_SENDER);
}

/* What is said of a client that does not pass: true of mail that came, not of a host that may send none. */
static enum bearing bearing_of_stranger(enum cause cause)
{
	switch (cause) {
	case CAUSE_SPF_WEB_SERVER_NOT_LISTED:
	case CAUSE_SPF_MX_HOST_NOT_LISTED:
	case CAUSE_SPF_OWN_HOST_NOT_LISTED:
	case CAUSE_SPF_MULTI_HOST_PARTIAL:
	case CAUSE_SPF_IPV6_NOT_LISTED:
	case CAUSE_SPF_PROVIDER_NOT_INCLUDED:
	case CAUSE_SPF_WRONG_INCLUDE:
	case CAUSE_SPF_IP_NEAR_LISTED:
		return BEARING_IF;
	case CAUSE_SPF_LIKELY_FORGED:
	case CAUSE_SPF_IP_NOT_LISTED:
	case CAUSE_SPF_SENT_FROM_ACCESS_NETWORK:
	case CAUSE_SPF_EXPLICIT_DENY:
	case CAUSE_SPF_PARKED_DOMAIN_FORGED:
	case CAUSE_SPF_FORWARDED:
	case CAUSE_SPF_LIST_ENVELOPE_KEPT:
	case CAUSE_SPF_SRS_DOMAIN_UNLISTED:
	case CAUSE_SPF_MACRO_EXISTS_REFUSED:
	case CAUSE_SPF_PTR_UNMATCHED:
		return BEARING_NONE;
	default:
		return BEARING_ALWAYS;
	}
}

enum bearing sender_bearing(const struct sender *sender, enum cause cause)
{
	if (sender->role == SENDER_ASKED)
		return BEARING_ALWAYS;
	/* A domain with a null MX and a record that refuses all is a domain that sends nothing, as said. */
	if (cause == CAUSE_DNS_MX_NULL && sender->spf.result == RESULT_FAIL)
		return BEARING_NONE;
	if (sender->role == SENDER_NOBODY && cause == CAUSE_SPF_NOTHING_LISTED)
		return BEARING_NONE;
	return bearing_of_stranger(cause);
}
