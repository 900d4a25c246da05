#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "message/author.h"
#include "message/envelope.h"
#include "verify/dmarc_alignment.h"
#include "verify/dmarc_library.h"
#include "verify/dmarc_policy.h"
#include "verify/verify.h"

#include <string.h>

enum {
	OTHER_METHOD_QUESTIONS = 2, /* a remark in the log is not worth more */
	ALIGNMENT_QUESTIONS = 4,    /* ours: does the author exist, records of what passed below him */
};

/* One answer to "does this message pass?", by one way of discovery. */
struct evaluation {
	struct dmarc_search search;
	const struct verdicts *so_far;
	const char *author;
	struct dmarc_discovery discovery;
	bool usable; /* there is a policy: alignment is worth questions */

	enum result result;
	enum dmarc_fault fault;
	const char *fault_text;
	const struct answer *trouble; /* decides, for DMARCFAULT_DNS */

	enum alignment spf_alignment, *dkim_alignments;
	bool spf_aligned_pass, dkim_aligned_pass;
	const char *in_temperror; /* an aligned identifier that may yet pass, "" if none */
};

static void conclude(
	struct evaluation *evaluation, enum result result, enum dmarc_fault fault, const char *fault_text)
{
	evaluation->result = result;
	evaluation->fault = fault;
	evaluation->fault_text = fault_text;
}

/* DMARC knows MAIL FROM; HELO stands in for the null sender only (RFC 9989 section 4.4.2). */
static bool spf_counts(const struct work *work, const struct spf_verdict *spf)
{
	return spf->identity == IDENTITY_MAIL_FROM || work->envelope->sender.null;
}

static void align_spf(struct evaluation *evaluation, bool strict)
{
	const struct spf_verdict *spf = &evaluation->so_far->spf;
	struct arena *arena = evaluation->search.work->arena;
	bool counts = spf_counts(evaluation->search.work, spf);
	bool passed = counts && spf->result == RESULT_PASS;

	evaluation->spf_alignment = dmarc_alignment_of(&evaluation->search, evaluation->author,
		&evaluation->discovery, spf->domain, passed && evaluation->usable, &evaluation->trouble);
	if (!counts || !alignment_suffices(evaluation->spf_alignment, strict))
		return;
	evaluation->spf_aligned_pass = passed;
	if (spf->result == RESULT_TEMPERROR)
		evaluation->in_temperror = arena_printf(arena, "SPF of %s", spf->domain);
}

static void align_signature(struct evaluation *evaluation, size_t i, bool strict)
{
	const struct signature_verdict *signature = &evaluation->so_far->signatures[i];
	struct arena *arena = evaluation->search.work->arena;
	bool passed = signature->result == RESULT_PASS;

	evaluation->dkim_alignments[i] =
		dmarc_alignment_of(&evaluation->search, evaluation->author, &evaluation->discovery,
			signature->domain_name, passed && evaluation->usable, &evaluation->trouble);
	if (!alignment_suffices(evaluation->dkim_alignments[i], strict))
		return;
	if (passed)
		evaluation->dkim_aligned_pass = true;
	if (signature->result == RESULT_TEMPERROR && evaluation->in_temperror[0] == '\0')
		evaluation->in_temperror = arena_printf(arena, "DKIM of %s", signature->domain_name);
}

/* Starts what dmarc_alignment_of may ask for an identifier. */
static void warm_identifier(const struct evaluation *evaluation, const char *identifier, bool passed)
{
	const char *organization = evaluation->discovery.organization;

	if (passed && evaluation->usable && evaluation->search.method == DISCOVERY_TREE &&
		!evaluation->search.limited && strcmp(identifier, evaluation->author) != 0 &&
		domain_is_below(identifier, organization))
		dmarc_discovery_warm(evaluation->search.work, identifier);
}

