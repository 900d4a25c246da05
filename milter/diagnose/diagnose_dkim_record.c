/* DKIM: there is a text at the name of the key, and it is no usable key. What was it meant to be? The
 * repaired record counts as proven when its key made the signature. */
#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/key_fix.h"
#include "diagnose/key_probe.h"
#include "diagnose/key_text.h"
#include "diagnose/producers.h"
#include "diagnose/providers.h"
#include "diagnose/zone_shape.h"

#include <string.h>

enum { PROVIDERS_ASKED = 2 };

/* The pieces joined: in the order whose key made the signature, else in any that gives a key. */
static const char *joined_record(
	struct collection *collection, const struct signature_verdict *signature, bool *proven)
{
	const struct answer *answer = signature->key_answer;
	const char *any = NULL;

	*proven = false;
	for (size_t order = 0; answer != NULL && order < KEY_TEXT_ORDERS && !*proven; order++) {
		const char *joined = key_text_joined(answer, order, collection->arena);

		if (joined == NULL)
			continue;
		*proven = key_match_of(collection, signature, joined) == KEY_FITS;
		if (*proven || any == NULL)
			any = joined;
	}
	return any;
}

/* Which of several whole keys made the signature; their count when none did. */
static size_t fitting_record(
	struct collection *collection, const struct signature_verdict *signature, bool *pending)
{
	const struct answer *answer = signature->key_answer;

	for (size_t i = 0; i < answer->count; i++) {
		enum key_match match = key_match_of(collection, signature, answer->values[i].text);

		*pending = *pending || match == KEY_PENDING;
		if (match == KEY_FITS)
			return i;
	}
	return answer->count;
}

static void several_keys(struct collection *collection, const struct signature_verdict *signature)
{
	const struct answer *answer = signature->key_answer;
	bool japanese = collection->facts->language == LANGUAGE_JA, pending = answer == NULL;
	size_t count = answer == NULL ? 0 : answer->count;
	size_t right = answer == NULL ? 0 : fitting_record(collection, signature, &pending);
	bool found = right < count;
	const char *unknown = japanese  ? "どれが合うかは不明"
			      : pending ? "which of them is not known"
					: "none of them";

	cause_found(collection, CAUSE_DKIM_KEY_MULTIPLE_RECORDS,
		found ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG,
		DETAILS({"n", count > 0 ? arena_printf(collection->arena, "%zu", count) : "several"},
			{"ok", found ? arena_printf(collection->arena,
					       japanese ? "この署名に合うのは %zu 番目"
							: "number %zu fits this signature",
					       right + 1)
				     : unknown},
			{"fix", key_fix_txt(collection, signature->key_name,
					found ? answer->values[right].text : "v=DKIM1; k=rsa; p=…")}));
}

void signature_several_records_causes(
	struct collection *collection, const struct signature_verdict *signature)
{
	bool proven;
	const char *joined = joined_record(collection, signature, &proven);

	if (joined == NULL) {
		several_keys(collection, signature);
		return;
	}
	cause_found(collection, CAUSE_DKIM_KEY_SPLIT_ACROSS_RECORDS,
		proven ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG,
		DETAILS({"n", arena_printf(collection->arena, "%zu", signature->key_answer->count)},
			{"fix", key_fix_txt(collection, signature->key_name, joined)}));
}

/* The fault's words and the record as it should be, for the sentences of this group. */
static const char *fault_words(const struct signature_verdict *signature, struct arena *arena)
{
	switch (signature->key_fault) {
	case KEYFAULT_TOO_LARGE:
		return "too large";
	case KEYFAULT_NON_ASCII:
		return arena_printf(
			arena, "non-ASCII character at position %zu", signature->key_fault_position + 1);
	case KEYFAULT_FOREIGN:
		return "another kind of text";
	case KEYFAULT_SYNTAX:
		return strchr(signature->key_record, ',') != NULL &&
				       strchr(signature->key_record, ';') == NULL
			       ? "commas instead of semicolons"
			       : arena_printf(arena, "syntax error at position %zu",
					 signature->key_fault_position + 1);
	case KEYFAULT_DUPLICATE_TAG:
		return "a tag occurs twice";
	case KEYFAULT_NO_P:
		return "no p= tag";
	case KEYFAULT_ED25519_LENGTH:
		return "an Ed25519 key has 32 octets";
	case KEYFAULT_ED25519_WEAK:
		return "it would fit any message";
	case KEYFAULT_BASE64:
		return arena_printf(arena, "damaged at position %zu", signature->key_fault_position + 1);
	default:
		return signature->fault_text[0] != '\0' ? signature->fault_text : "unusable";
	}
}

