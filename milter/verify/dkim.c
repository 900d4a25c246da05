#include "verify/dkim.h"

#include "base/arena.h"
#include "dns/dns.h"
#include "message/header_list.h"
#include "settings/settings.h"
#include "verify/libraries.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

static bool is_signature(const struct header_field *field)
{
	return header_field_is(field, "DKIM-Signature");
}

static void collect(struct signatures *signatures)
{
	const struct work *work = signatures->work;

	for (size_t i = 0; i < work->header->count; i++)
		signatures->count += is_signature(&work->header->fields[i]);
	signatures->items = arena_array(work->arena, signatures->count, sizeof *signatures->items);
	for (size_t i = 0, n = 0; i < work->header->count; i++)
		if (is_signature(&work->header->fields[i]))
			signature_prefilter(&signatures->items[n++], work, i);
}

static void feed_text(DKIM *opendkim, char *text, size_t len)
{
	/* A field that the library refuses (odd octets in the name) is only missing when signed. */
	(void)dkim_header(opendkim, (u_char *)text, len);
}

static void feed_field(const struct signatures *signatures, const struct header_field *field)
{
	size_t name_len = strlen(field->name), len = name_len + 1 + field->value_len;
	char *text = arena_alloc(signatures->work->arena, len + 1);

	memcpy(text, field->name, name_len);
	text[name_len] = ':';
	memcpy(text + name_len + 1, field->value, field->value_len);
	feed_text(signatures->opendkim, text, len);
}

/* What libopendkim needs to judge a signature's form. The field of our own goes first: the library writes one
 * slot too far when an h= names every field that it has and one more, so there is always one field that no
 * h= can name. */
static void feed_header(const struct signatures *signatures)
{
	const struct work *work = signatures->work;

	feed_text(signatures->opendkim, arena_text(work->arena, work->libraries->pad_field),
		strlen(work->libraries->pad_field));
	for (size_t i = 0; i < work->header->count; i++)
		if (header_field_is(&work->header->fields[i], "From"))
			feed_field(signatures, &work->header->fields[i]);
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].fed)
			feed_field(signatures, &work->header->fields[signatures->items[i].verdict.field]);
}

static size_t count_fed(const struct signatures *signatures)
{
	size_t fed = 0;

	for (size_t i = 0; i < signatures->count; i++)
		fed += signatures->items[i].fed;
	return fed;
}

/* The library lists the signatures in the order in which it was fed. */
static void match_signatures(struct signatures *signatures)
{
	DKIM_SIGINFO **list = NULL;
	int count = 0;

	if (dkim_getsiglist(signatures->opendkim, &list, &count) != DKIM_STAT_OK ||
		(size_t)count != count_fed(signatures))
		return;
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].fed)
			signatures->items[i].info = *list++;
}

static void start_library(struct signatures *signatures)
{
	DKIM_STAT status = DKIM_STAT_OK;

	signatures->opendkim =
		dkim_verify(signatures->work->libraries->opendkim, (const u_char *)"message", NULL, &status);
	if (signatures->opendkim == NULL)
		return;
	(void)dkim_set_user_context(signatures->opendkim, signatures);
	feed_header(signatures);
	/* Complaints about From are none of ours: the signature list tells whether it worked. */
	(void)dkim_eoh(signatures->opendkim);
	match_signatures(signatures);
}

static bool any_open_fed(const struct signatures *signatures)
{
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].open && signatures->items[i].fed)
			return true;
	return false;
}

static void want_bodies(struct signatures *signatures)
{
	for (size_t i = 0; i < signatures->count; i++) {
		const struct signature *signature = &signatures->items[i];

		if (signature->own || (signature->fed && signatures->opendkim != NULL))
			body_hashes_want(&signatures->bodies,
				signature->tags.relaxed_body ? CANON_RELAXED : CANON_SIMPLE,
				signature->tags.body_length, signatures->work->arena);
	}
}

struct signatures *signatures_begin(const struct work *work)
{
	struct signatures *signatures = arena_alloc(work->arena, sizeof *signatures);

	signatures->work = work;
	collect(signatures);
	signatures_choose(signatures);
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].open)
			dns_warm(work->dns, signatures->items[i].tags.key_name, RR_TXT);
	if (any_open_fed(signatures))
		start_library(signatures);
	want_bodies(signatures);
	return signatures;
}

unsigned signatures_questions(const struct signatures *signatures)
{
	unsigned count = 0;

	for (size_t i = 0; i < signatures->count; i++)
		count += signatures->items[i].open;
	return count;
}

bool signatures_want_body(const struct signatures *signatures)
{
	return signatures->bodies.count > 0 && !signatures->body_too_large;
}

void signatures_body(struct signatures *signatures, const char *octets, size_t len)
{
	uint64_t limit = (uint64_t)signatures->work->settings->max_body;

	if (len == 0 || !signatures_want_body(signatures))
		return;
	signatures->body_octets += len;
	if (limit != 0 && signatures->body_octets > limit)
		signatures->body_too_large = true;
	else
		body_hashes_add(&signatures->bodies, octets, len);
}

static void settle_open(struct signatures *signatures, enum signature_fault fault, const char *text)
{
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].open) {
			signature_settle(&signatures->items[i], fault, text);
			signatures->items[i].verdict.result = RESULT_TEMPERROR; /* our side's limits */
		}
}

static void judge_all(struct signatures *signatures)
{
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].open)
			signature_find_key(&signatures->items[i], signatures->work);
	body_hashes_end(&signatures->bodies);
	for (size_t i = 0; i < signatures->count; i++)
		signature_judge(&signatures->items[i], signatures);
}

void signatures_finish(struct signatures *signatures, struct verdicts *verdicts)
{
	struct signature_verdict *list =
		arena_array(signatures->work->arena, signatures->count, sizeof *list);

	if (signatures->body_too_large)
		settle_open(signatures, SIGFAULT_BODY_TOO_LARGE, "");
	else if (signatures->bodies.count > 0)
		judge_all(signatures);
	settle_open(signatures, SIGFAULT_LIBRARY, "libopendkim could not be started");
	for (size_t i = 0; i < signatures->count; i++)
		list[i] = signatures->items[i].verdict;
	verdicts->signatures = list;
	verdicts->signature_count = signatures->count;
	verdicts->body_too_large = signatures->body_too_large;
}

void signatures_end(struct signatures **signatures)
{
	if (signatures == NULL || *signatures == NULL)
		return;
	if ((*signatures)->opendkim != NULL)
		(void)dkim_free((*signatures)->opendkim);
	body_hashes_free(&(*signatures)->bodies);
	*signatures = NULL;
}
