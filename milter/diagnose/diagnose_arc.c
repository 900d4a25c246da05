/* ARC: what broke the chain, in the order of RFC 8617 section 5.2; and what a good chain says about a
 * message that fails otherwise. */
#include "base/arena.h"
#include "diagnose/alteration.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"

#include <string.h>

static const char *number(const struct collection *collection, unsigned long value)
{
	return arena_printf(collection->arena, "%lu", value);
}

static const char *in_language(const struct collection *collection, const char *english, const char *japanese)
{
	return collection->facts->language == LANGUAGE_JA ? japanese : english;
}

static const char *sealer_of(const struct arc_verdict *arc, unsigned instance)
{
	if (arc->hops == NULL || instance == 0 || instance > arc->set_count)
		return "?";
	return arc->hops[instance - 1].sealer[0] != '\0' ? arc->hops[instance - 1].sealer : "?";
}

/* What RSA recovery tells about a signature that does not verify. */
static const char *why_not(const struct collection *collection, enum recovery recovery)
{
	switch (recovery) {
	case RECOVERY_WRONG_KEY:
	case RECOVERY_OTHER_SIZE:
		return in_language(collection, "another key made it, or b= is damaged",
			"別の鍵による署名、または b= の破損");
	case RECOVERY_OTHER_HEADER:
		return in_language(collection, "ARC fields were altered", "ARCヘッダの改変");
	case RECOVERY_BAD_DIGEST:
	case RECOVERY_SAME_HEADER:
		return in_language(collection, "b= holds no SHA-256 digest", "b= にSHA-256の値がない");
	case RECOVERY_NOT_RUN:
		break;
	}
	return in_language(collection, "another key, or altered ARC fields", "鍵の相違またはARCヘッダの改変");
}

static const char *body_words(const struct collection *collection, const struct body_change *change)
{
	switch (change->kind) {
	case BODY_FOOTER:
		return in_language(collection, "text appended to the body", "本文末尾への追記");
	case BODY_BANNER:
		return in_language(collection, "text put in front of the body", "本文先頭への追記");
	case BODY_WRAPPED:
	case BODY_INSERTED:
		return in_language(collection, "text put into the body", "本文への挿入");
	case BODY_UNKNOWN:
	case BODY_TRUNCATED:
		return in_language(collection, "body", "本文");
	default:
		return in_language(collection, "body converted", "本文の変換");
	}
}

static void altered_cause(struct collection *collection, const struct arc_verdict *arc)
{
	const struct alteration *alteration = alteration_of_arc(collection);
	const char *detail = in_language(collection, "header", "ヘッダ");

	if (arc->fault == ARCFAULT_UNSIGNED_TAIL)
		detail = in_language(collection, "text appended behind l=", "l= より後への追記");
	else if (arc->fault == ARCFAULT_BODY_HASH)
		detail = in_language(collection, "body", "本文");
	if (alteration != NULL && arc->fault == ARCFAULT_BODY_HASH)
		detail = body_words(collection, &alteration->body);
	else if (alteration != NULL && alteration->header.kind != HEADER_UNKNOWN &&
		 alteration->header.name[0] != '\0')
		detail = alteration->header.name;
	cause_found(collection, CAUSE_ARC_ALTERED_AFTER_LAST_SEAL,
		arc->message_signature->recovery == RECOVERY_OTHER_HEADER || arc->fault != ARCFAULT_SIGNATURE
			? CONFIDENCE_PROVEN
			: CONFIDENCE_LIKELY,
		DETAILS({"sealer", sealer_of(arc, arc->failed)}, {"detail", detail}));
}

static void seal_cause(struct collection *collection, const struct arc_verdict *arc, enum recovery recovery)
{
	cause_found(collection, CAUSE_ARC_SEAL_INVALID,
		recovery == RECOVERY_NOT_RUN ? CONFIDENCE_STRONG : CONFIDENCE_PROVEN,
		DETAILS({"sealer", sealer_of(arc, arc->failed)}, {"i", number(collection, arc->failed)},
			{"detail", why_not(collection, recovery)}));
}

/* The key is right and the header is another, or nobody can tell (Ed25519). */
static bool is_alteration(const struct arc_verdict *arc)
{
	enum recovery recovery = arc->message_signature->recovery;

	return arc->fault != ARCFAULT_SIGNATURE || recovery == RECOVERY_OTHER_HEADER ||
	       recovery == RECOVERY_NOT_RUN;
}

static void content_cause(struct collection *collection, const struct arc_verdict *arc)
{
	if (arc->message_signature == NULL)
		return;
	if (is_alteration(arc))
		altered_cause(collection, arc);
	else
		seal_cause(collection, arc, arc->message_signature->recovery);
}

static void key_cause(struct collection *collection, const struct arc_verdict *arc)
{
	const char *none = in_language(collection, "no such record", "レコードなし");

	cause_found(collection, CAUSE_ARC_KEY_MISSING, CONFIDENCE_PROVEN,
		DETAILS({"sealer", sealer_of(arc, arc->failed)}, {"key_name", arc->key_name},
			{"detail", arc->fault == ARCFAULT_KEY_ABSENT ? none : arc->fault_text}));
}