static void align_all(struct evaluation *evaluation, bool strict_spf, bool strict_dkim)
{
	const struct verdicts *so_far = evaluation->so_far;

	warm_identifier(evaluation, so_far->spf.domain, so_far->spf.result == RESULT_PASS);
	for (size_t i = 0; i < so_far->signature_count; i++)
		warm_identifier(evaluation, so_far->signatures[i].domain_name,
			so_far->signatures[i].result == RESULT_PASS);
	evaluation->trouble = NULL;
	align_spf(evaluation, strict_spf);
	for (size_t i = 0; i < so_far->signature_count; i++)
		align_signature(evaluation, i, strict_dkim);
}

/* What the domain asks for, our reading against the library's: the stricter one counts, and a pass
 * needs both. They agree, but a library that has a say must not be able to open the door. */
static struct dmarc_choice choose(struct evaluation *evaluation, bool author_exists)
{
	const struct dmarc_level *policy = evaluation->discovery.policy;
	bool inherited = strcmp(policy->domain, evaluation->author) != 0;
	struct dmarc_choice choice = dmarc_policy_choice(&policy->record, inherited, author_exists);
	enum library_policy opinion =
		dmarc_library_ask(dmarc_record_normal_form(&policy->record, evaluation->search.work->arena),
			evaluation->author, inherited ? policy->domain : NULL, evaluation->dkim_aligned_pass,
			evaluation->spf_aligned_pass);

	if (opinion >= LIBRARY_NONE && evaluation->result == RESULT_PASS)
		conclude(evaluation, RESULT_FAIL, DMARCFAULT_NOTHING_ALIGNED, "");
	if (opinion >= LIBRARY_NONE && choice.tag != DMARC_TAG_NP &&
		(enum dmarc_policy)(opinion - LIBRARY_NONE) > choice.policy)
		choice.policy = (enum dmarc_policy)(opinion - LIBRARY_NONE);
	return choice;
}

/* Nobody can tell for now. */
static void conclude_trouble(struct evaluation *evaluation, const struct answer *trouble)
{
	evaluation->trouble = trouble;
	conclude(evaluation, RESULT_TEMPERROR, DMARCFAULT_DNS,
		trouble->trouble_text[0] != '\0' ? trouble->trouble_text : answer_kind_name(trouble->kind));
}

static void conclude_from_alignment(struct evaluation *evaluation)
{
	if (evaluation->spf_aligned_pass || evaluation->dkim_aligned_pass)
		conclude(evaluation, RESULT_PASS, DMARCFAULT_NONE, "");
	else if (evaluation->trouble != NULL)
		conclude_trouble(evaluation, evaluation->trouble);
	else if (evaluation->in_temperror[0] != '\0')
		conclude(evaluation, RESULT_TEMPERROR, DMARCFAULT_INPUT_TEMPERROR, evaluation->in_temperror);
	else
		conclude(evaluation, RESULT_FAIL, DMARCFAULT_NOTHING_ALIGNED, "");
}

static void conclude_without_policy(struct evaluation *evaluation)
{
	const struct dmarc_discovery *discovery = &evaluation->discovery;
	const struct dmarc_level *faulty = discovery->faulty;
	struct arena *arena = evaluation->search.work->arena;

	if (discovery->trouble != NULL)
		conclude_trouble(evaluation, discovery->trouble);
	else if (faulty == NULL)
		conclude(evaluation, RESULT_NONE, DMARCFAULT_NO_RECORD, "");
	else if (faulty->records > 1)
		conclude(evaluation, RESULT_NONE, DMARCFAULT_SEVERAL_RECORDS,
			arena_printf(arena, "%zu", faulty->records));
	else
		conclude(evaluation, RESULT_NONE,
			faulty->record.fault == DMARCRECORD_SEPARATOR ? DMARCFAULT_SYNTAX
								      : DMARCFAULT_VERSION,
			faulty->record.fault_text);
}

static enum dmarc_fault policy_fault(enum dmarc_record_fault fault)
{
	switch (fault) {
	case DMARCRECORD_POLICY_MISSING:
		return DMARCFAULT_POLICY_MISSING;
	case DMARCRECORD_POLICY_INVALID:
		return DMARCFAULT_POLICY_INVALID;
	default:
		return DMARCFAULT_SYNTAX;
	}
}

