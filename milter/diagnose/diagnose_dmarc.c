/* DMARC fail and pass: what shape it has when nothing aligned passes, and what saved a pass. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"
#include "message/author.h"
#include "message/envelope.h"

#include <string.h>

struct view {
	struct collection *collection;
	const struct findings_so_far *facts;
	const struct verdicts *verdicts;
	const struct dmarc_verdict *dmarc;
	const char *from_domain;
	const char *spf_domain;  /* with a pass; "" otherwise */
	const char *dkim_domain; /* of the first signature that passes; "" if none */
};

static struct view view_of(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;
	struct view view = {
		.collection = collection,
		.facts = collection->facts,
		.verdicts = verdicts,
		.dmarc = &verdicts->dmarc,
		.from_domain = verdicts->dmarc.author_domain,
		.spf_domain = verdicts->spf.result == RESULT_PASS ? verdicts->spf.domain : "",
		.dkim_domain = "",
	};

	for (size_t i = verdicts->signature_count; i-- > 0;)
		if (verdicts->signatures[i].result == RESULT_PASS)
			view.dkim_domain = verdicts->signatures[i].domain;
	return view;
}

/* The first signature that would align under relaxed rules and passes, or NULL. */
static const struct signature_verdict *relaxed_signature(const struct view *view)
{
	for (size_t i = 0; i < view->verdicts->signature_count && i < view->dmarc->dkim_count; i++)
		if (view->verdicts->signatures[i].result == RESULT_PASS &&
			view->dmarc->dkim_alignments[i] == ALIGNMENT_RELAXED)
			return &view->verdicts->signatures[i];
	return NULL;
}

static bool strict_only(const struct view *view)
{
	struct arena *arena = view->collection->arena;
	const struct signature_verdict *signature = view->dmarc->strict_dkim ? relaxed_signature(view) : NULL;
	bool by_spf = view->dmarc->strict_spf && view->spf_domain[0] != '\0' &&
		      view->dmarc->spf_alignment == ALIGNMENT_RELAXED;
	const char *aligned, *mode;

	if (signature == NULL && !by_spf)
		return false;
	aligned = signature == NULL ? arena_printf(arena, "SPF (%s)", view->spf_domain)
				    : arena_printf(arena, "DKIM (%s)", signature->domain);
	mode = signature == NULL ? "aspf=s" : by_spf ? "adkim=s aspf=s" : "adkim=s";
	cause_found(view->collection, CAUSE_DMARC_STRICT_ALIGNMENT, CONFIDENCE_PROVEN,
		DETAILS({"aligned", aligned},
			{"location", arena_printf(arena, "_dmarc.%s", view->dmarc->record_domain)},
			{"mode", mode}));
	return true;
}

/* The longest common end of both names, in whole labels. */
static const char *common_end(const char *a, const char *b)
{
	for (size_t labels = domain_labels(a); labels > 0; labels--) {
		const char *end = domain_last_labels(a, labels);

		if (domain_is_below(b, end))
			return end;
	}
	return "";
}

/* Rental hosts: the names look like one organisation's, but the suffix list says otherwise. Registry
 * suffixes such as co.jp explain nothing: nobody takes those for one organisation. */
static bool suffix_boundary(const struct view *view)
{
	const char *passing = view->spf_domain[0] != '\0' ? view->spf_domain : view->dkim_domain;
	const char *end = passing[0] == '\0' ? "" : common_end(passing, view->from_domain);

	if (end[0] == '\0' || !suffixes_has(view->facts->suffixes, end) ||
		!suffixes_is_private(view->facts->suffixes, end))
		return false;
	cause_found(view->collection, CAUSE_DMARC_PUBLIC_SUFFIX_BOUNDARY, CONFIDENCE_STRONG,
		DETAILS({"spf_domain", passing}, {"suffix", end}));
	return true;
}

static bool is_host_itself(const struct view *view, const char *domain)
{
	return text_equal(domain, view->verdicts->iprev.name) ||
	       text_equal(domain, view->facts->envelope->helo_domain.name);
}

/* The author's organisation signed. None of these passes, or DMARC would. */
static bool author_signed(const struct view *view)
{
	for (size_t i = 0; i < view->verdicts->signature_count && i < view->dmarc->dkim_count; i++)
		if (view->dmarc->dkim_alignments[i] != ALIGNMENT_NO)
			return true;
	return false;
}

static bool foreign_pass(const struct view *view)
{
	struct collection *collection = view->collection;
	bool null_sender = view->facts->envelope->sender.null;

	if (author_signed(view))
		return false; /* its own signature is there and broken: that is the reason */
	if (view->spf_domain[0] != '\0' && view->dkim_domain[0] != '\0')
		cause_found(collection, CAUSE_DMARC_UNALIGNED_BOTH, CONFIDENCE_PROVEN,
			DETAILS({"spf_domain", view->spf_domain}, {"dkim_domain", view->dkim_domain}));
	else if (view->dkim_domain[0] != '\0')
		cause_found(collection, CAUSE_DMARC_UNALIGNED_DKIM_ONLY, CONFIDENCE_PROVEN,
			DETAILS({"dkim_domain", view->dkim_domain}));
	else if (view->spf_domain[0] == '\0')
		return false;
	else if (null_sender)
		cause_found(collection, CAUSE_DMARC_NULL_SENDER_UNALIGNED, CONFIDENCE_PROVEN, NULL);
	else if (is_host_itself(view, view->spf_domain))
		cause_found(collection, CAUSE_DMARC_UNALIGNED_HOSTING_DEFAULT, CONFIDENCE_STRONG,
			DETAILS({"spf_domain", view->spf_domain}));
	else
		cause_found(collection, CAUSE_DMARC_UNALIGNED_SPF_ONLY, CONFIDENCE_PROVEN,
			DETAILS({"spf_domain", view->spf_domain}));
	return true;
}