static const struct {
	enum key_fault fault;
	enum cause cause;
} key_faults[] = {
	{KEYFAULT_QUOTES, CAUSE_DKIM_KEY_QUOTES_INSIDE}, {KEYFAULT_BACKSLASH, CAUSE_DKIM_KEY_BACKSLASH},
	{KEYFAULT_VERSION, CAUSE_DKIM_KEY_VERSION_WRONG}, {KEYFAULT_PEM, CAUSE_DKIM_KEY_PEM_PASTED},
	{KEYFAULT_PRIVATE, CAUSE_DKIM_KEY_PRIVATE_PUBLISHED}, {KEYFAULT_PKCS1, CAUSE_DKIM_KEY_PKCS1},
	{KEYFAULT_PLUS_LOST, CAUSE_DKIM_KEY_PLUS_LOST}, {KEYFAULT_BASE64, CAUSE_DKIM_KEY_BASE64_DAMAGED},
	{KEYFAULT_ED25519_WRAPPED, CAUSE_DKIM_KEY_ED25519_WRAPPED},
	{KEYFAULT_TRUNCATED, CAUSE_DKIM_KEY_TRUNCATED},
	{KEYFAULT_NONE, CAUSE_DKIM_KEY_RECORD_SYNTAX}, /* all others */
};

/* The name in "CNAME name", "IN CNAME name" or in a text that is nothing else; an empty span without. */
static struct span name_in(const char *record)
{
	struct span text = span_trim(span_of(record));
	const char *word = text_find(text.at, text.len, "CNAME ");
	struct span rest;

	if (word == NULL)
		return text;
	rest = span_trim((struct span){
		word + strlen("CNAME "), (size_t)(text.at + text.len - word) - strlen("CNAME ")});
	if (memchr(rest.at, '=', rest.len) != NULL || memchr(rest.at, '.', rest.len) == NULL ||
		memchr(rest.at, ' ', rest.len) != NULL)
		return (struct span){"", 0};
	return rest;
}

/* A wrong character in the middle of a key is damage, and nothing says that its end is missing. */
static bool is_damaged_inside(const char *p, struct arena *arena)
{
	struct base64 key = base64_decode(arena, p, strlen(p));

	return key.fault == BASE64_CHARACTER && key.position + 3 < strlen(p);
}

/* The same harm can show as another fault of the record. */
static enum key_fault fault_shown(const struct signature_verdict *signature, struct arena *arena)
{
	const char *record = signature->key_record;
	struct key_text_size size = key_text_size(signature->key_p, arena);
	bool cut = key_text_is_cut(strlen(record));

	switch (signature->key_fault) {
	case KEYFAULT_NO_P:
	case KEYFAULT_SYNTAX:
		return cut && signature->key_p[0] == '\0' && text_starts(record, "v=DKIM1")
			       ? KEYFAULT_TRUNCATED
			       : signature->key_fault;
	case KEYFAULT_TRUNCATED:
	case KEYFAULT_BASE64:
		if (is_damaged_inside(signature->key_p, arena))
			return KEYFAULT_BASE64;
		return size.need > size.have && (cut || size.need - size.have > 8) ? KEYFAULT_TRUNCATED
										   : KEYFAULT_BASE64;
	case KEYFAULT_NOT_RSA:
		return KEYFAULT_UNKNOWN_TYPE;
	case KEYFAULT_ED25519_LENGTH:
	case KEYFAULT_ED25519_WEAK:
		return KEYFAULT_BASE64;
	default:
		return signature->key_fault;
	}
}

static enum key_fault fault_meant(const struct signature_verdict *signature, struct arena *arena)
{
	if (strstr(signature->key_record, "-----BEGIN") != NULL)
		return strstr(signature->key_record, "PRIVATE") != NULL ? KEYFAULT_PRIVATE : KEYFAULT_PEM;
	if (text_find(signature->key_record, strlen(signature->key_record), "CNAME ") != NULL &&
		name_in(signature->key_record).len > 0)
		return KEYFAULT_HOST_NAME;
	return fault_shown(signature, arena);
}

static enum cause cause_of_fault(enum key_fault fault)
{
	size_t last = sizeof key_faults / sizeof key_faults[0] - 1, i = 0;

	while (i < last && key_faults[i].fault != fault)
		i++;
	return key_faults[i].cause;
}

void signature_key_type_cause(struct collection *collection, const char *type, enum confidence confidence)
{
	cause_found(collection, CAUSE_DKIM_KEY_TYPE_MISMATCH, confidence, DETAILS({"ktype", type}));
}

