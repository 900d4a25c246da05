#include "diagnose/body_change.h"

#include "base/arena.h"
#include "diagnose/body_recoded.h"
#include "diagnose/body_sweep.h"
#include "diagnose/body_variants.h"

#include <string.h>

enum { RECODING_COST = 8 }; /* decoding and encoding one octet of base64, against hashing it */

struct body_change body_change_none(void)
{
	return (struct body_change){.text = "", .from = "", .to = ""};
}

static const char *canon_name(enum canon canon)
{
	return canon == CANON_RELAXED ? "relaxed" : "simple";
}

static struct digest hash_within(
	const struct body_facts *facts, const char *octets, size_t len, size_t *budget)
{
	if (*budget < len)
		return (struct digest){.len = 0};
	*budget -= len;
	return digest_of(facts->digest_kind, octets, len);
}

/* Is this what was signed, in the canonical form, cut at l=? */
static bool body_fits(const struct body_facts *facts, enum canon canon, struct span body, size_t *budget,
	struct arena *arena)
{
	struct buf canonical = canon_body(canon, body, arena);
	struct digest hash;

	if (facts->length >= 0 && (uint64_t)facts->length < canonical.len)
		canonical.len = (size_t)facts->length;
	hash = hash_within(facts, canonical.data, canonical.len, budget);
	return digest_equal(&hash, &facts->signed_hash);
}

static bool hashed_with_lf(const struct body_facts *facts, size_t *budget, struct arena *arena)
{
	struct buf canonical = canon_body(facts->canon, facts->body, arena), lines = buf_in(arena);
	struct digest hash;

	for (size_t from = 0; from < canonical.len;) {
		const char *cr = memchr(canonical.data + from, '\r', canonical.len - from);
		size_t len = cr == NULL ? canonical.len - from : (size_t)(cr - canonical.data) - from;

		buf_add(&lines, canonical.data + from, len);
		from += len + (cr != NULL);
	}
	hash = hash_within(facts, lines.data, lines.len, budget);
	return digest_equal(&hash, &facts->signed_hash);
}

/* The faults of signers, which have nothing to do with the way. */
static struct body_change find_signer_fault(
	const struct body_facts *facts, size_t *budget, struct arena *arena)
{
	enum canon other = facts->canon == CANON_RELAXED ? CANON_SIMPLE : CANON_RELAXED;
	struct body_change change = body_change_none();
	struct digest nothing = digest_of(facts->digest_kind, "", 0),
		      line = digest_of(facts->digest_kind, "\r\n", 2);

	if (digest_equal(&nothing, &facts->signed_hash) || digest_equal(&line, &facts->signed_hash)) {
		change.kind = BODY_SIGNED_EMPTY;
	} else if (body_fits(facts, other, facts->body, budget, arena)) {
		change.kind = BODY_OTHER_CANON;
		change.from = canon_name(facts->canon);
		change.to = canon_name(other);
	} else if (hashed_with_lf(facts, budget, arena)) {
		change.kind = BODY_LINE_ENDS;
	}
	return change;
}

static struct body_change of_variant(const struct body_variant *variant)
{
	return (struct body_change){.kind = variant->kind,
		.added = variant->count,
		.text = "",
		.from = variant->from,
		.to = variant->to};
}

/* Making one costs too: going through the body, writing what comes out, its canonical form. */
static struct body_variant make_variant(
	const struct body_facts *facts, size_t number, size_t *budget, struct arena *arena)
{
	struct body_variant variant = body_variant(number, facts, arena);
	size_t cost = facts->body.len / 2;

	if (variant.kind != BODY_UNKNOWN)
		cost += 2 * variant.body.len;
	*budget -= cost < *budget ? cost : *budget;
	return variant;
}

/* One repair at a time; those that leave more room for doubt are also swept. */
static struct body_change find_repair(const struct body_facts *facts, size_t *budget, struct arena *arena)
{
	for (size_t i = 0; i < body_variant_count() && *budget > facts->body.len; i++) {
		struct body_variant variant = make_variant(facts, i, budget, arena);
		struct span body = {variant.body.data, variant.body.len};

		if (variant.kind != BODY_UNKNOWN && body_fits(facts, facts->canon, body, budget, arena))
			return of_variant(&variant);
	}
	return body_change_none();
}

/* A repair with text added around it: both happened. The repair is reported, the text with it. */
static struct body_change find_swept_repair(
	const struct body_facts *facts, size_t *budget, struct arena *arena)
{
	for (size_t i = 0; i < body_variant_count() && *budget > facts->body.len; i++) {
		struct body_variant variant = make_variant(facts, i, budget, arena);
		struct body_facts repaired = *facts;
		struct body_change change;

		if (variant.kind == BODY_UNKNOWN || !variant.sweep)
			continue;
		repaired.body = (struct span){variant.body.data, variant.body.len};
		change = body_sweep(&repaired, budget, arena);
		if (change.kind != BODY_UNKNOWN) {
			change.kind = variant.kind;
			change.from = variant.from;
			change.to = variant.to;
			return change;
		}
	}
	return body_change_none();
}

/* Text that a list or a filter put into a base64 part. */
static struct body_change find_recoded(const struct body_facts *facts, size_t *budget, struct arena *arena)
{
	for (size_t cut = 0; cut<RECODED_CUTS_MAX && * budget> facts->body.len * RECODING_COST; cut++) {
		const char *text = "";
		struct body_variant variant = variant_recoded(facts, cut, &text, arena);
		struct span body = {variant.body.data, variant.body.len};
		struct body_change change;

		*budget -= facts->body.len * RECODING_COST;
		if (variant.kind == BODY_UNKNOWN && cut < RECODED_LINES_MAX - 1)
			cut = RECODED_LINES_MAX - 1; /* no such part, or no more lines: now from the top */
		else if (variant.kind == BODY_UNKNOWN && cut >= RECODED_LINES_MAX)
			break;
		if (variant.kind == BODY_UNKNOWN || !body_fits(facts, facts->canon, body, budget, arena))
			continue;
		change = of_variant(&variant);
		change.text = text;
		return change;
	}
	return body_change_none();
}

struct body_change body_change_find(const struct body_facts *facts, size_t *budget, struct arena *arena)
{
	struct body_change change = find_signer_fault(facts, budget, arena);

	if (change.kind == BODY_UNKNOWN)
		change = body_sweep_prefixes(facts, budget, arena);
	if (change.kind == BODY_UNKNOWN)
		change = find_repair(facts, budget, arena);
	if (change.kind == BODY_UNKNOWN)
		change = body_sweep(facts, budget, arena);
	if (change.kind == BODY_UNKNOWN && !change.out_of_budget)
		change = find_swept_repair(facts, budget, arena);
	if (change.kind == BODY_UNKNOWN && !change.out_of_budget)
		change = find_recoded(facts, budget, arena);
	if (change.kind == BODY_UNKNOWN && *budget <= facts->body.len)
		change.out_of_budget = true;
	return change;
}