static bool is_altered(const struct signature_verdict *signature)
{
	return signature->fault == SIGFAULT_BODY_HASH || signature->fault == SIGFAULT_UNSIGNED_TAIL ||
	       (signature->fault == SIGFAULT_SIGNATURE && signature->recovery != RECOVERY_WRONG_KEY &&
		       signature->recovery != RECOVERY_OTHER_SIZE);
}

static bool author_signature_altered(const struct view *view)
{
	for (size_t i = 0; i < view->verdicts->signature_count && i < view->dmarc->dkim_count; i++)
		if (view->dmarc->dkim_alignments[i] != ALIGNMENT_NO &&
			is_altered(&view->verdicts->signatures[i]))
			return true;
	return false;
}

/* The way it came: a list that changed it, a forwarder that broke SPF. */
static bool changed_path(const struct view *view)
{
	struct collection *collection = view->collection;
	const char *list = list_name(collection);
	bool altered = author_signature_altered(view);

	if (list[0] != '\0' && (altered || collection_has(collection, CAUSE_SPF_LIST_ENVELOPE_KEPT))) {
		cause_found(collection, CAUSE_DMARC_MAILING_LIST,
			altered ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY, DETAILS({"list", list}));
		return true;
	}
	if (!collection_has(collection, CAUSE_SPF_FORWARDED))
		return false;
	cause_found(collection, CAUSE_DMARC_FORWARDED, CONFIDENCE_LIKELY,
		DETAILS({"dkim_cause", collection_code_of(collection, "dkim", "no signature")}));
	return true;
}

/* An outside host uses a name of ours: of the organisation that our own id belongs to. */
static bool spoofed_own_domain(const struct view *view)
{
	const struct suffixes *suffixes = view->facts->suffixes;
	const char *id = view->facts->authserv_id;

	if (id[0] == '\0' || strchr(id, '.') == NULL || receiver_is_behind_relay(view->collection) ||
		!text_equal(suffixes_organization(suffixes, id),
			suffixes_organization(suffixes, view->from_domain)))
		return false;
	cause_found(view->collection, CAUSE_DMARC_SPOOFED_OWN_DOMAIN, CONFIDENCE_LIKELY, NULL);
	return true;
}

/* The sender's records are in order for one RFC and not for the other. */
bool dmarc_fails_by_discovery(const struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;

	return dmarc->result == RESULT_FAIL && dmarc->other_discovery_differs &&
	       dmarc->other_result == RESULT_PASS;
}

static void fail_causes(const struct view *view)
{
	struct collection *collection = view->collection;

	spoofed_own_domain(view);
	if (receiver_is_behind_relay(collection) && view->dkim_domain[0] == '\0')
		return; /* nothing of this may be blamed on the sender */
	if (dmarc_fails_by_discovery(collection))
		return; /* dmarc_remarks says it */
	if (strict_only(view) || suffix_boundary(view) || foreign_pass(view) || changed_path(view))
		return;
}

static void temperror_cause(const struct view *view)
{
	const struct verdicts *verdicts = view->verdicts;
	bool by_spf = verdicts->spf.result == RESULT_TEMPERROR;
	bool by_dkim = false;

	for (size_t i = 0; i < verdicts->signature_count; i++)
		by_dkim = by_dkim || verdicts->signatures[i].result == RESULT_TEMPERROR;
	cause_found(view->collection, CAUSE_DMARC_TEMPERROR, CONFIDENCE_PROVEN,
		DETAILS({"which", by_spf && by_dkim ? "SPF, DKIM"
				  : by_dkim         ? "DKIM"
						    : "SPF"}));
}

/* One leg carries the pass: say which other one is broken. */
static void pass_remarks(const struct view *view)
{
	const struct verdicts *verdicts = view->verdicts;
	const char *ours = collection_code_of(view->collection, "rx", "not aligned");
	const char *spf_cause = collection_code_of(view->collection, "spf", ours);
	const char *dkim_cause = collection_code_of(view->collection, "dkim", ours);
	enum result dkim = verdicts_dkim_best(verdicts);

	if (view->dmarc->dkim_aligned_pass && !view->dmarc->spf_aligned_pass &&
		verdicts->spf.result != RESULT_PASS)
		cause_found(view->collection, CAUSE_DMARC_SAVED_BY_DKIM, CONFIDENCE_PROVEN,
			DETAILS({"spf_result", result_word(verdicts->spf.result)}, {"spf_cause", spf_cause}));
	if (view->dmarc->spf_aligned_pass && !view->dmarc->dkim_aligned_pass && dkim != RESULT_PASS)
		cause_found(view->collection, CAUSE_DMARC_SAVED_BY_SPF, CONFIDENCE_PROVEN,
			DETAILS({"dkim_result", result_word(dkim)}, {"dkim_cause", dkim_cause}));
}

void dmarc_alignment_causes(struct collection *collection)
{
	const struct view view = view_of(collection);
	const char *ours = collection_code_of(collection, "rx", "no pass");
	bool passed = view.spf_domain[0] != '\0' || view.dkim_domain[0] != '\0';

	if (view.dmarc->fault == DMARCFAULT_INPUT_TEMPERROR)
		temperror_cause(&view);
	if (view.dmarc->result == RESULT_PASS)
		pass_remarks(&view);
	if (view.dmarc->result != RESULT_FAIL)
		return;
	fail_causes(&view);
	if (!passed)
		cause_found(collection, CAUSE_DMARC_NOTHING_PASSED, CONFIDENCE_PROVEN,
			DETAILS({"spf_cause", collection_code_of(collection, "spf", ours)},
				{"dkim_cause", collection_code_of(collection, "dkim", ours)}));
}
