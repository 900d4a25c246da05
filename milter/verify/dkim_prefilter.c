#include "verify/dkim.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "message/author.h"
#include "message/header_list.h"
#include "records/tag_list.h"
#include "settings/settings.h"
#include "verify/signed_content.h"
#include "verify/verify.h"

#include <string.h>

enum {
	CLOCK_DRIFT = 300, /* seconds; what others allow, too */
	NUMBER_DIGITS_LIBRARY = 18,
	SIGNATURES_FLOOD = 50 /* our limit, the most that max-signatures can be */
};

static bool could_align(const struct work *work, const char *domain)
{
	const char *author = work->author->domain.name;

	if (author[0] == '\0' || domain[0] == '\0')
		return false;
	if (strcmp(author, domain) == 0)
		return true;
	return strcmp(suffixes_organization(work->suffixes, author),
		       suffixes_organization(work->suffixes, domain)) == 0;
}

static bool has_8bit(const struct header_field *field)
{
	for (size_t i = 0; i < field->value_len; i++)
		if (((unsigned char)field->value[i] & 0x80) != 0)
			return true;
	return false;
}

/* libopendkim empties each tag whose name ends in "b" with "=" right behind it, where RFC 6376 section 3.7
 * has b= alone in mind, with white space or without. */
static bool has_trapping_name(const struct tag_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct span name = list->tags[i].name;
		bool is_b = name.len == 1 && name.at[0] == 'b';

		if (name.at[name.len - 1] == 'b' && is_b == list->tags[i].blank_behind_name)
			return true;
	}
	return false;
}

/* Times and lengths may have 76 digits (section 3.5); the library ends at 64 bits. */
static bool has_long_number(const struct tag_list *list)
{
	static const char *const names[] = {"t", "x", "l"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct tag *tag = tag_list_find(list, names[i]);

		if (tag != NULL && tag->value.len > NUMBER_DIGITS_LIBRARY)
			return true;
	}
	return false;
}

/* The local part of i= may hold an "@" in quotes or encoded (section 2.11); the library takes the first. */
static bool has_second_at(const struct signature_tags *tags)
{
	const char *last = strrchr(tags->identity, '@');

	if (last == NULL)
		return false;
	return strchr(tags->identity, '@') != last || strstr(tags->identity, "=40") != NULL;
}

/* A signature was not there yet when it was made: h= can mean only others (section 5.4). */
static bool signs_signatures(const struct signature_tags *tags)
{
	struct span at = span_of(tags->signed_fields), item;

	while (tag_item_next(&at, &item))
		if (span_is(item, "DKIM-Signature"))
			return true;
	return false;
}

/* Legal signatures that libopendkim cannot read or reads wrongly; also UTF-8 (RFC 8616). */
static bool is_beyond_library(
	const struct header_field *field, const struct tag_list *list, const struct signature_tags *tags)
{
	return has_8bit(field) || has_trapping_name(list) || has_long_number(list) || has_second_at(tags) ||
	       signs_signatures(tags);
}

static void settle_by_time(struct signature *signature, int64_t now)
{
	const struct signature_tags *tags = &signature->tags;

	if (tags->expires_at >= 0 && tags->expires_at < now - CLOCK_DRIFT)
		signature_settle(signature, SIGFAULT_EXPIRED, "x");
	else if (tags->signed_at > now + CLOCK_DRIFT)
		signature_settle(signature, SIGFAULT_FUTURE, "t");
}

void signature_prefilter(struct signature *signature, const struct work *work, size_t field)
{
	const struct header_field *header_field = &work->header->fields[field];
	struct tag_list list;
	bool beyond_library;

	signature->tags =
		signature_tags_read_listed(work->arena, header_field->value, header_field->value_len, &list);
	signature->plain_key = "";
	signature->open = true;
	signature->verdict = signature_verdict_of(&signature->tags, field);
	signature->verdict.aligned_first = could_align(work, signature->tags.domain_name);
	if (signature->tags.fault != SIGFAULT_NONE) {
		signature_settle(signature, signature->tags.fault, signature->tags.fault_text);
		return;
	}
	settle_by_time(signature, work->now);
	if (signature->open && suffixes_has(work->suffixes, signature->tags.domain_name))
		signature_settle(signature, SIGFAULT_DOMAIN_IS_SUFFIX, signature->tags.domain);
	if (signature->open && signature->tags.sha1)
		signature_settle(signature, SIGFAULT_SHA1, signature->tags.algorithm);
	/* Settled ones whose form is good are fed all the same: a later h= may name dkim-signature. */
	beyond_library = is_beyond_library(header_field, &list, &signature->tags);
	signature->own = beyond_library && signature->open;
	signature->fed = !beyond_library && !signature->tags.sha1;
}

static size_t keep(struct signatures *signatures, size_t room, bool open, bool aligned)
{
	for (size_t i = 0; i < signatures->count; i++) {
		struct signature *signature = &signatures->items[i];

		if (!(signature->fed || signature->own) || signature->open != open)
			continue;
		if (open && signature->verdict.aligned_first != aligned)
			continue;
		if (room > 0) {
			room--;
			continue;
		}
		signature->fed = signature->own = false;
		if (open)
			signature_settle(signature, SIGFAULT_NOT_EVALUATED, "");
	}
	return room;
}

static size_t count_aligned(const struct signatures *signatures)
{
	size_t count = 0;

	for (size_t i = 0; i < signatures->count; i++)
		count += signatures->items[i].open && signatures->items[i].verdict.aligned_first;
	return count;
}

void signatures_choose(struct signatures *signatures)
{
	size_t room = (size_t)signatures->work->settings->max_signatures, left;

	/* Nobody signs his own mail that often: which of them to take would be a guess. */
	left = keep(signatures, count_aligned(signatures) > SIGNATURES_FLOOD ? 0 : room, true, true);
	(void)keep(signatures, left, true, false);
	(void)keep(signatures, room, false, false);
}
