#include "records/signature_tags.h"

#include "base/arena.h"
#include "base/domain.h"
#include "records/tag_list.h"

#include <string.h>

enum {
	SHA1_LEN = 20,
	SHA256_LEN = 32,
	ED25519_SIGNATURE_LEN = 64, /* RFC 8032 section 5.1.6 */
	NUMBER_DIGITS_MAX = 76,     /* RFC 6376 section 3.5, l= */
	NUMBER_DIGITS_EXACT = 18,   /* more are a number without practical end */
	RSA_OCTETS_MIN = 32         /* less is no RSA signature of any key in use, however weak */
};

struct reading {
	struct arena *arena;
	const struct tag_list *list;
	struct signature_tags *tags;
};

/* Each check returns false when it has set the fault. */
static bool set_fault(struct reading *r, enum signature_fault fault, const char *text)
{
	r->tags->fault = fault;
	r->tags->fault_text = text;
	return false;
}

static const char *joined(struct reading *r, const char *name)
{
	const struct tag *tag = tag_list_find(r->list, name);

	return tag == NULL ? "" : tag_value_joined(r->arena, tag->value);
}

/* Inner white space kept: it makes a name unusable, and that shall be seen. */
static const char *written(struct reading *r, const char *name)
{
	const struct tag *tag = tag_list_find(r->list, name);

	return tag == NULL ? "" : span_text(r->arena, tag->value);
}

static void read_texts(struct reading *r)
{
	struct signature_tags *tags = r->tags;
	const char *at;

	tags->domain = written(r, "d");
	tags->selector = written(r, "s");
	tags->identity = joined(r, "i");
	at = strrchr(tags->identity, '@');
	tags->identity_domain = at == NULL ? tags->domain : at + 1;
	tags->algorithm = joined(r, "a");
	tags->canonicalization = tag_list_find(r->list, "c") == NULL ? "simple/simple" : joined(r, "c");
	tags->signature_b64 = joined(r, "b");
	tags->body_hash_b64 = joined(r, "bh");
	tags->signed_fields = joined(r, "h");
	tags->copied_fields = written(r, "z");
}

static bool check_list(struct reading *r)
{
	const char *piece = span_text(r->arena, r->list->fault_piece);

	switch (r->list->fault) {
	case TAGLIST_GOOD:
		return true;
	case TAGLIST_SYNTAX:
		return set_fault(r, SIGFAULT_SYNTAX, piece);
	case TAGLIST_DUPLICATE:
		return set_fault(r, SIGFAULT_DUPLICATE_TAG, piece);
	case TAGLIST_TOO_MANY:
		break;
	}
	return set_fault(r, SIGFAULT_TOO_LARGE, "more than 32 tags");
}

/* RFC 8616 section 5: names and i= may be UTF-8, what is copied into z= and tags nobody knows may be
 * anything; the rest stays ASCII. */
static bool check_ascii(struct reading *r)
{
	static const char *const known[] = {"v", "a", "b", "bh", "c", "h", "l", "q", "t", "x", "cv"};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		const struct tag *tag = tag_list_find(r->list, known[i]);

		for (size_t at = 0; tag != NULL && at < tag->value.len; at++)
			if (((unsigned char)tag->value.at[at] & 0x80) != 0)
				return set_fault(r, SIGFAULT_SYNTAX, span_text(r->arena, tag->value));
	}
	return true;
}

static bool read_number(struct reading *r, const char *name, int64_t *number)
{
	const struct tag *tag = tag_list_find(r->list, name);
	unsigned long value;

	*number = -1;
	if (tag == NULL)
		return true;
	if (tag->value.len == 0 || tag->value.len > NUMBER_DIGITS_MAX)
		return set_fault(r, SIGFAULT_SYNTAX, name);
	for (size_t i = 0; i < tag->value.len; i++)
		if (!text_is_digit(tag->value.at[i]))
			return set_fault(r, SIGFAULT_SYNTAX, name);
	*number = INT64_MAX;
	if (tag->value.len <= NUMBER_DIGITS_EXACT && span_number(tag->value, INT64_MAX, &value))
		*number = (int64_t)value;
	return true;
}

static bool check_numbers(struct reading *r)
{
	return read_number(r, "t", &r->tags->signed_at) && read_number(r, "x", &r->tags->expires_at) &&
	       read_number(r, "l", &r->tags->body_length);
}

static bool require(struct reading *r, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct tag *tag = tag_list_find(r->list, names[i]);

		if (tag == NULL || tag->value.len == 0)
			return set_fault(r, SIGFAULT_MISSING_TAG, names[i]);
	}
	return true;
}

static bool check_required(struct reading *r)
{
	static const char *const names[] = {"v", "a", "b", "bh", "d", "h", "s"};

	return require(r, names, sizeof names / sizeof names[0]);
}

