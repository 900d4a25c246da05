#include "session/apply.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/action.h"
#include "report/authres.h"
#include "report/sink.h"

#include <stdatomic.h>
#include <syslog.h>

static char field_results[] = "Authentication-Results";
static char field_cause[] = "X-Sekisho-Cause";
static char field_spf[] = "Received-SPF";

enum { SELDOM_MS = 60000 };

/* Trouble with the MTA itself: said once a minute at most, the mail goes on. */
static void say_seldom(struct sink *sink, const char *what)
{
	static atomic_llong said_last_ms = -SELDOM_MS;
	long long now = clock_monotonic_ms(), last = atomic_load(&said_last_ms);

	if (now - last >= SELDOM_MS && atomic_compare_exchange_strong(&said_last_ms, &last, now))
		sink_say(sink, LOG_WARNING, "%s", what);
}

/* Highest number first: each deletion moves those behind it up (CVE-2022-48521). */
static bool delete_fields(SMFICTX *context, char *name, const size_t *numbers, size_t count)
{
	bool done = true;

	for (size_t i = 0; i < count; i++)
		done = smfi_chgheader(context, name, (int)numbers[i], NULL) == MI_SUCCESS && done;
	return done;
}

/* On top of everything, also of the MTA's own Received field. */
static bool insert_field(SMFICTX *context, char *name, const char *value, const struct apply_tools *tools)
{
	const char *space = agreement_keeps_leading_space(tools->agreement) ? " " : "";

	if (value[0] == '\0')
		return true;
	return smfi_insheader(context, 0, name, arena_printf(tools->arena, "%s%s", space, value)) ==
	       MI_SUCCESS;
}

/* Forged fields go also from mail that is not inspected: whoever may send may not speak for us. */
static void remove_forged(SMFICTX *context, const struct findings *findings, const struct apply_tools *tools)
{
	if (findings->forged_count + findings->forged_cause_count == 0)
		return;
	if (!agreement_may_delete(tools->agreement))
		say_seldom(tools->sink, "the MTA does not let us delete header fields: forged "
					"Authentication-Results stay in the mail");
	else if (!delete_fields(context, field_results, findings->forged_results, findings->forged_count) ||
		 !delete_fields(context, field_cause, findings->forged_causes, findings->forged_cause_count))
		say_seldom(tools->sink, "the MTA refused to delete a forged header field");
}

/* Each insertion is at the top, so the last one is the first to be read. */
static void add_fields(SMFICTX *context, const struct findings *findings, const struct decision *decision,
	const struct apply_tools *tools)
{
	const struct settings *settings = tools->settings;
	bool done = true;

	if (!agreement_may_insert(tools->agreement)) {
		say_seldom(tools->sink, "the MTA does not let us add header fields: results are only logged");
		return;
	}
	if (settings->cause_header)
		done = insert_field(context, field_cause, cause_header_value(findings, tools->arena), tools);
	done = insert_field(context, field_results,
		       authres_value(findings, settings, decision->action, tools->arena), tools) &&
	       done;
	if (settings->received_spf)
		done = insert_field(context, field_spf, received_spf_value(findings, tools->arena), tools) &&
		       done;
	if (!done)
		say_seldom(tools->sink, "the MTA refused a header field of ours");
}

static const char *quarantine_reason(
	const struct findings *findings, const struct decision *decision, const struct apply_tools *tools)
{
	const char *code =
		findings->diagnoses.count > 0 ? cause_row(findings->diagnoses.items[0].cause)->code : "";

	return arena_printf(
		tools->arena, "sekisho: %s%s%s", decision->option, code[0] != '\0' ? ": " : "", code);
}

/* The reply is a format of the MTA's: a percent sign in it is written twice. */
static const char *reply_doubled(const char *text, struct arena *arena)
{
	struct buf doubled = buf_in(arena);

	for (; *text != '\0'; text++) {
		if (*text == '%')
			buf_char(&doubled, '%');
		buf_char(&doubled, *text);
	}
	return doubled.data;
}

static void set_reply(SMFICTX *context, const struct decision *decision, const struct apply_tools *tools)
{
	if (decision->reply_code[0] == '\0')
		return;
	if (smfi_setreply(context, (char *)decision->reply_code, (char *)decision->reply_status,
		    (char *)reply_doubled(decision->reply_text, tools->arena)) != MI_SUCCESS)
		say_seldom(tools->sink, "libmilter refused the text of a reply; the MTA's own is used");
}

/* What can really be done here and now; dis= and the record tell that, not the wish. */
static struct decision decide_here(const struct findings *findings, const struct apply_tools *tools)
{
	struct decision decision = decide(findings, tools->settings, tools->arena);

	if (findings->verdicts->skipped)
		decision.action = decision.would = ACTION_ACCEPT;
	if (decision.action == ACTION_QUARANTINE && !agreement_may_quarantine(tools->agreement)) {
		say_seldom(tools->sink, "the MTA cannot quarantine: such mail is accepted");
		decision.action = ACTION_ACCEPT;
	}
	return decision;
}

sfsistat apply_findings(SMFICTX *context, const struct findings *findings, const struct apply_tools *tools,
	struct decision *decision)
{
	sfsistat answer = SMFIS_CONTINUE;

	*decision = decide_here(findings, tools);
	switch (decision->action) {
	case ACTION_REJECT:
		answer = SMFIS_REJECT;
		set_reply(context, decision, tools);
		break;
	case ACTION_TEMPFAIL:
		answer = SMFIS_TEMPFAIL;
		set_reply(context, decision, tools);
		break;
	case ACTION_QUARANTINE:
		if (smfi_quarantine(context, (char *)quarantine_reason(findings, decision, tools)) !=
			MI_SUCCESS)
			decision->action = ACTION_ACCEPT;
		/* fall through */
	case ACTION_ACCEPT:
		remove_forged(context, findings, tools);
		if (!findings->verdicts->skipped)
			add_fields(context, findings, decision, tools);
		break;
	}
	return answer;
}
