#include "report/failure.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "diagnose/findings.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "message/local_part.h"
#include "records/dmarc_record.h"
#include "report/action.h"
#include "report/authres.h"
#include "report/failure_header.h"
#include "report/incoming_report.h"
#include "report/sanitise.h"

#include <string.h>

enum {
	FIELD_LINE = 78,  /* RFC 5322 section 2.1.1: a line should not be longer */
	RECORDS_TOLD = 3, /* SPF records: our limit */
	RECORD_MAX = 600, /* octets of each, with their backslashes: a line has at most 998 */
	ENVELOPE_ID_MAX = 100,
	SIGNATURES_TOLD = 6, /* in Authentication-Results */
	FIELDS_MAX = FAILURE_TEXT_MAX - 1000,
};

/* Does fo= ask with this letter? "" is "0" (RFC 9989 section 4.7). */
static bool asks(const char *fo, char letter)
{
	if (fo[0] == '\0')
		return letter == '0';
	for (; *fo != '\0'; fo++)
		if (text_lower_char(*fo) == letter)
			return true;
	return false;
}

/* Did it fail when it was evaluated? What could not be is no failure of the domain's. */
static bool has_failed(const struct signature_verdict *signature)
{
	switch (signature->fault) {
	case SIGFAULT_NONE:
	case SIGFAULT_NOT_EVALUATED:
	case SIGFAULT_KEY_DNS:
	case SIGFAULT_BODY_TOO_LARGE:
	case SIGFAULT_LIBRARY:
		return false;
	default:
		return signature->result != RESULT_PASS && signature->result != RESULT_TEMPERROR;
	}
}

/* The signature to tell of: one that could have aligned before any other; NULL without a failed one. */
static const struct signature_verdict *failed_signature(const struct verdicts *verdicts)
{
	const struct signature_verdict *found = NULL;

	for (size_t i = 0; i < verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];

		if (!has_failed(signature) || signature->domain_name[0] == '\0')
			continue;
		if (i < verdicts->dmarc.dkim_count && verdicts->dmarc.dkim_alignments[i] != ALIGNMENT_NO)
			return signature;
		if (found == NULL)
			found = signature;
	}
	return found;
}

static bool spf_has_failed(const struct spf_verdict *spf)
{
	return spf->result == RESULT_FAIL || spf->result == RESULT_SOFTFAIL ||
	       spf->result == RESULT_PERMERROR;
}

static const char *signature_failure(const struct signature_verdict *signature)
{
	switch (signature->fault) {
	case SIGFAULT_KEY_REVOKED:
		return "revoked";
	case SIGFAULT_BODY_HASH:
		return "bodyhash";
	default:
		return "signature";
	}
}

/* The Auth-Failure of RFC 6591 section 3.3 and RFC 9991; "" when fo= does not ask for this message. */
static const char *failure_type(const struct verdicts *verdicts, const char *fo)
{
	const struct dmarc_verdict *dmarc = &verdicts->dmarc;
	const struct signature_verdict *signature = failed_signature(verdicts);

	if (asks(fo, '0') && !dmarc->spf_aligned_pass && !dmarc->dkim_aligned_pass)
		return "dmarc";
	if (asks(fo, '1') && !(dmarc->spf_aligned_pass && dmarc->dkim_aligned_pass))
		return "dmarc";
	if (asks(fo, 'd') && signature != NULL)
		return signature_failure(signature);
	return asks(fo, 's') && spf_has_failed(&verdicts->spf) ? "spf" : "";
}

/* "Name: value", folded at blanks. The value is printable ASCII. */
static void add_field(struct buf *out, const char *name, const char *value)
{
	size_t line = strlen(name) + 2;

	buf_printf(out, "%s: ", name);
	while (*value != '\0') {
		size_t word = strcspn(value + 1, " ") + 1; /* with the blank in front of it */

		if (*value == ' ' && word > 1 && line + word > FIELD_LINE) {
			buf_char(out, '\n');
			line = 0;
		}
		buf_add(out, value, word);
		line += word;
		value += word;
	}
	buf_char(out, '\n');
}

/* As it was written into the message, but for the local part of the sender. */
static void add_results(struct buf *out, const struct findings *findings, const struct decision *decision,
	const struct settings *settings, const struct local_part_mask *mask)
{
	struct verdicts verdicts = *findings->verdicts;
	struct envelope envelope = *findings->envelope;
	struct findings masked = *findings;

	if (verdicts.signature_count > SIGNATURES_TOLD)
		verdicts.signature_count = SIGNATURES_TOLD;
	verdicts.spf.sender = local_part_masked(mask, verdicts.spf.sender, out->arena);
	envelope.sender.raw = local_part_masked(mask, envelope.sender.raw, out->arena);
	envelope.smtputf8 = false; /* the letter is plain ASCII */
	masked.verdicts = &verdicts;
	masked.envelope = &envelope;
	buf_printf(out, "Authentication-Results: %s\n",
		authres_value(&masked, settings, decision->action, out->arena));
}