static void evaluate(struct evaluation *evaluation)
{
	const struct dmarc_level *policy;
	size_t count = evaluation->so_far->signature_count;

	evaluation->fault_text = evaluation->in_temperror = "";
	evaluation->dkim_alignments =
		arena_array(evaluation->search.work->arena, count + 1, sizeof(enum alignment));
	evaluation->discovery = dmarc_discover(&evaluation->search, evaluation->author);
	policy = evaluation->discovery.policy;
	evaluation->usable = policy != NULL && policy->record.fault == DMARCRECORD_OK;
	align_all(evaluation, policy != NULL && policy->record.strict_spf,
		policy != NULL && policy->record.strict_dkim);
	if (policy == NULL)
		conclude_without_policy(evaluation);
	else if (!evaluation->usable)
		conclude(evaluation, RESULT_PERMERROR, policy_fault(policy->record.fault),
			policy->record.fault_text);
	else
		conclude_from_alignment(evaluation);
}

/* A domain that does not exist has np= instead of sp=, and its missing record is no omission. One
 * with a record exists (RFC 8020). */
static void look_for_author(struct evaluation *evaluation, struct dmarc_verdict *verdict)
{
	const struct dmarc_level *policy = evaluation->discovery.policy;
	const struct work *work = evaluation->search.work;
	const struct answer *answer;

	if (evaluation->fault == DMARCFAULT_DNS ||
		(policy != NULL && strcmp(policy->domain, evaluation->author) == 0))
		return;
	answer = dns_ask(work->client, evaluation->author, RR_TXT);
	verdict->author_exists = answer->kind != ANSWER_NO_NAME;
	if (policy == NULL && evaluation->fault == DMARCFAULT_NO_RECORD && !verdict->author_exists)
		evaluation->fault = DMARCFAULT_FROM_NO_NAME;
	else if (policy == NULL && evaluation->fault == DMARCFAULT_NO_RECORD &&
		 suffixes_has(work->suffixes, evaluation->author))
		evaluation->fault = DMARCFAULT_FROM_SUFFIX;
	if (evaluation->result == RESULT_FAIL && answer_is_trouble(answer) &&
		policy->record.np != policy->record.sp)
		conclude_trouble(evaluation, answer);
}

static void tell_record(struct dmarc_verdict *verdict, const struct dmarc_level *level)
{
	const struct dmarc_record *record = &level->record;

	verdict->record_domain = level->domain;
	verdict->bad_tag = record->bad_tag;
	verdict->p = record->p;
	verdict->sp = record->sp;
	verdict->np = record->np;
	verdict->p_given = record->p_given;
	verdict->sp_given = record->sp_given;
	verdict->np_given = record->np_given;
	verdict->psd = record->psd == DMARC_PSD_YES;
	verdict->testing = record->testing;
	verdict->strict_dkim = record->strict_dkim;
	verdict->strict_spf = record->strict_spf;
	verdict->pct = record->pct;
	verdict->rua = record->rua;
	verdict->ruf = record->ruf;
}

/* The name that the fault is about. */
static const char *fault_domain(const struct evaluation *evaluation)
{
	const struct dmarc_level *level = evaluation->discovery.policy;

	if (evaluation->fault == DMARCFAULT_DNS)
		return evaluation->trouble->asked.name;
	if (level == NULL || level->record.fault == DMARCRECORD_OK)
		level = evaluation->discovery.faulty;
	return level == NULL ? "" : level->answer->asked.name;
}

static void tell(const struct evaluation *evaluation, struct dmarc_verdict *verdict)
{
	const struct dmarc_level *policy = evaluation->discovery.policy, *level = policy;

	if (level == NULL)
		level = evaluation->discovery.faulty;
	if (level != NULL)
		verdict->record = level->text;
	if (policy != NULL)
		tell_record(verdict, policy);
	verdict->result = evaluation->result;
	verdict->fault = evaluation->fault;
	verdict->fault_text = evaluation->fault_text;
	verdict->fault_domain = fault_domain(evaluation);
	verdict->author_organization = evaluation->discovery.organization;
	verdict->spf_alignment = evaluation->spf_alignment;
	verdict->dkim_alignments = evaluation->dkim_alignments;
	verdict->dkim_count = evaluation->so_far->signature_count;
	verdict->spf_aligned_pass = evaluation->spf_aligned_pass;
	verdict->dkim_aligned_pass = evaluation->dkim_aligned_pass;
}

