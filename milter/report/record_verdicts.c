#include "base/arena.h"
#include "base/buf.h"
#include "facts/verdicts.h"
#include "report/authres_arc.h"
#include "report/authres_dkim.h"
#include "report/authres_spf.h"
#include "report/escape.h"
#include "report/record_fields.h"

enum {
	NAME_MAX_OCTETS = 255,
	PIECE_MAX = 100, /* of a record or a tag */
	SIGNATURES_LOGGED = 20,
};

/* "ip4:192.0.2.0/24 of example.com", or "invalid IP address (example.com: ip4:1.2.3)". */
static const char *spf_by(const struct spf_verdict *spf, struct arena *arena)
{
	struct buf out = buf_in(arena);

	if (spf->decided_by != NULL) {
		buf_printf(&out, "%s of %s", escape_word(spf->decided_by->text, PIECE_MAX, arena),
			escape_word(spf->decided_by->domain, NAME_MAX_OCTETS, arena));
		return out.data;
	}
	if (spf->fault == SPFAULT_NONE)
		return spf->record[0] != '\0' ? "no term matches" : "";
	buf_text(&out, spf_fault_words(spf->fault));
	if (spf->bogus)
		buf_text(&out, ": DNSSEC");
	if (spf->fault_domain[0] != '\0')
		buf_printf(&out, " (%s%s%s)", escape_word(spf->fault_domain, NAME_MAX_OCTETS, arena),
			spf->fault_text[0] != '\0' ? ": " : "",
			escape_foreign(spf->fault_text, PIECE_MAX, arena));
	else if (spf->fault_text[0] != '\0')
		buf_printf(&out, " (%s)", escape_foreign(spf->fault_text, PIECE_MAX, arena));
	return out.data;
}

void fields_of_spf(struct record_fields *fields, const struct verdicts *verdicts)
{
	const struct spf_verdict *spf = &verdicts->spf;

	fields_own(fields, "spf", result_word(spf->result));
	fields_foreign(fields, "spf_domain", spf->domain, NAME_MAX_OCTETS);
	fields_own(fields, "spf_by", spf_by(spf, fields->arena));
}

static const char *alignment_word(enum alignment alignment)
{
	switch (alignment) {
	case ALIGNMENT_STRICT:
		return "strict";
	case ALIGNMENT_RELAXED:
		return "relaxed";
	case ALIGNMENT_NO:
		break;
	}
	return "no";
}

/* "fail d=example.com s=sel a=rsa-sha256 bits=2048 align=strict (body hash does not match)" */
static const char *signature_value(const struct verdicts *verdicts, size_t i, struct arena *arena)
{
	const struct signature_verdict *signature = &verdicts->signatures[i];
	const char *why = signature_fault_words(signature->fault);
	struct buf out = buf_in(arena);

	buf_printf(&out, "%s d=%s s=%s", result_word(signature->result),
		escape_word(signature->domain, NAME_MAX_OCTETS, arena),
		escape_word(signature->selector, NAME_MAX_OCTETS, arena));
	if (signature->algorithm[0] != '\0')
		buf_printf(&out, " a=%s", escape_word(signature->algorithm, PIECE_MAX, arena));
	if (signature->key_bits > 0)
		buf_printf(&out, " bits=%u", signature->key_bits);
	if (i < verdicts->dmarc.dkim_count)
		buf_printf(&out, " align=%s", alignment_word(verdicts->dmarc.dkim_alignments[i]));
	if (signature->test_mode)
		buf_text(&out, " test-mode");
	if (why[0] != '\0' && signature->fault_text[0] != '\0')
		buf_printf(&out, " (%s: %s)", why, escape_foreign(signature->fault_text, PIECE_MAX, arena));
	else if (why[0] != '\0')
		buf_printf(&out, " (%s)", why);
	return out.data;
}

void fields_of_dkim(struct record_fields *fields, const struct verdicts *verdicts)
{
	size_t logged = verdicts->signature_count;

	if (logged > SIGNATURES_LOGGED)
		logged = SIGNATURES_LOGGED;
	fields_own(fields, "dkim", result_word(verdicts_dkim_best(verdicts)));
	for (size_t i = 0; i < logged; i++)
		fields_own(fields, arena_printf(fields->arena, "dkim_%zu", i + 1),
			signature_value(verdicts, i, fields->arena));
	if (verdicts->signature_count > logged)
		fields_number(fields, "dkim_more", (long long)verdicts->signature_count - (long long)logged);
}