/* A TXT that holds the name which a CNAME should point to. */
static void pasted_name(struct collection *collection, const struct signature_verdict *signature)
{
	struct arena *arena = collection->arena;
	struct span name = name_in(signature->key_record);
	const char *target;
	struct key_probe probe;

	while (name.len > 0 && name.at[name.len - 1] == '.')
		name.len--;
	target = text_lower(arena, name.at, name.len);
	probe = key_probe(collection, signature, target);
	cause_found(collection, CAUSE_DKIM_KEY_CNAME_PASTED_AS_TXT,
		probe.match == KEY_FITS    ? CONFIDENCE_PROVEN
		: probe.match == KEY_OTHER ? CONFIDENCE_STRONG
					   : CONFIDENCE_LIKELY,
		DETAILS({"target", target}, {"fix", key_fix_cname(collection, signature->key_name, target)}));
}

/* Another text: of a wildcard, or put there by mistake. */
static bool is_wildcard(struct collection *collection, const struct signature_verdict *signature)
{
	bool pending = false, spf = text_starts(signature->key_record, "v=spf1");
	const char *above = strchr(signature->key_name, '.');
	enum known anything =
		signature->key_answer == NULL || above == NULL
			? KNOWN_NOT
			: zone_answers_anything(collection, above + 1, signature->key_answer, &pending);

	if (anything == KNOWN_NO || (anything == KNOWN_NOT && !spf))
		return false;
	cause_found(collection, CAUSE_DKIM_KEY_WILDCARD_TXT,
		anything == KNOWN_YES ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY, NULL);
	return true;
}

/* The record as it should be, and whether its key made the signature. */
struct repair {
	const char *record;
	bool proven;
};

/* A damaged key as a whole: as it verified here before, or as the provider publishes it. */
static struct repair whole_key(struct collection *collection, const struct signature_verdict *signature)
{
	const struct remembered_keys *keys = &collection->facts->remembered;
	struct name_list providers = providers_of(collection, signature);
	struct arena *arena = collection->arena;

	for (size_t i = 0; i < keys->count; i++)
		if (text_equal(keys->items[i].selector, signature->selector) &&
			text_equal(keys->items[i].domain, signature->domain_name) &&
			key_match_of_p(collection, keys->items[i].p) == KEY_FITS)
			return (struct repair){
				arena_printf(arena, "v=DKIM1; k=rsa; p=%s", keys->items[i].p), true};
	for (size_t i = 0; i < providers.count && i < PROVIDERS_ASKED; i++) {
		struct key_probe probe = key_probe(collection, signature,
			arena_printf(arena, "%s._domainkey.%s",
				text_lower(arena, signature->selector, strlen(signature->selector)),
				providers.names[i]));

		if (probe.match == KEY_FITS)
			return (struct repair){probe.record, true};
	}
	return (struct repair){"v=DKIM1; k=rsa; p=…", false};
}

static struct repair repair_of(
	struct collection *collection, const struct signature_verdict *signature, enum key_fault fault)
{
	struct repair repair = {.record = key_text_repaired(signature, collection->arena)};

	if ((fault == KEYFAULT_TRUNCATED || fault == KEYFAULT_BASE64) &&
		signature_is_searched(collection, signature))
		return whole_key(collection, signature);
	/* The key may be the published one: it was never tried. */
	repair.proven =
		key_match_of_p(collection, key_text_tag(repair.record, "p", collection->arena)) == KEY_FITS;
	return repair;
}

void signature_record_causes(struct collection *collection, const struct signature_verdict *signature)
{
	enum key_fault fault = fault_meant(signature, collection->arena);
	struct arena *arena = collection->arena;
	struct key_text_size size = key_text_size(signature->key_p, arena);
	const char *type = key_text_tag(signature->key_record, "k", arena);
	struct repair repair;

	if (fault == KEYFAULT_FOREIGN && is_wildcard(collection, signature))
		return;
	if (fault == KEYFAULT_UNKNOWN_TYPE) {
		signature_key_type_cause(collection, type[0] != '\0' ? type : "non-RSA", CONFIDENCE_STRONG);
		return;
	}
	if (fault == KEYFAULT_HOST_NAME) {
		pasted_name(collection, signature);
		return;
	}
	repair = repair_of(collection, signature, fault);
	cause_found(collection, cause_of_fault(fault), repair.proven ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG,
		DETAILS({"detail", fault_words(signature, arena)},
			{"value", key_text_tag(signature->key_record, "v", arena)},
			{"len", arena_printf(arena, "%zu", strlen(signature->key_record))},
			{"have", arena_printf(arena, "%zu", size.have)},
			{"need", size.need > 0 ? arena_printf(arena, "%zu", size.need) : "294"},
			{"fix", key_fix_txt(collection, signature->key_name, repair.record)}));
}
