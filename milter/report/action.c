#include "report/action.h"

#include "base/arena.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/override.h"
#include "report/reply.h"

#include <string.h>

const char *action_word(enum action action)
{
	static const char *const words[] = {
		[ACTION_ACCEPT] = "accept",
		[ACTION_QUARANTINE] = "quarantine",
		[ACTION_REJECT] = "reject",
		[ACTION_TEMPFAIL] = "tempfail",
	};

	return words[action];
}

static bool is_stricter(enum action a, enum action b)
{
	static const int strictness[] = {
		[ACTION_ACCEPT] = 0,
		[ACTION_QUARANTINE] = 1,
		[ACTION_TEMPFAIL] = 2,
		[ACTION_REJECT] = 3,
	};

	return strictness[a] > strictness[b];
}

static bool from_is_bad(const struct verdicts *verdicts)
{
	return verdicts->dmarc.fault == DMARCFAULT_FROM_MISSING ||
	       verdicts->dmarc.fault == DMARCFAULT_FROM_MULTIPLE ||
	       verdicts->dmarc.fault == DMARCFAULT_FROM_UNPARSEABLE;
}

static bool dmarc_asks_reject(const struct verdicts *verdicts)
{
	return verdicts->dmarc.result == RESULT_FAIL && verdicts->dmarc.policy == DMARC_POLICY_REJECT &&
	       !verdicts_arc_overrides(verdicts);
}

static bool dmarc_asks_quarantine(const struct verdicts *verdicts)
{
	return verdicts->dmarc.result == RESULT_FAIL && verdicts->dmarc.policy == DMARC_POLICY_QUARANTINE &&
	       !verdicts_arc_overrides(verdicts);
}

static bool spf_failed(const struct verdicts *verdicts)
{
	return verdicts->spf.result == RESULT_FAIL;
}

static bool spf_softfailed(const struct verdicts *verdicts)
{
	return verdicts->spf.result == RESULT_SOFTFAIL;
}

/* Signed, and each signature is known to be of no use; one that we could not judge might be good. */
static bool dkim_failed(const struct verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->signature_count; i++)
		switch (verdicts->signatures[i].fault) {
		case SIGFAULT_NOT_EVALUATED:
		case SIGFAULT_KEY_TOO_LONG:
		case SIGFAULT_BODY_TOO_LARGE:
		case SIGFAULT_LIBRARY:
			return false;
		default:
			if (verdicts->signatures[i].result == RESULT_PASS ||
				verdicts->signatures[i].result == RESULT_TEMPERROR)
				return false;
		}
	return verdicts->signature_count > 0;
}

static bool is_undecided(const struct verdicts *verdicts)
{
	if (verdicts->dmarc.result == RESULT_NONE)
		return verdicts->spf.result == RESULT_TEMPERROR;
	return verdicts->dmarc.result == RESULT_TEMPERROR;
}

struct option {
	const char *name;
	bool (*holds)(const struct verdicts *verdicts);
	size_t field;       /* where struct settings has its action */
	bool bears_trouble; /* stays as it is when the trouble is ours */
	const char *method; /* whose cause the reply tells */
	const char *status; /* behind the "4." or "5." */
	const char *lead;
};

/* In the order in which the log and the reply name them when several ask for the same. Status: RFC 7372
 * section 3; 7.1 and 4.3 RFC 3463. */
static const struct option options[] = {
	{"bad-from", from_is_bad, offsetof(struct settings, bad_from), true, "dmarc", "7.1",
		"From must name exactly one author domain"},
	{"dmarc-reject-policy", dmarc_asks_reject, offsetof(struct settings, dmarc_reject_policy), false,
		"dmarc", "7.26", "Message fails DMARC and its domain asks for reject"},
	{"dmarc-quarantine-policy", dmarc_asks_quarantine, offsetof(struct settings, dmarc_quarantine_policy),
		false, "dmarc", "7.26", "Message fails DMARC and its domain asks for quarantine"},
	{"spf-fail", spf_failed, offsetof(struct settings, spf_fail), false, "spf", "7.23",
		"SPF does not allow this host"},
	{"spf-softfail", spf_softfailed, offsetof(struct settings, spf_softfail), false, "spf", "7.23",
		"SPF does not list this host"},
	{"dkim-fail", dkim_failed, offsetof(struct settings, dkim_fail), false, "dkim", "7.20",
		"No DKIM signature passes"},
	{"temperror", is_undecided, offsetof(struct settings, temperror), false, "", "4.3",
		"The sender could not be authenticated for now"},
};

