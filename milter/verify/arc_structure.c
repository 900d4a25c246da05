/* The sets of a chain: complete, numbered 1 to N, chain validation values as they must be. */
#include "verify/arc.h"

#include "base/arena.h"
#include "base/buf.h"
#include "message/header_list.h"
#include "verify/verify.h"

#include <string.h>

enum { KINDS = 3, SEAL = 0, MESSAGE = 1, RESULTS = 2 };

static const char *const names[KINDS] = {"ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"};

static int kind_of(const struct header_field *field)
{
	for (int kind = 0; kind < KINDS; kind++)
		if (header_field_is(field, names[kind]))
			return kind;
	return -1;
}

static unsigned instance_of(const struct work *work, const struct header_field *field, int kind)
{
	if (kind == RESULTS)
		return arc_results_instance(work->arena, field->value, field->value_len);
	return arc_tags_instance(field->value, field->value_len);
}

static const struct header_field **place_of(struct arc_set *set, int kind)
{
	if (kind == SEAL)
		return &set->seal.field;
	return kind == MESSAGE ? &set->message.field : &set->results;
}

/* The instances of one kind as they stand in the message, oldest first: "1, 3, ?". */
static const char *instances_text(const struct work *work, int kind)
{
	struct buf text = buf_in(work->arena);

	for (size_t i = work->header->count; i > 0; i--) {
		const struct header_field *field = &work->header->fields[i - 1];
		unsigned instance;

		if (kind_of(field) != kind)
			continue;
		instance = instance_of(work, field, kind);
		if (text.len > 0)
			buf_text(&text, ", ");
		if (instance == 0)
			buf_char(&text, '?');
		else
			buf_printf(&text, "%u", instance);
	}
	return text.data;
}

/* Puts each field into its set. False when a number cannot be or is there twice. */
static bool place_fields(struct arc_chain *chain)
{
	const struct work *work = chain->work;

	for (size_t i = 0; i < work->header->count; i++) {
		const struct header_field *field = &work->header->fields[i];
		int kind = kind_of(field);
		unsigned instance = kind < 0 ? 0 : instance_of(work, field, kind);
		const struct header_field **place;

		if (kind < 0)
			continue;
		if (instance == 0 || instance > chain->verdict.set_count ||
			*(place = place_of(&chain->sets[instance - 1], kind)) != NULL) {
			arc_settle(chain, ARCFAULT_INSTANCES, instance, instances_text(work, kind));
			return false;
		}
		*place = field;
		if (kind == SEAL)
			chain->sets[instance - 1].seal.index = i;
		if (kind == MESSAGE)
			chain->sets[instance - 1].message.index = i;
	}
	return true;
}

static void check_complete(struct arc_chain *chain)
{
	for (unsigned i = 0; i < chain->verdict.set_count; i++)
		for (int kind = 0; kind < KINDS && chain->open; kind++)
			if (*place_of(&chain->sets[i], kind) == NULL)
				arc_settle(chain, ARCFAULT_FIELD_MISSING, i + 1, names[kind]);
}

static void read_signature(struct arc_chain *chain, unsigned instance, enum signature_form form)
{
	struct arc_set *set = &chain->sets[instance - 1];
	struct arc_signature *signature = form == FORM_ARC_SEAL ? &set->seal : &set->message;
	struct arena *arena = chain->work->arena;
	const char *name = names[form == FORM_ARC_SEAL ? SEAL : MESSAGE], *what;

	signature->key_text = "";
	signature->tags =
		signature_tags_read_as(form, arena, signature->field->value, signature->field->value_len);
	what = signature->tags.fault_text;
	if (form == FORM_ARC_MESSAGE &&
		!arc_tags_has_canon(signature->field->value, signature->field->value_len))
		arc_assume_canon(signature, true);
	if (signature->tags.fault == SIGFAULT_NONE && signature->tags.sha1) {
		signature->tags.fault = SIGFAULT_SHA1;
		what = signature->tags.algorithm;
	}
	if (signature->tags.fault != SIGFAULT_NONE && chain->open)
		arc_settle(chain, ARCFAULT_FIELD_BROKEN, instance,
			what[0] == '\0' ? name : arena_printf(arena, "%s: %s", name, what));
}

/* RFC 8617 section 5.2 steps 2 and 3C. */
static void check_validation(struct arc_chain *chain)
{
	unsigned newest = chain->verdict.set_count;
	bool failed = newest > 0 && chain->sets[newest - 1].cv == ARC_CV_FAIL;

	for (unsigned i = 1; i <= newest; i++) {
		const struct arc_set *set = &chain->sets[i - 1];

		if (set->cv == ARC_CV_FAIL && failed) /* the first that said so */
			arc_settle(chain, ARCFAULT_CV_FAIL, i, "");
		else if (set->cv != (i == 1 ? ARC_CV_NONE : ARC_CV_PASS))
			arc_settle(chain, ARCFAULT_CV, i, set->cv_text);
		if (!chain->open)
			return;
	}
}

static void read_sets(struct arc_chain *chain)
{
	struct arena *arena = chain->work->arena;
	struct arc_hop *hops = arena_array(arena, chain->verdict.set_count, sizeof *hops);

	for (unsigned i = 1; i <= chain->verdict.set_count; i++) {
		struct arc_set *set = &chain->sets[i - 1];

		read_signature(chain, i, FORM_ARC_SEAL);
		read_signature(chain, i, FORM_ARC_MESSAGE);
		set->cv =
			arc_tags_cv(arena, set->seal.field->value, set->seal.field->value_len, &set->cv_text);
		hops[i - 1].sealer = set->seal.tags.domain_name;
		hops[i - 1].results = arc_results_read(arena, set->results->value, set->results->value_len);
	}
	chain->verdict.hops = hops;
}

void arc_collect(struct arc_chain *chain)
{
	unsigned counts[KINDS] = {0}, most = 0;

	for (size_t i = 0; i < chain->work->header->count; i++) {
		int kind = kind_of(&chain->work->header->fields[i]);

		if (kind >= 0 && ++counts[kind] > most)
			most = counts[kind];
	}
	chain->verdict.set_count = most;
	chain->open = most > 0;
	if (most > ARC_SETS_MAX) {
		arc_settle(chain, ARCFAULT_TOO_MANY_SETS, 0, "");
		chain->verdict.limit = ARC_SETS_MAX;
	}
	if (!chain->open)
		return;
	chain->sets = arena_array(chain->work->arena, most, sizeof *chain->sets);
	if (!place_fields(chain))
		return;
	check_complete(chain);
	if (!chain->open)
		return;
	read_sets(chain);
	if (chain->open)
		check_validation(chain);
}
