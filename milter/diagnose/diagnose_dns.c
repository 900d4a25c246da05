/* What is wrong with DNS itself: why a verdict ended in temperror, and the sender's MX as far as an
 * answer of it is here. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/netaddr.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"

#include <string.h>

static void trouble_cause(struct collection *collection, const struct answer *answer)
{
	const char *name = answer->asked.name, *reason = known_reason(answer, collection->arena);

	if (answer->kind == ANSWER_BOGUS) {
		cause_found(collection, CAUSE_DNS_DNSSEC_BOGUS, CONFIDENCE_STRONG,
			DETAILS({"name", name}, {"ede_text", reason}));
		return;
	}
	switch (answer->trouble) {
	case TROUBLE_TCP:
		cause_found(collection, CAUSE_DNS_TCP_BLOCKED, CONFIDENCE_STRONG, DETAILS({"name", name}));
		break;
	case TROUBLE_TIMEOUT:
		cause_found(collection, CAUSE_DNS_TIMEOUT, CONFIDENCE_STRONG, DETAILS({"name", name}));
		break;
	case TROUBLE_SERVFAIL:
	case TROUBLE_REFUSED:
	case TROUBLE_LOOP:
	case TROUBLE_BROKEN:
		cause_found(collection, CAUSE_DNS_SERVFAIL, CONFIDENCE_STRONG,
			DETAILS({"name", name}, {"reason", reason}));
		break;
	case TROUBLE_NONE:
	case TROUBLE_BUDGET: /* ours: the code of the verdict says it */
	case TROUBLE_LOCAL:  /* rx-resolver-failure */
		break;
	}
}

static void troubles_of(struct collection *collection, const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++)
		if (answer_is_trouble(evidence->answers[i]))
			trouble_cause(collection, evidence->answers[i]);
}

void resolver_causes(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;

	if (verdicts->spf.result == RESULT_TEMPERROR)
		troubles_of(collection, &verdicts->spf.evidence);
	for (size_t i = 0; i < verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];

		if (signature->fault == SIGFAULT_KEY_DNS && signature->key_answer != NULL)
			trouble_cause(collection, signature->key_answer);
	}
	if (verdicts->dmarc.result == RESULT_TEMPERROR)
		troubles_of(collection, &verdicts->dmarc.evidence);
}

/* All known addresses of the host are private. */
static bool is_private_host(const struct evidence *evidence, const char *host)
{
	const struct answer *answers[] = {
		known_answer(evidence, host, RR_A), known_answer(evidence, host, RR_AAAA)};
	size_t found = 0;

	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; answers[n] != NULL && i < answers[n]->count; i++) {
			struct netaddr address;

			if (!netaddr_parse(answers[n]->values[i].text, &address))
				continue;
			if (!netaddr_is_private(&address))
				return false;
			found++;
		}
	return found > 0;
}

static void host_causes(struct collection *collection, const char *host)
{
	const struct evidence *evidence = &collection->facts->evidence;
	const struct answer *address = known_answer(evidence, host, RR_A);

	if (domain_is_address(host))
		cause_found(collection, CAUSE_DNS_MX_IS_IP, CONFIDENCE_STRONG, DETAILS({"mx", host}));
	else if (strcmp(host, ".") == 0)
		cause_found(collection, CAUSE_DNS_MX_NULL, CONFIDENCE_STRONG, NULL);
	else if (known_without_address(evidence, host) == KNOWN_YES)
		cause_found(collection, CAUSE_DNS_MX_UNRESOLVABLE, CONFIDENCE_STRONG, DETAILS({"mx", host}));
	else if (is_private_host(evidence, host))
		cause_found(collection, CAUSE_DNS_MX_PRIVATE, CONFIDENCE_STRONG,
			DETAILS({"addresses", known_addresses(evidence, host, collection->arena)}));
	else if (address != NULL && address->kind == ANSWER_RECORDS && !text_equal(address->final_name, host))
		cause_found(collection, CAUSE_DNS_MX_CNAME, CONFIDENCE_STRONG,
			DETAILS({"mx", host}, {"target", address->final_name}));
}

void mail_exchanger_causes(struct collection *collection)
{
	const struct evidence *evidence = &collection->facts->evidence;
	const char *domain = collection->facts->verdicts->spf.domain;
	const struct answer *mx = known_answer(evidence, domain, RR_MX);

	if (mx == NULL || answer_is_trouble(mx))
		return;
	for (size_t i = 0; mx->kind == ANSWER_RECORDS && i < mx->count; i++)
		host_causes(collection, known_mx_host(&mx->values[i]));
	if (answer_is_negative(mx) && known_without_address(evidence, domain) == KNOWN_YES)
		cause_found(collection, CAUSE_DNS_NO_MX_NO_A, CONFIDENCE_STRONG, NULL);
}
