#include "diagnose/body_change.h"

#include "base/arena.h"
#include "diagnose/body_lines.h"
#include "diagnose/body_recoded.h"
#include "diagnose/body_sweep.h"
#include "diagnose/body_transcode.h"
#include "diagnose/effort.h"
#include "message/mime.h"

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
	const struct body_facts *facts, const char *octets, size_t len, struct effort *effort)
{
	if (!effort_spend(effort, len))
		return (struct digest){.len = 0};
	return digest_of(facts->digest_kind, octets, len);
}

/* Is this what was signed, in the canonical form, cut at l=? */
static bool body_fits(const struct body_facts *facts, enum canon canon, struct span body,
	struct effort *effort, struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	struct buf canonical = canon_body(canon, body, arena);
	struct digest hash;

	if (facts->length >= 0 && (uint64_t)facts->length < canonical.len)
		canonical.len = (size_t)facts->length;
	hash = hash_within(facts, canonical.data, canonical.len, effort);
	arena_rewind(arena, mark);
	return digest_equal(&hash, &facts->signed_hash);
}

/* The body with LF only, in canonical form behind or before the line ends were taken for such. */
static bool hashed_with_lf(const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	struct buf canonical = canon_body(facts->canon, facts->body, arena);
	struct digest_stream *stream;
	struct digest before, behind;
	char *to = canonical.data;

	if (!effort_spend(effort, canonical.len + DIGEST_END_COST)) {
		arena_rewind(arena, mark);
		return false;
	}
	for (size_t from = 0; from < canonical.len;) {
		const char *cr = memchr(canonical.data + from, '\r', canonical.len - from);
		size_t len = cr == NULL ? canonical.len - from : (size_t)(cr - canonical.data) - from;

		memmove(to, canonical.data + from, len);
		to += len;
		from += len + (cr != NULL);
	}
	stream = digest_stream_new(facts->digest_kind);
	digest_stream_add(stream, canonical.data, (size_t)(to - canonical.data));
	before = digest_stream_now(stream);
	digest_stream_add(stream, "\r\n", 2);
	behind = digest_stream_end(stream);
	digest_stream_free(&stream);
	arena_rewind(arena, mark);
	return digest_equal(&before, &facts->signed_hash) || digest_equal(&behind, &facts->signed_hash);
}

