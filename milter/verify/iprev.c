#include "verify/verify.h"

#include "base/arena.h"
#include "dns/dns.h"
#include "message/envelope.h"
#include "verify/client_names.h"

/* No address of either family. The other family is asked only for names that exist. */
static bool has_no_address(const struct work *work, const struct client_name *name)
{
	enum rr_type other = name->addresses->asked.type == RR_A ? RR_AAAA : RR_A;

	if (name->addresses->kind == ANSWER_NO_NAME)
		return true;
	return name->addresses->kind == ANSWER_NO_RECORD &&
	       answer_is_negative(dns_ask(work->client, name->name, other));
}

/* PTR names are there: judge them. */
static void names_judge(
	const struct work *work, const struct client_names *client, struct iprev_verdict *verdict)
{
	const char **names = arena_array(work->arena, client->count, sizeof *names);
	bool trouble = false;

	verdict->names = names;
	verdict->name_count = client->count;
	if (client->count > 0)
		verdict->name = client->names[0].name;
	for (size_t i = 0; i < client->count; i++) {
		names[i] = client->names[i].name;
		if (client->names[i].leads_back && verdict->result != RESULT_PASS) {
			verdict->result = RESULT_PASS;
			verdict->name = names[i];
		}
		if (answer_is_trouble(client->names[i].addresses) && !trouble) {
			trouble = true;
			verdict->trouble = client->names[i].addresses->trouble;
		}
	}
	if (verdict->result == RESULT_PASS) {
		verdict->trouble = TROUBLE_NONE;
		return;
	}
	verdict->result = trouble ? RESULT_TEMPERROR : RESULT_FAIL;
	verdict->name_without_address = client->count > 0;
	for (size_t i = 0; i < client->count && verdict->name_without_address; i++)
		verdict->name_without_address = has_no_address(work, &client->names[i]);
}

struct iprev_verdict verify_iprev(const struct work *work)
{
	struct iprev_verdict verdict = verdicts_empty().iprev;
	size_t mark = dns_mark(work->client);
	struct client_names client = client_names_ask(work);

	if (client.ptr == NULL)
		return verdict;
	verdict.ptr_count = client.ptr->count;
	if (answer_is_trouble(client.ptr)) {
		verdict.result = RESULT_TEMPERROR;
		verdict.trouble = client.ptr->trouble;
	} else if (answer_is_negative(client.ptr)) {
		verdict.result = RESULT_PERMERROR;
	} else {
		names_judge(work, &client, &verdict);
	}
	verdict.evidence = dns_evidence_since(work->client, mark);
	return verdict;
}