/* Would the other way of discovery say something else? */
static void compare_methods(const struct evaluation *chosen, struct dmarc_verdict *verdict)
{
	struct evaluation other = {
		.search = {.work = chosen->search.work,
			.method = chosen->search.method == DISCOVERY_TREE ? DISCOVERY_PSL : DISCOVERY_TREE,
			.limited = true,
			.questions = OTHER_METHOD_QUESTIONS},
		.so_far = chosen->so_far,
		.author = chosen->author,
	};

	if (chosen->result == RESULT_TEMPERROR)
		return;
	evaluate(&other);
	if (other.search.exceeded || other.result == RESULT_TEMPERROR)
		return;
	verdict->psl_discovery = chosen->search.method == DISCOVERY_PSL;
	verdict->other_result = other.result;
	verdict->other_discovery_differs = other.result != chosen->result;
}

/* No one author: permerror, never pass and never "none". */
static void refuse_author(const struct author *author, struct dmarc_verdict *verdict)
{
	verdict->result = RESULT_PERMERROR;
	verdict->fault_text = author->why_not;
	switch (author->kind) {
	case AUTHOR_MISSING:
		verdict->fault = DMARCFAULT_FROM_MISSING;
		break;
	case AUTHOR_MULTIPLE:
		verdict->fault = DMARCFAULT_FROM_MULTIPLE;
		if (author->domain_count > 1)
			verdict->fault_text = author->domains;
		break;
	default:
		verdict->fault = DMARCFAULT_FROM_UNPARSEABLE;
		break;
	}
}

void verify_dmarc_warm(const struct work *work)
{
	const char *author = work->author->domain.name;

	if (work->author->kind != AUTHOR_ONE)
		return;
	dmarc_discovery_warm(work, author);
	dns_warm(work->dns, author, RR_TXT);
}

unsigned verify_dmarc_questions(const struct work *work)
{
	const char *names[DMARC_WALK_MAX];

	if (work->author->kind != AUTHOR_ONE)
		return 0;
	return (unsigned)dmarc_walk_names(work->author->domain.name, names) + ALIGNMENT_QUESTIONS;
}

struct dmarc_verdict verify_dmarc(const struct work *work, const struct verdicts *so_far)
{
	struct dmarc_verdict verdict = verdicts_empty().dmarc;
	struct evaluation evaluation = {
		.search = {.work = work, .method = (enum discovery)work->settings->dmarc_discovery},
		.so_far = so_far,
		.author = work->author->domain.name,
	};
	size_t mark = dns_mark(work->client);

	verdict.author_exists = true;
	if (work->author->kind != AUTHOR_ONE) {
		refuse_author(work->author, &verdict);
		verdict.dkim_count = so_far->signature_count;
		verdict.dkim_alignments =
			arena_array(work->arena, so_far->signature_count + 1, sizeof(enum alignment));
		verdict.evidence = dns_evidence_since(work->client, mark);
		return verdict;
	}
	verdict.author_domain = evaluation.author;
	verify_dmarc_warm(work);
	evaluate(&evaluation);
	look_for_author(&evaluation, &verdict);
	if (evaluation.usable) {
		struct dmarc_choice choice = choose(&evaluation, verdict.author_exists);

		verdict.policy_tag = choice.tag;
		verdict.policy = evaluation.discovery.policy->record.testing
					 ? dmarc_policy_milder(choice.policy)
					 : choice.policy;
	}
	tell(&evaluation, &verdict);
	compare_methods(&evaluation, &verdict);
	verdict.evidence = dns_evidence_since(work->client, mark);
	return verdict;
}