/* The faults of signers, which have nothing to do with the way. */
static struct body_change find_signer_fault(
	const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	enum canon other = facts->canon == CANON_RELAXED ? CANON_SIMPLE : CANON_RELAXED;
	struct body_change change = body_change_none();
	struct digest nothing = digest_of(facts->digest_kind, "", 0),
		      line = digest_of(facts->digest_kind, "\r\n", 2);

	if (digest_equal(&nothing, &facts->signed_hash) || digest_equal(&line, &facts->signed_hash)) {
		change.kind = BODY_SIGNED_EMPTY;
	} else if (body_fits(facts, other, facts->body, effort, arena)) {
		change.kind = BODY_OTHER_CANON;
		change.from = canon_name(facts->canon);
		change.to = canon_name(other);
	} else if (hashed_with_lf(facts, effort, arena)) {
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
	const struct body_texts *texts, size_t number, struct effort *effort, struct arena *arena)
{
	struct body_variant variant = body_variant(number, texts, arena);
	size_t cost = variant.body.len == 0 ? 0 : texts->facts->body.len / 2;

	if (variant.kind != BODY_UNKNOWN)
		cost += (variant.kind == BODY_CHARSET ? 4 : 2) * variant.body.len;
	effort_charge(effort, cost);
	return variant;
}

/* One repair at a time. */
static struct body_change find_repair(
	const struct body_texts *texts, size_t from, size_t to, struct effort *effort, struct arena *arena)
{
	const struct body_facts *facts = texts->facts;

	for (size_t i = from; i < to && effort_exceeds(effort, facts->body.len); i++) {
		struct arena_mark mark = arena_mark(arena);
		struct body_variant variant = make_variant(texts, i, effort, arena);
		struct span body = {variant.body.data, variant.body.len};

		if (variant.kind != BODY_UNKNOWN && body_fits(facts, facts->canon, body, effort, arena))
			return of_variant(&variant);
		arena_rewind(arena, mark);
	}
	return body_change_none();
}

/* A repair with text added around it: both happened. The repair is reported, the text with it. */
static struct body_change find_swept_repair(
	const struct body_texts *texts, struct effort *effort, struct arena *arena)
{
	const struct body_facts *facts = texts->facts;

	for (size_t i = 0; i < body_variant_swept_count() && effort_exceeds(effort, facts->body.len); i++) {
		struct arena_mark mark = arena_mark(arena);
		struct body_variant variant = make_variant(texts, i, effort, arena);
		struct body_facts repaired = *facts;
		struct body_change change = body_change_none();

		repaired.body = (struct span){variant.body.data, variant.body.len};
		if (variant.kind != BODY_UNKNOWN && variant.sweep)
			change = body_sweep(&repaired, effort, arena);
		if (change.kind != BODY_UNKNOWN) {
			change.kind = variant.kind;
			change.from = variant.from;
			change.to = variant.to;
			return change;
		}
		arena_rewind(arena, mark);
	}
	return body_change_none();
}

struct recoded_search {
	const struct body_facts *facts;
	struct effort *effort;
	struct arena *arena;
};

/* The search ends without anything found when the effort does not reach. */
static bool fits_recoded(void *context, struct body_variant *variant)
{
	struct recoded_search *search = context;
	const struct body_facts *facts = search->facts;
	size_t cost = facts->body.len * RECODING_COST;
	struct span body = {variant->body.data, variant->body.len};

	if (!effort_spend(search->effort, cost)) {
		search->effort->octets = 0;
		variant->kind = BODY_UNKNOWN;
		return true;
	}
	return body_fits(facts, facts->canon, body, search->effort, search->arena);
}

/* Text that a list or a filter put into encoded parts, or into several. */
static struct body_change find_recoded(
	const struct body_texts *texts, struct effort *effort, struct arena *arena)
{
	struct recoded_search search = {texts->facts, effort, arena};
	struct recoded_visitor visitor = {fits_recoded, &search};
	const char *text = "";
	struct body_variant variant = body_recoded_find(texts, &visitor, &text, arena);
	struct body_change change = body_change_none();

	if (variant.kind != BODY_UNKNOWN) {
		change = of_variant(&variant);
		change.text = text;
	}
	return change;
}

/* A lone dot that was lost leaves no trace: one such line can be found, with the other dots doubled. */
static struct body_change find_lost_dot(
	const struct body_texts *texts, struct effort *effort, struct arena *arena)
{
	struct body_variant doubled = make_variant(texts, BODY_VARIANT_DOUBLE_DOTS, effort, arena);
	struct body_change change = body_change_none();

	for (int with = 0; with < 2 && change.kind == BODY_UNKNOWN; with++) {
		struct arena_mark mark = arena_mark(arena);
		struct body_facts facts = *texts->facts;
		struct body_search search;

		if (with > 0 && doubled.kind == BODY_UNKNOWN)
			break;
		if (with > 0)
			facts.body = (struct span){doubled.body.data, doubled.body.len};
		body_search_begin(&search, &facts, effort, arena);
		if (body_search_insertion(&search, "."))
			change.kind = BODY_DOTS;
		body_search_end(&search);
		arena_rewind(arena, mark);
	}
	return change;
}

/* A multipart without its last delimiter was cut, if the signer knew how to write one. */
static bool is_cut(const struct body_facts *facts, struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	struct mime mime = mime_of(facts->header, facts->body, arena);
	bool cut = mime.parts[0].boundary[0] != '\0' && !mime.parts[0].closed;

	arena_rewind(arena, mark);
	return cut;
}

/* What takes longer than one walk. */
static struct body_change search_on(
	const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	struct body_texts texts = body_texts_of(facts, arena);
	struct body_change change = find_repair(&texts, 0, BODY_VARIANTS_LIKELY, effort, arena);

	if (change.kind == BODY_UNKNOWN && effort_exceeds(effort, 0))
		change = body_sweep_inside(facts, effort, arena);
	if (change.kind == BODY_UNKNOWN && !change.out_of_budget)
		change = find_repair(&texts, BODY_VARIANTS_LIKELY, body_variant_count(), effort, arena);
	if (change.kind == BODY_UNKNOWN && effort_exceeds(effort, facts->body.len))
		change = find_recoded(&texts, effort, arena);
	if (change.kind == BODY_UNKNOWN && effort_exceeds(effort, facts->body.len))
		change = find_swept_repair(&texts, effort, arena);
	if (change.kind == BODY_UNKNOWN && effort_exceeds(effort, facts->body.len))
		change = find_lost_dot(&texts, effort, arena);
	return change;
}

struct body_change body_change_find(
	const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	struct body_change footer = body_sweep_footer(facts, effort, arena), change;

	/* Blank lines alone may be what another canonical form drops. */
	if (footer.kind != BODY_UNKNOWN && footer.text[0] != '\0')
		return footer;
	change = find_signer_fault(facts, effort, arena);
	if (change.kind == BODY_UNKNOWN)
		change = footer;
	if (change.kind == BODY_UNKNOWN && effort_exceeds(effort, 0))
		change = body_sweep_prefixes(facts, effort, arena);
	if (change.kind == BODY_UNKNOWN && effort_exceeds(effort, 0))
		change = search_on(facts, effort, arena);
	if (change.kind == BODY_UNKNOWN && !effort_exceeds(effort, facts->body.len))
		change.out_of_budget = true;
	if (change.kind == BODY_UNKNOWN)
		arena_rewind(arena, mark);
	if (change.kind == BODY_UNKNOWN && is_cut(facts, arena))
		change.kind = BODY_TRUNCATED;
	return change;
}