/* An empty h= is legal in ARC (RFC 8617's own test suite has one). */
static bool check_required_of_message(struct reading *r)
{
	static const char *const names[] = {"a", "b", "bh", "d", "s"};

	if (!require(r, names, sizeof names / sizeof names[0]))
		return false;
	return tag_list_find(r->list, "h") != NULL || set_fault(r, SIGFAULT_MISSING_TAG, "h");
}

static bool check_required_of_seal(struct reading *r)
{
	static const char *const names[] = {"a", "b", "d", "s"};

	return require(r, names, sizeof names / sizeof names[0]);
}

static bool check_version(struct reading *r)
{
	const char *version = written(r, "v");

	return strcmp(version, "1") == 0 || set_fault(r, SIGFAULT_VERSION, version);
}

static bool check_algorithm(struct reading *r)
{
	struct signature_tags *tags = r->tags;

	tags->sha1 = text_equal(tags->algorithm, "rsa-sha1");
	tags->ed25519 = text_equal(tags->algorithm, "ed25519-sha256");
	tags->digest_len = tags->sha1 ? SHA1_LEN : SHA256_LEN;
	if (tags->sha1 || tags->ed25519 || text_equal(tags->algorithm, "rsa-sha256"))
		return true;
	return set_fault(r, SIGFAULT_ALGORITHM, tags->algorithm);
}

static bool canonicalization_is(struct span word, bool *relaxed)
{
	*relaxed = span_is(word, "relaxed");
	return *relaxed || span_is(word, "simple");
}

static bool check_canonicalization(struct reading *r)
{
	const char *text = r->tags->canonicalization, *slash = strchr(text, '/');
	struct span header = span_of(text), body = span_of("simple");

	if (slash != NULL) {
		header.len = (size_t)(slash - text);
		body = span_of(slash + 1);
	}
	if (canonicalization_is(header, &r->tags->relaxed_header) &&
		canonicalization_is(body, &r->tags->relaxed_body))
		return true;
	return set_fault(r, SIGFAULT_CANONICALIZATION, text);
}

/* Unknown methods are ignored, but dns/txt must be among them. */
static bool check_query(struct reading *r)
{
	const struct tag *tag = tag_list_find(r->list, "q");
	struct span at, item;

	if (tag == NULL)
		return true;
	at = tag->value;
	while (tag_item_next(&at, &item))
		if (span_is(item, "dns/txt") || span_is(item, "dns"))
			return true;
	return set_fault(r, SIGFAULT_QUERY_METHOD, span_text(r->arena, tag->value));
}

/* Also for a signature with an earlier fault: whose it would be is worth knowing. */
static void read_names(struct reading *r)
{
	struct signature_tags *tags = r->tags;
	struct domain domain = domain_of(r->arena, tags->domain, strlen(tags->domain)), selector;
	const char *name;

	if (domain_labels(domain.name) < 2 || domain_is_address(domain.name))
		return;
	tags->domain_name = domain.name;
	selector = domain_of(r->arena, tags->selector, strlen(tags->selector));
	if (selector.name[0] == '\0')
		return;
	name = arena_printf(r->arena, "%s._domainkey.%s", selector.name, domain.name);
	tags->key_name = domain_of(r->arena, name, strlen(name)).name;
}

static bool check_names(struct reading *r)
{
	const struct signature_tags *tags = r->tags;

	if (tags->domain_name[0] == '\0')
		return set_fault(r, SIGFAULT_DOMAIN, tags->domain);
	return tags->key_name[0] != '\0' || set_fault(r, SIGFAULT_SELECTOR, tags->selector);
}

/* RFC 6376 section 2.11. */
static bool is_quoted_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '=' && (!text_is_hex(text[1]) || !text_is_hex(text[2])))
			return false;
	return true;
}

static bool check_identity(struct reading *r)
{
	struct signature_tags *tags = r->tags;
	struct domain domain;

	if (tag_list_find(r->list, "i") == NULL)
		return true;
	if (strlen(tags->identity) > IDENTITY_MAX || strchr(tags->identity, '@') == NULL ||
		!is_quoted_printable(tags->identity))
		return set_fault(r, SIGFAULT_IDENTITY, tags->identity);
	domain = domain_of(r->arena, tags->identity_domain, strlen(tags->identity_domain));
	if (domain.name[0] == '\0')
		return set_fault(r, SIGFAULT_IDENTITY, tags->identity);
	if (!domain_is_below(domain.name, tags->domain_name))
		return set_fault(r, SIGFAULT_IDENTITY_OUTSIDE_DOMAIN, tags->identity_domain);
	return true;
}

static bool check_signed_fields(struct reading *r)
{
	struct span at = tag_list_find(r->list, "h")->value, item;
	bool has_from = false;
	size_t count = 0;

	while (tag_item_next(&at, &item)) {
		has_from |= span_is(item, "from");
		count++;
	}
	if (count > SIGNED_FIELDS_MAX)
		return set_fault(r, SIGFAULT_TOO_LARGE, "more than 256 names in h=");
	return has_from || set_fault(r, SIGFAULT_FROM_NOT_SIGNED, "h");
}

