#include "report/authres.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/authres_arc.h"
#include "report/authres_dkim.h"
#include "report/authres_spf.h"
#include "report/sanitise.h"

#include <string.h>

#define FOLD "\n       " /* LF and 7 spaces, as Gmail does */

enum {
	LINE_MAX_OCTETS = 990, /* RFC 5322 section 2.1.1: 998, less some for those who count otherwise */
	SIGNATURES_PRINTED = 20,
	FIELD_MAX_OCTETS = 998, /* with its name, unfolded: some mail readers lose longer ones */
	OTHER_OCTETS = 24 + 40, /* "Authentication-Results: ", " (99999 more signatures not shown)" */
};

/* Adds one result as a line of its own; a line that would be too long is folded before a property. */
static void add_line(struct buf *out, const char *result)
{
	size_t len = strlen(result);

	buf_text(out, ";" FOLD);
	if (strlen(FOLD) - 1 + len + 1 <= LINE_MAX_OCTETS) {
		buf_text(out, result);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		/* Sanitised text holds no blank, so these are ours. */
		bool property =
			strncmp(result + i, " smtp.", 6) == 0 || strncmp(result + i, " header.", 8) == 0;

		if (property)
			buf_text(out, FOLD);
		else
			buf_char(out, result[i]);
	}
}

/* Which signatures are shown when there is no room for all: what DMARC may rest on first, those that nobody
 * looked at last. */
enum rank { RANK_ALIGNED_PASS, RANK_PASS, RANK_OTHER, RANK_NOT_EVALUATED, RANKS };

static enum rank rank_of(const struct signature_verdict *signature)
{
	if (signature->result == RESULT_PASS)
		return signature->aligned_first ? RANK_ALIGNED_PASS : RANK_PASS;
	return signature->fault == SIGFAULT_NOT_EVALUATED ? RANK_NOT_EVALUATED : RANK_OTHER;
}

/* The lines of the signatures that are shown, NULL for the others. octets: what the lines may have in all;
 * the first of all is shown whatever its length. */
static size_t choose_lines(
	const struct verdicts *verdicts, size_t octets, const char **lines, struct arena *arena)
{
	size_t shown = 0;

	for (enum rank rank = RANK_ALIGNED_PASS; rank < RANKS; rank++) {
		for (size_t i = 0; i < verdicts->signature_count && shown < SIGNATURES_PRINTED; i++) {
			const char *line;
			size_t len;

			if (rank_of(&verdicts->signatures[i]) != rank)
				continue;
			line = signature_result(&verdicts->signatures[i], arena);
			len = strlen(";" FOLD) + strlen(line);
			if (shown > 0 && len > octets)
				return shown;
			octets -= len < octets ? len : octets;
			lines[i] = line;
			shown++;
		}
	}
	return shown;
}

static void add_dkim(struct buf *out, const struct verdicts *verdicts, size_t octets)
{
	const char **lines = arena_array(out->arena, verdicts->signature_count + 1, sizeof(const char *));
	size_t shown = choose_lines(verdicts, octets, lines, out->arena);

	for (size_t i = 0; i < verdicts->signature_count; i++)
		if (lines[i] != NULL)
			add_line(out, lines[i]);
	if (shown < verdicts->signature_count)
		buf_printf(out, " (%zu more signatures not shown)", verdicts->signature_count - shown);
}

/* "REJECT" */
static const char *policy_shown(enum dmarc_policy policy, struct arena *arena)
{
	const char *word = dmarc_policy_word(policy);

	return text_upper(arena, word, strlen(word));
}

static const char *disposition_word(enum action disposition)
{
	switch (disposition) {
	case ACTION_QUARANTINE:
		return "QUARANTINE";
	case ACTION_REJECT:
		return "REJECT";
	case ACTION_ACCEPT:
	case ACTION_TEMPFAIL:
		break;
	}
	return "NONE";
}

static void add_dmarc(
	struct buf *out, const struct verdicts *verdicts, enum header_from shown, enum action disposition)
{
	const struct dmarc_verdict *dmarc = &verdicts->dmarc;
	bool overridden = verdicts_arc_overrides(verdicts);
	bool applied = dmarc->result == RESULT_FAIL && !overridden;
	struct buf line = buf_in(out->arena);
	const char *domain = dmarc->author_domain;

	if (dmarc->result == RESULT_NONE)
		return;
	buf_printf(&line, "dmarc=%s", result_word(dmarc->result));
	if (dmarc->result == RESULT_PASS || dmarc->result == RESULT_FAIL)
		buf_printf(&line, " (p=%s sp=%s dis=%s%s)", policy_shown(dmarc->p, out->arena),
			policy_shown(dmarc->sp_given ? dmarc->sp : dmarc->p, out->arena),
			disposition_word(applied ? disposition : ACTION_ACCEPT),
			overridden ? " arc=pass" : "");
	if (shown == HEADER_FROM_RECORD && dmarc->record_domain[0] != '\0')
		domain = dmarc->record_domain;
	if (domain[0] != '\0')
		buf_printf(&line, " header.from=%s",
			property_value(sanitise(SANITISE_DOMAIN, domain, false, out->arena), out->arena));
	add_line(out, line.data);
}

static void add_iprev(struct buf *out, const struct findings *findings)
{
	const struct iprev_verdict *iprev = &findings->verdicts->iprev;
	struct buf line = buf_in(out->arena);
	char client[NETADDR_TEXT_SIZE];

	if (iprev->result == RESULT_NONE)
		return;
	buf_printf(&line, "iprev=%s", result_word(iprev->result));
	if (iprev->name[0] != '\0')
		buf_printf(&line, " (%s)", sanitise(SANITISE_DOMAIN, iprev->name, false, out->arena));
	netaddr_format(&findings->envelope->client, client);
	buf_printf(&line, " policy.iprev=%s", property_value(client, out->arena));
	add_line(out, line.data);
}

const char *authres_value(const struct findings *findings, const struct settings *settings,
	enum action disposition, struct arena *arena)
{
	const struct verdicts *verdicts = findings->verdicts;
	struct buf out = buf_in(arena), others = buf_in(arena);
	const char *id;
	size_t taken;

	if (verdicts->skipped)
		return "";
	if (verdicts->arc.result != RESULT_NONE)
		add_line(&others, arc_result(verdicts, arena));
	add_line(&others, arena_printf(arena, "spf=%s (%s) %s", result_word(verdicts->spf.result),
				  spf_comment(findings, arena), spf_property(findings, arena)));
	add_dmarc(&others, verdicts, (enum header_from)settings->dmarc_header_from, disposition);
	if (settings->add_iprev)
		add_iprev(&others, findings);
	id = property_value(sanitise(SANITISE_ADDRESS, findings->authserv_id, false, arena), arena);
	taken = OTHER_OCTETS + strlen(id) + others.len;
	buf_text(&out, id);
	add_dkim(&out, verdicts, taken < FIELD_MAX_OCTETS ? FIELD_MAX_OCTETS - taken : 0);
	buf_text(&out, others.data);
	return out.data;
}

const char *received_spf_value(const struct findings *findings, struct arena *arena)
{
	char client[NETADDR_TEXT_SIZE];

	if (findings->verdicts->skipped)
		return "";
	return arena_printf(arena, "%s (%s) client-ip=%s;", result_word(findings->verdicts->spf.result),
		spf_comment(findings, arena), netaddr_format(&findings->envelope->client, client));
}
