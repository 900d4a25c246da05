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

static bool is_kept_back(const struct signatures *signatures, size_t field)
{
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].verdict.field == field)
			return !signatures->items[i].fed;
	return false;
}

/* The field of our own goes first: libopendkim writes one slot too far when an h= names every field
 * of the message and one more, so there is always one field that no h= can name. */
static void feed_header(const struct signatures *signatures)
{
	const struct work *work = signatures->work;
	struct arena *arena = work->arena;

	feed_text(signatures->opendkim, arena_text(arena, work->libraries->pad_field),
		strlen(work->libraries->pad_field));
	for (size_t i = 0; i < work->header->count; i++) {
		const struct header_field *field = &work->header->fields[i];
		size_t name_len = strlen(field->name), len = name_len + 1 + field->value_len;
		char *text;

		if (is_signature(field) && is_kept_back(signatures, i))
			continue;
		text = arena_alloc(arena, len + 1);
		memcpy(text, field->name, name_len);
		text[name_len] = ':';
		memcpy(text + name_len + 1, field->value, field->value_len);
		feed_text(signatures->opendkim, text, len);
	}
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

static void hash(void *receiver, const char *octets, size_t len)
{
	digest_stream_add(receiver, octets, len);
}

/* Those that libopendkim does not get. */
static void start_own(struct signatures *signatures)
{
	for (size_t i = 0; i < signatures->count; i++) {
		struct signature *signature = &signatures->items[i];

		if (!signature->own)
			continue;
		signature->body_digest = digest_stream_new(DIGEST_SHA256);
		signature->body.limit = signature->tags.body_length;
		signature->body.sink = hash;
		signature->body.receiver = signature->body_digest;
		signatures->any_own = true;
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
	start_own(signatures);
	return signatures;
}

bool signatures_want_body(const struct signatures *signatures)
{
	return (signatures->opendkim != NULL || signatures->any_own) && !signatures->body_too_large;
}

static void remember_last(struct signatures *signatures, const char *octets, size_t len)
{
	if (len >= 2)
		signatures->last[0] = octets[len - 2];
	else
		signatures->last[0] = signatures->last[1];
	signatures->last[1] = octets[len - 1];
}

static void feed_body(struct signatures *signatures, const char *octets, size_t len)
{
	remember_last(signatures, octets, len);
	for (size_t i = 0; i < signatures->count; i++) {
		struct signature *signature = &signatures->items[i];

		if (signature->own || (signature->fed && signature->tags.body_length >= 0))
			body_canon_add(&signature->body, octets, len);
	}
	if (signatures->opendkim != NULL)
		(void)dkim_body(signatures->opendkim, (u_char *)(uintptr_t)octets, len);
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
		feed_body(signatures, octets, len);
}

/* RFC 6376 section 3.4.3: a last line without CRLF has one. The library would give up. */
static void end_body(struct signatures *signatures)
{
	bool ends_well = signatures->last[0] == '\r' && signatures->last[1] == '\n';

	if (signatures->body_octets > 0 && !ends_well)
		feed_body(signatures, "\r\n", 2);
	if (signatures->opendkim != NULL)
		(void)dkim_eom(signatures->opendkim, NULL);
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
	end_body(signatures);
	for (size_t i = 0; i < signatures->count; i++) {
		if (signatures->items[i].fed && signatures->opendkim != NULL)
			signature_judge(&signatures->items[i], signatures);
		if (signatures->items[i].own && signatures->items[i].open)
			signature_judge_own(&signatures->items[i], signatures);
	}
}

void signatures_finish(struct signatures *signatures, struct verdicts *verdicts)
{
	struct signature_verdict *list =
		arena_array(signatures->work->arena, signatures->count, sizeof *list);

	if (signatures->body_too_large)
		settle_open(signatures, SIGFAULT_BODY_TOO_LARGE, "");
	else if (signatures->opendkim != NULL || signatures->any_own)
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
	for (size_t i = 0; i < (*signatures)->count; i++)
		digest_stream_free(&(*signatures)->items[i].body_digest);
	*signatures = NULL;
}