enum own_trouble { OWN_NONE, OWN_PASSING, OWN_LASTING };

/* Group 1 of the causes is our own side (diagnose/diagnosis.h). */
static enum own_trouble trouble_of_causes(const struct diagnoses *diagnoses)
{
	enum own_trouble worst = OWN_NONE;

	for (size_t i = 0; i < diagnoses->count; i++) {
		enum cause cause = diagnoses->items[i].cause;

		if (cause_row(cause)->group != 1)
			continue;
		if (cause != CAUSE_RX_RESOLVER_FAILURE && cause != CAUSE_RX_CLOCK_SKEW)
			return OWN_LASTING;
		worst = OWN_PASSING;
	}
	return worst;
}

/* From the facts, so that it holds whatever the diagnosis found. */
static enum own_trouble trouble_of(const struct findings *findings, const struct settings *settings)
{
	const struct netaddr *client = &findings->envelope->client;

	if (client->family == NETADDR_NONE || netaddr_is_private(client))
		return OWN_LASTING;
	for (size_t i = 0; i < settings->trusted_relays.count; i++)
		if (network_contains(&settings->trusted_relays.items[i], client))
			return OWN_LASTING;
	for (size_t i = 0; i < findings->verdicts->signature_count; i++)
		if (findings->verdicts->signatures[i].fault == SIGFAULT_BODY_TOO_LARGE)
			return OWN_LASTING;
	if (trouble_of_causes(&findings->diagnoses) != OWN_NONE)
		return trouble_of_causes(&findings->diagnoses);
	for (size_t i = 0; i < findings->evidence.count; i++)
		if (findings->evidence.answers[i]->trouble == TROUBLE_LOCAL)
			return OWN_PASSING;
	return OWN_NONE;
}

static enum action soften(enum action action, enum own_trouble trouble)
{
	if (trouble == OWN_LASTING)
		return ACTION_ACCEPT;
	return trouble == OWN_PASSING && action == ACTION_REJECT ? ACTION_TEMPFAIL : action;
}

/* The domain whose overrides count: the author's, else the envelope sender's. */
static const char *domain_of_findings(const struct findings *findings)
{
	if (findings->verdicts->dmarc.author_domain[0] != '\0')
		return findings->verdicts->dmarc.author_domain;
	return findings->envelope->sender.domain.name;
}

static enum action configured(const struct settings *settings, const struct option *option)
{
	int action;

	memcpy(&action, (const char *)settings + option->field, sizeof action);
	return (enum action)action;
}

/* RFC 7372 has statuses of its own for SPF that could not be evaluated, and for signatures that are good
 * but not acceptable. */
static const char *status_of(const struct option *option, const struct verdicts *verdicts)
{
	if (option->holds == is_undecided && verdicts->dmarc.result == RESULT_NONE)
		return "7.24";
	if (option->holds == dkim_failed && verdicts_dkim_best(verdicts) == RESULT_POLICY)
		return "7.21";
	return option->status;
}

struct decision decide(const struct findings *findings, const struct settings *settings, struct arena *arena)
{
	struct decision decision = {.option = "", .reply_code = "", .reply_status = "", .reply_text = ""};
	const struct option *asking = NULL;
	enum own_trouble trouble;

	if (findings->verdicts->skipped)
		return decision;
	trouble = trouble_of(findings, settings);
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		const struct option *option = &options[i];
		enum action action;

		if (!option->holds(findings->verdicts))
			continue;
		action = override_action(
			settings, domain_of_findings(findings), option->name, configured(settings, option));
		if (!option->bears_trouble)
			action = soften(action, trouble);
		if (is_stricter(action, decision.would)) {
			decision.would = action;
			asking = option;
		}
	}
	if (asking == NULL)
		return decision;
	decision.option = asking->name;
	decision.action = settings->dry_run ? ACTION_ACCEPT : decision.would;
	if (decision.would == ACTION_REJECT || decision.would == ACTION_TEMPFAIL) {
		bool reject = decision.would == ACTION_REJECT;

		decision.reply_code = reject ? "550" : "451";
		decision.reply_status = arena_printf(
			arena, "%c.%s", reject ? '5' : '4', status_of(asking, findings->verdicts));
		decision.reply_text = reply_text(findings, settings, asking->lead, asking->method, arena);
	}
	return decision;
}
