/* DKIM: the key is right and the message is not what was signed. Which change it was is proven by
 * undoing it. */
#include "base/arena.h"
#include "diagnose/alteration.h"
#include "diagnose/collection.h"
#include "diagnose/culprit.h"
#include "diagnose/producers.h"

#include <string.h>

static const char *number(const struct collection *collection, size_t value)
{
	return arena_printf(collection->arena, "%zu", value);
}

static bool is_mime_field(const char *name)
{
	return text_equal(name, "Content-Type") || text_equal(name, "Content-Transfer-Encoding") ||
	       text_equal(name, "MIME-Version");
}

/* Changes of the body that bring their own change of the MIME fields. */
static bool explains_header(const struct alteration *alteration)
{
	enum body_change_kind body = alteration->body.kind;
	bool converted = body == BODY_8BIT_CONVERTED || body == BODY_CHARSET || body == BODY_BASE64_WRAP ||
			 body == BODY_WRAPPED;

	return converted && is_mime_field(alteration->header.name) &&
	       (alteration->header.also_kind == HEADER_UNKNOWN ||
		       is_mime_field(alteration->header.also_name));
}

static bool is_list_change(enum header_change_kind kind)
{
	return kind == HEADER_SUBJECT_PREFIX || kind == HEADER_ADDED;
}

static bool adds_list_text(const struct alteration *alteration)
{
	enum body_change_kind body = alteration->body.kind;
	bool around =
		body == BODY_FOOTER || body == BODY_WRAPPED || body == BODY_INSERTED || body == BODY_BANNER;

	return around &&
	       (is_list_change(alteration->header.kind) || is_list_change(alteration->header.also_kind));
}

static void body_cause(struct collection *collection, const struct body_change *change, const char *by)
{
	static const enum cause causes[] = {
		[BODY_UNKNOWN] = CAUSE_NONE,
		[BODY_SIGNED_EMPTY] = CAUSE_NONE, /* said before any search */
		[BODY_OTHER_CANON] = CAUSE_NONE,  /* wrong_canon_cause */
		[BODY_LINE_ENDS] = CAUSE_DKIM_BODY_ALTERED_LINE_ENDINGS,
		[BODY_DOTS] = CAUSE_DKIM_BODY_ALTERED_DOT_STUFFING,
		[BODY_FROM_LINES] = CAUSE_DKIM_BODY_ALTERED_FROM_MANGLING,
		[BODY_SPACES] = CAUSE_DKIM_BODY_ALTERED_WHITESPACE,
		[BODY_LINE_WRAP] = CAUSE_DKIM_BODY_ALTERED_LINE_WRAP,
		[BODY_8BIT_CONVERTED] = CAUSE_DKIM_BODY_ALTERED_8BIT_CONVERTED,
		[BODY_BASE64_WRAP] = CAUSE_DKIM_BODY_ALTERED_BASE64_REWRAPPED,
		[BODY_CHARSET] = CAUSE_DKIM_BODY_ALTERED_CHARSET,
		[BODY_LINKS] = CAUSE_DKIM_BODY_ALTERED_LINKS,
		[BODY_FOOTER] = CAUSE_DKIM_BODY_ALTERED_FOOTER,
		[BODY_BANNER] = CAUSE_DKIM_BODY_ALTERED_BANNER,
		[BODY_WRAPPED] = CAUSE_DKIM_BODY_ALTERED_MIME_WRAPPED,
		[BODY_INSERTED] = CAUSE_DKIM_BODY_ALTERED_INSERTED,
		[BODY_TRUNCATED] = CAUSE_NONE, /* cut_cause */
	};

	if (causes[change->kind] != CAUSE_NONE)
		cause_found(collection, causes[change->kind], CONFIDENCE_PROVEN,
			DETAILS({"by", by}, {"text", change->text},
				{"added", number(collection, change->added)},
				{"n", number(collection, change->added)}, {"service", change->from},
				{"cte", change->to}, {"orig", change->from}, {"now", change->to}));
}

