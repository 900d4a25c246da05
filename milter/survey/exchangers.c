#include "survey/exchangers.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/netaddr.h"
#include "base/text.h"
#include "diagnose/known_answers.h"
#include "dns/dns.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

static bool has_addresses(const char *host)
{
	return strcmp(host, ".") != 0 && !domain_is_address(host);
}

static bool all_private(const struct answer *answer)
{
	size_t found = 0;

	for (size_t i = 0; answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		struct netaddr address;

		if (netaddr_parse(answer->values[i].text, &address) && !netaddr_is_private(&address))
			return false;
		found++;
	}
	return found > 0;
}

static void look_up(const struct work *work, struct exchanger *exchanger)
{
	const struct answer *four = dns_ask(work->client, exchanger->host, RR_A);
	const struct answer *six = dns_ask(work->client, exchanger->host, RR_AAAA);
	const struct evidence evidence = {
		.answers = (const struct answer *const[]){four, six},
		.count = 2,
	};

	exchanger->addresses = known_addresses(&evidence, exchanger->host, work->arena);
	if (exchanger->addresses[0] == '\0') {
		exchanger->state = answer_is_trouble(four) || answer_is_trouble(six) ? EXCHANGER_TROUBLE
										     : EXCHANGER_WITHOUT_HOST;
	} else if (!text_equal(four->final_name, four->asked.name)) {
		exchanger->alias_of = four->final_name;
		exchanger->state = EXCHANGER_IS_ALIAS;
	} else if (all_private(four) || all_private(six)) {
		exchanger->state = EXCHANGER_PRIVATE;
	}
}

static void warm(const struct work *work, const struct answer *answer, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *host = known_mx_host(&answer->values[i]);

		if (!has_addresses(host))
			continue;
		dns_warm(work->dns, host, RR_A);
		dns_warm(work->dns, host, RR_AAAA);
	}
}

static int by_preference(const void *a, const void *b)
{
	const struct exchanger *first = a, *second = b;

	return (first->preference > second->preference) - (first->preference < second->preference);
}

struct exchangers exchangers_of(const struct work *work, const char *domain)
{
	const struct answer *answer = dns_ask(work->client, domain, RR_MX);
	size_t all = answer->kind == ANSWER_RECORDS ? answer->count : 0;
	size_t count = all < EXCHANGERS_MAX ? all : EXCHANGERS_MAX;
	struct exchanger *items = arena_array(work->arena, count + 1, sizeof *items);

	warm(work, answer, count);
	for (size_t i = 0; i < count; i++) {
		items[i] = (struct exchanger){
			.preference = (unsigned)strtoul(answer->values[i].text, NULL, 10),
			.host = known_mx_host(&answer->values[i]),
			.addresses = "",
			.alias_of = "",
		};
		if (domain_is_address(items[i].host))
			items[i].state = EXCHANGER_IS_ADDRESS;
		else if (strcmp(items[i].host, ".") == 0)
			items[i].state = EXCHANGER_NULL;
		else
			look_up(work, &items[i]);
	}
	qsort(items, count, sizeof *items, by_preference);
	return (struct exchangers){.answer = answer, .items = items, .count = count, .all = all};
}