static void set_cause(struct collection *collection, const struct arc_verdict *arc)
{
	const char *header = arc->fault_text;

	if (arc->fault == ARCFAULT_FIELD_BROKEN)
		header = arena_printf(collection->arena, "%s (%s)",
			in_language(collection, "usable field", "正しいヘッダ"), header);
	cause_found(collection, CAUSE_ARC_SET_INCOMPLETE, CONFIDENCE_PROVEN,
		DETAILS({"i", number(collection, arc->failed)}, {"header", header}));
}

static void fault_cause(struct collection *collection, const struct arc_verdict *arc)
{
	const char *n;

	if (arc->fault == ARCFAULT_NONE)
		return;
	n = number(collection, arc->set_count);
	switch (arc->fault) {
	case ARCFAULT_NONE:
	case ARCFAULT_KEY_DNS:        /* resolver_causes says it */
	case ARCFAULT_BODY_TOO_LARGE: /* receiver_causes says it */
		return;
	case ARCFAULT_TOO_MANY_SETS:
		cause_found(collection, CAUSE_ARC_TOO_MANY_SETS, CONFIDENCE_PROVEN,
			DETAILS({"result", result_word(arc->result)}, {"n", n},
				{"limit", number(collection, arc->limit)}));
		return;
	case ARCFAULT_INSTANCES:
		cause_found(collection, CAUSE_ARC_STRUCTURE_BROKEN, CONFIDENCE_PROVEN,
			DETAILS({"instances", arc->fault_text}, {"n", n}));
		return;
	case ARCFAULT_FIELD_MISSING:
	case ARCFAULT_FIELD_BROKEN:
		set_cause(collection, arc);
		return;
	case ARCFAULT_CV:
		cause_found(collection, CAUSE_ARC_CV_INCONSISTENT, CONFIDENCE_PROVEN,
			DETAILS({"sealer", sealer_of(arc, arc->failed)},
				{"i", number(collection, arc->failed)}, {"cv", arc->fault_text}));
		return;
	case ARCFAULT_CV_FAIL:
		cause_found(collection, CAUSE_ARC_CV_FAIL_UPSTREAM, CONFIDENCE_PROVEN,
			DETAILS({"sealer", sealer_of(arc, arc->failed)},
				{"i", number(collection, arc->failed)}));
		return;
	case ARCFAULT_KEY_ABSENT:
	case ARCFAULT_KEY_UNUSABLE:
		key_cause(collection, arc);
		return;
	case ARCFAULT_SEAL:
		seal_cause(collection, arc, arc->recovery);
		return;
	case ARCFAULT_SIGNATURE:
	case ARCFAULT_BODY_HASH:
	case ARCFAULT_UNSIGNED_TAIL:
		content_cause(collection, arc);
		return;
	}
}

static bool says_dkim_passed(const struct arc_results *results, const char *domain)
{
	for (size_t i = 0; i < results->dkim_count; i++)
		if (domain[0] != '\0' && strcmp(results->dkim_domains[i], domain) == 0)
			return true;
	return false;
}

/* An author's signature that is broken by an alteration now. */
static const struct signature_verdict *altered_signature(const struct verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->signature_count && i < verdicts->dmarc.dkim_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];
		bool altered = signature->fault == SIGFAULT_BODY_HASH ||
			       (signature->fault == SIGFAULT_SIGNATURE &&
				       signature->recovery == RECOVERY_OTHER_HEADER);

		if (altered && verdicts->dmarc.dkim_alignments[i] != ALIGNMENT_NO)
			return signature;
	}
	return NULL;
}

/* Who changed it: the last sealer that still saw the author's signature pass, or the way from there. */
static void attribution(struct collection *collection, const struct arc_verdict *arc)
{
	const struct signature_verdict *signature = altered_signature(collection->facts->verdicts);

	for (unsigned i = arc->set_count; i > 0 && signature != NULL; i--)
		if (says_dkim_passed(&arc->hops[i - 1].results, signature->domain_name)) {
			cause_found(collection, CAUSE_ARC_BROKEN_AT_HOP,
				arc->oldest_pass <= i ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
				DETAILS({"sealer", sealer_of(arc, i)}));
			return;
		}
}

void arc_override_cause(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;
	const struct arc_verdict *arc = &verdicts->arc;

	if (verdicts_arc_overrides(verdicts))
		cause_found(collection, CAUSE_DMARC_ARC_OVERRIDE, CONFIDENCE_PROVEN,
			DETAILS({"sealer", sealer_of(arc, arc->vouching)},
				{"aar", arena_printf(collection->arena, "dmarc=pass header.from=%s",
						arc->hops[arc->vouching - 1].results.author_domain)}));
}

void arc_causes(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;
	const struct arc_verdict *arc = &verdicts->arc;

	fault_cause(collection, arc);
	if (arc->result != RESULT_PASS)
		return;
	if (verdicts->dmarc.result == RESULT_FAIL && arc->vouching > 0 && !arc->vouching_trusted)
		cause_found(collection, CAUSE_ARC_SEALER_UNTRUSTED, CONFIDENCE_PROVEN,
			DETAILS({"sealer", sealer_of(arc, arc->vouching)}));
	attribution(collection, arc);
}