static const char *dmarc_fault_words(enum dmarc_fault fault)
{
	static const char *const words[] = {
		[DMARCFAULT_NONE] = "",
		[DMARCFAULT_FROM_MISSING] = "no From",
		[DMARCFAULT_FROM_MULTIPLE] = "several authors in From",
		[DMARCFAULT_FROM_UNPARSEABLE] = "From cannot be read",
		[DMARCFAULT_FROM_NO_NAME] = "the domain in From does not exist",
		[DMARCFAULT_FROM_SUFFIX] = "the domain in From is a public suffix",
		[DMARCFAULT_NO_RECORD] = "no record",
		[DMARCFAULT_SEVERAL_RECORDS] = "several records",
		[DMARCFAULT_VERSION] = "v=DMARC1 is not first",
		[DMARCFAULT_SYNTAX] = "broken separators",
		[DMARCFAULT_POLICY_MISSING] = "no policy",
		[DMARCFAULT_POLICY_INVALID] = "unknown policy",
		[DMARCFAULT_DNS] = "policy lookup failed",
		[DMARCFAULT_INPUT_TEMPERROR] = "an identifier that could align is undecided",
		[DMARCFAULT_NOTHING_ALIGNED] = "nothing that passes is aligned",
	};

	return words[fault];
}

static const char *dmarc_by(const struct dmarc_verdict *dmarc, struct arena *arena)
{
	if (dmarc->result == RESULT_PASS)
		return dmarc->dkim_aligned_pass ? dmarc->spf_aligned_pass ? "dkim spf" : "dkim" : "spf";
	if (dmarc->fault_text[0] == '\0')
		return dmarc_fault_words(dmarc->fault);
	return arena_printf(arena, "%s: %s", dmarc_fault_words(dmarc->fault),
		escape_foreign(dmarc->fault_text, PIECE_MAX, arena));
}

/* Of the signatures that pass; of all when none does. */
static enum alignment dkim_alignment(const struct verdicts *verdicts)
{
	enum alignment best[] = {ALIGNMENT_NO, ALIGNMENT_NO};
	bool passes = false;

	for (size_t i = 0; i < verdicts->dmarc.dkim_count && i < verdicts->signature_count; i++) {
		enum alignment alignment = verdicts->dmarc.dkim_alignments[i];
		bool pass = verdicts->signatures[i].result == RESULT_PASS;

		passes = passes || pass;
		if (alignment > best[pass])
			best[pass] = alignment;
	}
	return best[passes];
}

void fields_of_dmarc(struct record_fields *fields, const struct verdicts *verdicts)
{
	const struct dmarc_verdict *dmarc = &verdicts->dmarc;

	fields_own(fields, "dmarc", result_word(dmarc->result));
	fields_own(fields, "dmarc_by", dmarc_by(dmarc, fields->arena));
	fields_foreign(fields, "dmarc_record_domain", dmarc->record_domain, NAME_MAX_OCTETS);
	if (dmarc->result == RESULT_PASS || dmarc->result == RESULT_FAIL)
		fields_own(fields, "dmarc_policy", dmarc_policy_word(dmarc->policy));
	if (verdicts_arc_overrides(verdicts))
		fields_foreign(fields, "dmarc_override",
			verdicts->arc.hops[verdicts->arc.vouching - 1].sealer, NAME_MAX_OCTETS);
	if (dmarc->author_domain[0] == '\0')
		return;
	fields_own(fields, "align_spf", alignment_word(dmarc->spf_alignment));
	if (verdicts->signature_count > 0)
		fields_own(fields, "align_dkim", alignment_word(dkim_alignment(verdicts)));
}

void fields_of_arc(struct record_fields *fields, const struct verdicts *verdicts)
{
	const struct arc_verdict *arc = &verdicts->arc;
	const char *by = arc_fault_words(arc->fault);

	if (arc->result == RESULT_NONE)
		return;
	if (arc->fault_text[0] != '\0')
		by = arena_printf(fields->arena, "%s (%s)", by,
			escape_foreign(arc->fault_text, PIECE_MAX, fields->arena));
	if (arc->failed > 0)
		by = arena_printf(fields->arena, "i=%u: %s", arc->failed, by);
	fields_own(fields, "arc", result_word(arc->result));
	fields_own(fields, "arc_by", by);
	fields_number(fields, "arc_sets", arc->set_count);
	if (arc->hops != NULL)
		fields_foreign(fields, "arc_sealer", arc->hops[arc->set_count - 1].sealer, NAME_MAX_OCTETS);
}

void fields_of_iprev(struct record_fields *fields, const struct verdicts *verdicts)
{
	fields_own(fields, "iprev", result_word(verdicts->iprev.result));
	fields_foreign(fields, "iprev_name", verdicts->iprev.name, NAME_MAX_OCTETS);
}
