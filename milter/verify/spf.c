#include "verify/verify.h"

#include "base/arena.h"
#include "dns/dns.h"
#include "message/envelope.h"
#include "settings/settings.h"
#include "verify/spf_check.h"

#include <string.h>

/* Longest text that a macro may stand for: twice what a name can hold. */
enum { VALUE_MAX = 512 };

enum spf_step spf_fault_set(struct spf_check *check, const struct spf_frame *frame, enum spf_fault fault,
	const char *text, size_t position)
{
	struct spf_verdict *verdict = &check->verdict;

	if (verdict->fault == SPFAULT_NONE) {
		verdict->fault = fault;
		verdict->fault_domain = frame->domain;
		verdict->fault_text = text;
		verdict->fault_position = position;
		verdict->fault_in_include = frame->depth > 0;
	}
	return SPFSTEP_PERMERROR;
}

enum spf_step spf_fault_dns(struct spf_check *check, const struct answer *answer)
{
	struct spf_verdict *verdict = &check->verdict;

	if (verdict->fault == SPFAULT_NONE) {
		verdict->fault = SPFAULT_DNS;
		verdict->fault_domain = answer->asked.name;
		verdict->fault_text = answer->trouble_text;
		verdict->fault_in_include = check->top != NULL;
		verdict->trouble = answer->trouble;
		verdict->bogus = answer->kind == ANSWER_BOGUS;
	}
	return SPFSTEP_TEMPERROR;
}

/* The right end of a text, short enough to be the value of a macro. */
static const char *value_cut(const char *text)
{
	size_t len = strlen(text);

	return len > VALUE_MAX ? text + len - VALUE_MAX : text;
}

/* A local part without its quotes: the macros mean the mailbox, not its spelling. */
static const char *unquoted(struct arena *arena, const char *local)
{
	char *plain = arena_text(arena, local), *out = plain;

	for (const char *at = local; *at != '\0'; at++) {
		if (*at == '"')
			continue;
		if (*at == '\\' && at[1] != '\0')
			at++;
		*out++ = *at;
	}
	*out = '\0';
	return plain;
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 127)
			return false;
	return true;
}

/* Who is checked (RFC 7208 sections 2.3, 2.4 and 4.3): MAIL FROM, or HELO for the null sender.
 * False, with the fault set, when there is nothing to check. */
static bool identity_set(struct spf_check *check)
{
	const struct envelope *envelope = check->work->envelope;
	const struct reverse_path *sender = &envelope->sender;
	const struct domain *domain = sender->null ? &envelope->helo_domain : &sender->domain;
	struct spf_verdict *verdict = &check->verdict;
	struct spf_frame nowhere = {.domain = ""};

	verdict->identity = sender->null ? IDENTITY_HELO : IDENTITY_MAIL_FROM;
	verdict->sender =
		sender->null ? arena_printf(check->arena, "postmaster@%s", envelope->helo) : sender->raw;
	if (domain->name[0] == '\0' || (!sender->null && sender->why_not[0] != '\0')) {
		const char *why_not = sender->null ? domain->why_not : sender->why_not;

		(void)spf_fault_set(check, &nowhere, SPFAULT_SENDER_UNUSABLE, why_not, 0);
		return false;
	}
	verdict->domain = domain->name;
	if (envelope->client.family == NETADDR_NONE) {
		(void)spf_fault_set(check, &nowhere, SPFAULT_CLIENT_UNKNOWN, "", 0);
		return false;
	}
	return true;
}

static void values_set(struct spf_check *check)
{
	const struct envelope *envelope = check->work->envelope;
	const struct settings *settings = check->work->settings;
	const char *local = envelope->sender.null ? "" : unquoted(check->arena, envelope->sender.local);
	const char *helo = envelope->helo;

	if (local[0] == '\0')
		local = "postmaster";
	if (!is_ascii(helo) && envelope->helo_domain.name[0] != '\0')
		helo = envelope->helo_domain.name;
	check->values = (struct spf_macro_values){
		.local = value_cut(local),
		.sender_domain = check->verdict.domain,
		.sender = arena_printf(check->arena, "%s@%s", value_cut(local), check->verdict.domain),
		.domain = check->verdict.domain,
		.helo = value_cut(helo),
		.receiver = settings != NULL && settings->authserv_id[0] != '\0' ? settings->authserv_id
										 : "unknown",
		.validated = "unknown",
		.client = envelope->client,
		.now = check->work->now,
	};
}

static void verdict_finish(struct spf_check *check, enum result result)
{
	struct spf_verdict *verdict = &check->verdict;
	const char **names = arena_array(check->arena, verdict->voids, sizeof *names);

	verdict->result = result;
	spf_trace_finish(check, result);
	for (unsigned i = 0; i < verdict->voids; i++)
		names[i] = check->voids[i].name;
	verdict->void_names = names;
	verdict->void_count = verdict->voids;
	verdict->records = check->seen;
	if (result == RESULT_FAIL)
		verdict->explanation = spf_explanation(check);
}

struct spf_verdict verify_spf(const struct work *work)
{
	struct spf_check *check = arena_alloc(work->arena, sizeof *check);
	struct spf_steps steps = {.host = check, .load = spf_tree_load, .match = spf_tree_match};
	size_t mark = dns_mark(work->client);

	check->work = work;
	check->arena = work->arena;
	check->seen = arena_array(work->arena, SPFLOOKUPS_MAX + 1, sizeof *check->seen);
	check->verdict = verdicts_empty().spf;
	if (identity_set(check)) {
		values_set(check);
		verdict_finish(check, spf_engine_run(&work->envelope->client, &steps));
	}
	check->verdict.evidence = dns_evidence_since(work->client, mark);
	return check->verdict;
}