static void header_cause(struct collection *collection, const struct header_change *change, const char *by)
{
	static const enum cause causes[] = {
		[HEADER_UNKNOWN] = CAUSE_NONE,
		[HEADER_OTHER_CANON] = CAUSE_NONE, /* wrong_canon_cause */
		[HEADER_SUBJECT_PREFIX] = CAUSE_DKIM_HEADER_ALTERED_SUBJECT_PREFIX,
		[HEADER_ALTERED] = CAUSE_DKIM_HEADER_ALTERED,
		[HEADER_ADDED] = CAUSE_DKIM_HEADER_ADDED_OVERSIGNED,
		[HEADER_REMOVED] = CAUSE_DKIM_HEADER_REMOVED,
		[HEADER_REFOLDED] = CAUSE_DKIM_HEADER_REFOLDED,
		[HEADER_REENCODED] = CAUSE_DKIM_HEADER_REENCODED,
		[HEADER_FROM_MUNGED] = CAUSE_DKIM_HEADER_FROM_MUNGED,
		[HEADER_SIGNER_BUG] = CAUSE_NONE, /* signature_bug_cause */
	};
	const char *original = span_text(collection->arena, span_trim(span_of(change->original)));

	if (change->kind == HEADER_SIGNER_BUG)
		signature_bug_cause(collection, change->text, CONFIDENCE_PROVEN);

	if (causes[change->kind] != CAUSE_NONE)
		cause_found(collection, causes[change->kind], CONFIDENCE_PROVEN,
			DETAILS({"by", by}, {"prefix", change->text}, {"header", change->name},
				{"orig", original}));
}

/* A body declared simple that fits as relaxed: the signer used the other form, or the body got blanks
 * on the way that it did not have. Nothing tells the two apart. */
static bool may_be_blanks(const struct body_change *change)
{
	return change->kind == BODY_OTHER_CANON && strcmp(change->to, "relaxed") == 0;
}

/* The signer declares one canonical form and used the other, for header or body. Except for the blanks
 * above there is one explanation: what was hashed in simple form has blanks that relaxed never has, and
 * nobody writes header fields in relaxed form. */
static void wrong_canon_cause(struct collection *collection, const struct alteration *alteration)
{
	enum confidence confidence = CONFIDENCE_PROVEN;
	const char *used = "";

	if (alteration->header.kind == HEADER_OTHER_CANON) {
		used = alteration->header.to;
	} else if (alteration->body.kind == BODY_OTHER_CANON) {
		used = alteration->body.to;
		confidence = may_be_blanks(&alteration->body) ? CONFIDENCE_STRONG : CONFIDENCE_PROVEN;
	}
	if (used[0] != '\0')
		cause_found(collection, CAUSE_DKIM_SIGNER_WRONG_CANON, confidence,
			DETAILS({"claimed", strcmp(used, "simple") == 0 ? "relaxed" : "simple"},
				{"used", used}));
}

void signature_cut_cause(
	struct collection *collection, const struct signature_verdict *signature, const char *need)
{
	const char *have = arena_printf(collection->arena, "%lld", (long long)signature->canonical_length);

	cause_found(collection, CAUSE_DKIM_BODY_TRUNCATED, CONFIDENCE_STRONG,
		DETAILS({"have", have},
			{"need", need[0] != '\0' ? need : arena_printf(collection->arena, "> %s", have)}));
}

void signature_bug_cause(struct collection *collection, const char *detail, enum confidence confidence)
{
	cause_found(collection, CAUSE_DKIM_SIGNER_BUG, confidence, DETAILS({"detail", detail}));
}

struct explained signature_alteration_causes(
	struct collection *collection, const struct signature_verdict *signature)
{
	const struct alteration *alteration = alteration_of(collection, signature);
	const char *by, *list;

	if (alteration == NULL)
		return (struct explained){.header = false};
	by = culprit_of(collection, signature);
	list = list_name(collection);
	wrong_canon_cause(collection, alteration);
	if (list[0] != '\0' && adds_list_text(alteration))
		cause_found(collection, CAUSE_DKIM_ALTERED_BY_MAILING_LIST, CONFIDENCE_PROVEN,
			DETAILS({"list", list}));
	body_cause(collection, &alteration->body, by);
	if (alteration->body.kind == BODY_TRUNCATED)
		signature_cut_cause(collection, signature, "");
	if (!explains_header(alteration))
		header_cause(collection, &alteration->header, by);
	if (alteration->body.out_of_budget)
		collection->partial = true;
	return (struct explained){.header = alteration->header.kind != HEADER_UNKNOWN,
		.body = alteration->body.kind != BODY_UNKNOWN && !may_be_blanks(&alteration->body),
		.blanks = may_be_blanks(&alteration->body)};
}