/* RFC 9991: those that gave no aligned pass. */
static const char *unaligned_methods(const struct dmarc_verdict *dmarc)
{
	if (dmarc->dkim_aligned_pass)
		return dmarc->spf_aligned_pass ? "none" : "spf";
	return dmarc->spf_aligned_pass ? "dkim" : "dkim, spf";
}

/* RFC 6591 section 3.2.2 */
static const char *delivery_of(const struct decision *decision)
{
	switch (decision->action) {
	case ACTION_ACCEPT:
		return "delivered";
	case ACTION_QUARANTINE:
		return "policy";
	case ACTION_REJECT:
		return "reject";
	case ACTION_TEMPFAIL:
		break;
	}
	return "other";
}

static void add_session(struct buf *out, const struct findings *findings, const struct local_part_mask *mask)
{
	const struct envelope *envelope = findings->envelope;
	char client[NETADDR_TEXT_SIZE];

	if (envelope->queue_id[0] != '\0' && strlen(envelope->queue_id) <= ENVELOPE_ID_MAX)
		add_field(out, "Original-Envelope-Id",
			sanitise(SANITISE_ADDRESS, envelope->queue_id, false, out->arena));
	add_field(out, "Original-Mail-From",
		arena_printf(out->arena, "<%s>",
			sanitise(SANITISE_ADDRESS, local_part_masked(mask, envelope->sender.raw, out->arena),
				false, out->arena)));
	if (envelope->client.family != NETADDR_NONE)
		add_field(out, "Source-IP", netaddr_format(&envelope->client, client));
}

/* RFC 6591 sections 3.2.3 to 3.2.5; i= without its local part, which nobody needs. */
static void add_signature(struct buf *out, const struct signature_verdict *signature)
{
	const char *identity;

	if (signature == NULL)
		return;
	identity = signature->identity_domain;
	add_field(out, "DKIM-Domain", signature->domain_name);
	add_field(out, "DKIM-Identity",
		arena_printf(out->arena, "@%s",
			sanitise(SANITISE_DOMAIN, identity[0] != '\0' ? identity : signature->domain_name,
				false, out->arena)));
	add_field(out, "DKIM-Selector", sanitise(SANITISE_DOMAIN, signature->selector, false, out->arena));
}

/* RFC 6591 section 3.2.6: SPF-DNS: txt : DOMAIN : "RECORD", once for each record; the outermost come first.
 */
static void add_records(struct buf *out, const struct spf_verdict *spf)
{
	for (size_t i = 0; i < spf->record_count && i < RECORDS_TOLD; i++) {
		const char *text = sanitise_printable(spf->records[i].text, out->arena);
		struct buf line = buf_in(out->arena);
		size_t most;

		buf_printf(&line, "txt : %s : \"",
			sanitise(SANITISE_DOMAIN, spf->records[i].domain, false, out->arena));
		for (most = line.len + RECORD_MAX; *text != '\0' && line.len < most; text++) {
			if (*text == '"' || *text == '\\')
				buf_char(&line, '\\');
			buf_char(&line, *text);
		}
		buf_char(&line, '"');
		add_field(out, "SPF-DNS", line.data);
	}
}

static struct buf fields_of(const struct findings *findings, const struct decision *decision,
	const struct settings *settings, const struct local_part_mask *mask, const char *type,
	struct arena *arena)
{
	const struct verdicts *verdicts = findings->verdicts;
	struct buf out = buf_in(arena);

	buf_text(&out, "Feedback-Type: auth-failure\nVersion: 1\nUser-Agent: sekisho/" PACKAGE_VERSION "\n");
	add_field(&out, "Auth-Failure", type);
	add_results(&out, findings, decision, settings, mask);
	add_field(&out, "Identity-Alignment", unaligned_methods(&verdicts->dmarc));
	add_session(&out, findings, mask);
	add_field(&out, "Reported-Domain", verdicts->dmarc.author_domain);
	add_field(&out, "Delivery-Result", delivery_of(decision));
	add_signature(&out, failed_signature(verdicts));
	if (spf_has_failed(&verdicts->spf))
		add_records(&out, &verdicts->spf);
	return out;
}

const char *failure_text(const struct findings *findings, const struct decision *decision,
	const struct settings *settings, const struct local_part_mask *mask, struct arena *arena)
{
	const struct verdicts *verdicts = findings->verdicts;
	const struct dmarc_verdict *dmarc = &verdicts->dmarc;
	struct dmarc_record record;
	const char *type;
	struct buf out;

	if (!settings->failure_reports || verdicts->skipped || dmarc->ruf[0] == '\0' ||
		(dmarc->result != RESULT_PASS && dmarc->result != RESULT_FAIL) ||
		incoming_report(findings->header))
		return "";
	record = dmarc_record_parse(dmarc->record, strlen(dmarc->record), arena);
	if (record.psd == DMARC_PSD_YES) /* RFC 9991: many organisations would see each other's mail */
		return "";
	type = failure_type(verdicts, record.fo);
	if (type[0] == '\0')
		return "";
	out = fields_of(findings, decision, settings, mask, type, arena);
	if (out.len > FIELDS_MAX)
		return "";
	buf_char(&out, '\n');
	failure_header_add(&out, findings, (enum failure_header)settings->failure_report_header, mask);
	return out.data;
}