/* RFC 8617 section 4.1.2: a seal covers the signatures, not the other way round. */
static bool check_fields_of_message(struct reading *r)
{
	struct span at = tag_list_find(r->list, "h")->value, item;
	size_t count = 0;

	while (tag_item_next(&at, &item)) {
		if (span_is(item, "ARC-Seal"))
			return set_fault(r, SIGFAULT_SYNTAX, "h");
		count++;
	}
	return count <= SIGNED_FIELDS_MAX || set_fault(r, SIGFAULT_TOO_LARGE, "more than 256 names in h=");
}

/* RFC 8617 section 4.1.3. */
static bool check_no_fields(struct reading *r)
{
	return tag_list_find(r->list, "h") == NULL || set_fault(r, SIGFAULT_SYNTAX, "h");
}

static bool check_signature(struct reading *r)
{
	struct signature_tags *tags = r->tags;
	struct base64 b = base64_decode(r->arena, tags->signature_b64, strlen(tags->signature_b64));

	tags->signature = b.octets;
	if (b.fault != BASE64_GOOD || (tags->ed25519 && b.octets.len != ED25519_SIGNATURE_LEN) ||
		(!tags->ed25519 && b.octets.len < RSA_OCTETS_MIN))
		return set_fault(r, SIGFAULT_B_CORRUPT, "b");
	return true;
}

static bool check_digests(struct reading *r)
{
	struct signature_tags *tags = r->tags;
	struct base64 bh = base64_decode(r->arena, tags->body_hash_b64, strlen(tags->body_hash_b64));

	tags->body_hash = bh.octets;
	if (!check_signature(r))
		return false;
	if (bh.fault != BASE64_GOOD || bh.octets.len != tags->digest_len)
		return set_fault(r, SIGFAULT_BODY_HASH_CORRUPT, "bh");
	return true;
}

static bool check_times(struct reading *r)
{
	const struct signature_tags *tags = r->tags;

	if (tags->signed_at < 0 || tags->expires_at < 0 || tags->expires_at > tags->signed_at)
		return true;
	return set_fault(r, SIGFAULT_EXPIRES_BEFORE_SIGNED, "x");
}

static bool (*const dkim_checks[])(struct reading *) = {check_list, check_ascii, check_numbers,
	check_required, check_version, check_algorithm, check_canonicalization, check_query, check_names,
	check_identity, check_signed_fields, check_digests, check_times, NULL};

static bool (*const arc_message_checks[])(struct reading *) = {check_list, check_ascii, check_numbers,
	check_required_of_message, check_algorithm, check_canonicalization, check_query, check_names,
	check_fields_of_message, check_digests, check_times, NULL};

static bool (*const arc_seal_checks[])(struct reading *) = {check_list, check_ascii, check_numbers,
	check_required_of_seal, check_no_fields, check_algorithm, check_names, check_signature, NULL};

static bool (*const *const checks_of_form[])(struct reading *) = {[FORM_DKIM] = dkim_checks,
	[FORM_ARC_MESSAGE] = arc_message_checks,
	[FORM_ARC_SEAL] = arc_seal_checks};

static struct signature_tags read_tags(
	enum signature_form form, struct arena *arena, const char *value, size_t len, struct tag_list *list)
{
	struct signature_tags tags = {.fault_text = "",
		.domain_name = "",
		.key_name = "",
		.signed_at = -1,
		.expires_at = -1,
		.body_length = -1};
	struct reading r = {.arena = arena, .list = list, .tags = &tags};

	if (len <= SIGNATURE_MAX)
		*list = tag_list_read_utf8(value, len);
	else
		*list = (struct tag_list){.count = 0};
	read_texts(&r);
	read_names(&r);
	if (len > SIGNATURE_MAX) {
		(void)set_fault(&r, SIGFAULT_TOO_LARGE, "more than 8192 octets");
		return tags;
	}
	for (size_t i = 0; checks_of_form[form][i] != NULL; i++)
		if (!checks_of_form[form][i](&r))
			break;
	return tags;
}

struct signature_tags signature_tags_read_as(
	enum signature_form form, struct arena *arena, const char *value, size_t len)
{
	struct tag_list list;

	return read_tags(form, arena, value, len, &list);
}

struct signature_tags signature_tags_read(struct arena *arena, const char *value, size_t len)
{
	return signature_tags_read_as(FORM_DKIM, arena, value, len);
}

struct signature_tags signature_tags_read_listed(
	struct arena *arena, const char *value, size_t len, struct tag_list *list)
{
	return read_tags(FORM_DKIM, arena, value, len, list);
}
