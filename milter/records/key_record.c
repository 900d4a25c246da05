#include "records/key_record.h"

#include "base/arena.h"
#include "base/domain.h"
#include "records/rsa_key.h"
#include "records/tag_list.h"

#include <string.h>

enum { FAULT_TEXT_MAX = 60, DAMAGE_MAX = 8 };

struct reading {
	struct arena *arena;
	const char *text;
	size_t len;
	struct key_record *key;
};

static bool set_fault(struct reading *r, enum key_fault fault, size_t position, size_t piece_len)
{
	size_t left = r->len - position;

	piece_len = piece_len < left ? piece_len : left;
	r->key->fault = fault;
	r->key->fault_position = position;
	r->key->fault_text = arena_copy(
		r->arena, r->text + position, piece_len < FAULT_TEXT_MAX ? piece_len : FAULT_TEXT_MAX);
	return false;
}

static bool set_fault_at(struct reading *r, enum key_fault fault, struct span piece)
{
	return set_fault(r, fault, (size_t)(piece.at - r->text), piece.len);
}

/* The piece up to the next semicolon. */
static struct span segment_at(const struct reading *r, size_t at)
{
	const char *semicolon = memchr(r->text + at, ';', r->len - at);

	return (struct span){
		r->text + at, semicolon == NULL ? r->len - at : (size_t)(semicolon - r->text) - at};
}

/* Does the piece begin with "name="? Case does not matter here: this only recognises. */
static bool segment_has_name(struct span segment, const char *name)
{
	size_t len = strlen(name);

	segment = span_trim(segment);
	if (segment.len <= len || !text_equal_n(segment.at, name, len))
		return false;
	segment.at += len;
	segment.len -= len;
	segment = span_trim(segment);
	return segment.len > 0 && segment.at[0] == '=';
}

/* Quotation marks and backslashes are legal in notes (n=) only. */
static bool check_octets(struct reading *r)
{
	for (size_t at = 0; at < r->len; at++)
		if (!text_is_printable(r->text[at]) && !text_is_space(r->text[at]))
			return set_fault(r, KEYFAULT_NON_ASCII, at, 1);
	for (size_t at = 0; at < r->len;) {
		struct span segment = segment_at(r, at);
		size_t len = segment_has_name(segment, "n") ? 0 : segment.len;

		for (size_t i = 0; i < len; i++) {
			if (segment.at[i] == '"')
				return set_fault(r, KEYFAULT_QUOTES, at + i, 1);
			if (segment.at[i] == '\\')
				return set_fault(r, KEYFAULT_BACKSLASH, at + i, 2);
		}
		at += segment.len + 1;
	}
	return true;
}

static bool has_key_tag(const struct reading *r)
{
	static const char *const names[] = {"p", "k", "h", "s", "t", "n", "g"};

	for (size_t at = 0; at < r->len;) {
		struct span segment = segment_at(r, at);

		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			if (segment_has_name(segment, names[i]))
				return true;
		at += segment.len + 1;
	}
	return false;
}

static bool is_host_name(const struct reading *r, struct span text)
{
	struct domain domain = domain_of(r->arena, text.at, text.len);

	return domain_labels(domain.name) >= 2;
}

/* Nothing of a key record: SPF, a token of some service, a CNAME target; or a bare key. */
static bool check_kind(struct reading *r)
{
	struct span all = span_trim((struct span){r->text, r->len}), word;

	if (segment_has_name(all, "v")) {
		word = segment_at(r, (size_t)(strchr(all.at, '=') - r->text) + 1);
		word = span_trim(word);
		if (word.len >= 4 && text_equal_n(word.at, "dkim", 4))
			return true;
		return set_fault_at(r, KEYFAULT_FOREIGN, all);
	}
	if (has_key_tag(r))
		return true;
	if (all.len >= 3 && memcmp(all.at, "MII", 3) == 0)
		return set_fault_at(r, KEYFAULT_NO_P, all);
	return set_fault_at(r, is_host_name(r, all) ? KEYFAULT_HOST_NAME : KEYFAULT_FOREIGN, all);
}

static bool check_version(struct reading *r, const struct tag_list *tags)
{
	const struct tag *v = tag_list_find(tags, "v");

	if (v == NULL || (v == &tags->tags[0] && v->value.len == 5 && memcmp(v->value.at, "DKIM1", 5) == 0))
		return true;
	if (v->value.len > 5 && memcmp(v->value.at, "DKIM1", 5) == 0 && !text_is_alnum(v->value.at[5]))
		return set_fault_at(r, KEYFAULT_SYNTAX, (struct span){v->value.at + 5, v->value.len - 5});
	return set_fault_at(r, KEYFAULT_VERSION, v->value);
}

/* These values hold words and colons; a comma or "=" inside means that the separator was wrong. */
static bool check_words(struct reading *r, const struct tag_list *tags)
{
	static const char *const names[] = {"k", "h", "s", "t"};

	for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
		const struct tag *tag = tag_list_find(tags, names[n]);

		for (size_t i = 0; tag != NULL && i < tag->value.len; i++)
			if (strchr(",=", tag->value.at[i]) != NULL)
				return set_fault(r, KEYFAULT_SYNTAX, (size_t)(tag->value.at - r->text) + i,
					tag->value.len - i);
	}
	return true;
}

static bool check_tags(struct reading *r, const struct tag_list *tags)
{
	if (!check_version(r, tags) || !check_words(r, tags))
		return false;
	if (tags->fault == TAGLIST_DUPLICATE)
		return set_fault_at(r, KEYFAULT_DUPLICATE_TAG, tags->fault_piece);
	if (tags->fault != TAGLIST_GOOD)
		return set_fault(r, KEYFAULT_SYNTAX, tags->fault_position, FAULT_TEXT_MAX);
	if (tag_list_find(tags, "p") == NULL)
		return set_fault(r, KEYFAULT_NO_P, 0, r->len);
	return true;
}

static bool list_has(const char *list, const char *word)
{
	struct span at = span_of(list), item;

	while (tag_item_next(&at, &item))
		if (span_is(item, word))
			return true;
	return false;
}

static const char *value_text(struct reading *r, const struct tag_list *tags, const char *name)
{
	const struct tag *tag = tag_list_find(tags, name);

	return tag == NULL ? "" : tag_value_joined(r->arena, tag->value);
}

static bool read_words(struct reading *r, const struct tag_list *tags)
{
	struct key_record *key = r->key;
	const struct tag *k = tag_list_find(tags, "k");
	const char *flags = value_text(r, tags, "t");

	key->hashes = value_text(r, tags, "h");
	key->services = value_text(r, tags, "s");
	key->testing = list_has(flags, "y");
	key->strict = list_has(flags, "s");
	key->p = value_text(r, tags, "p");
	key->revoked = key->p[0] == '\0';
	if (k == NULL)
		return true;
	key->type_text = span_text(r->arena, k->value);
	if (strcmp(key->type_text, "rsa") == 0)
		return true;
	key->type = strcmp(key->type_text, "ed25519") == 0 ? KEYTYPE_ED25519 : KEYTYPE_UNKNOWN;
	return key->type != KEYTYPE_UNKNOWN || set_fault_at(r, KEYFAULT_UNKNOWN_TYPE, k->value);
}

/* "+" becomes a blank when a key is pasted through a web form. */
static bool lost_its_plus(struct reading *r, struct span p)
{
	char *repaired = span_text(r->arena, p);
	struct base64 decoded;

	for (size_t i = 0; i < p.len; i++)
		if (repaired[i] == ' ')
			repaired[i] = '+';
	decoded = base64_decode(r->arena, repaired, p.len);
	return decoded.fault == BASE64_GOOD && rsa_key_read(decoded.octets).kind == RSAKEY_GOOD;
}

/* Octet counts at which panels and DNS strings cut. */
static bool is_panel_limit(size_t len)
{
	return len == 127 || len == 128 || (len >= 254 && len <= 256);
}

static bool check_rsa(struct reading *r, struct span p, const struct base64 *decoded)
{
	struct rsa_key rsa = rsa_key_read(decoded->octets);
	bool good_base64 = decoded->fault != BASE64_CHARACTER;

	if (rsa.kind == RSAKEY_PRIVATE)
		return set_fault_at(r, KEYFAULT_PRIVATE, p);
	if (rsa.kind == RSAKEY_PKCS1 && decoded->fault == BASE64_GOOD)
		return set_fault_at(r, KEYFAULT_PKCS1, p);
	if (rsa.kind == RSAKEY_GOOD && decoded->fault == BASE64_GOOD) {
		r->key->bits = rsa.bits;
		return true;
	}
	if (lost_its_plus(r, p))
		return set_fault_at(r, KEYFAULT_PLUS_LOST, p);
	if (rsa.kind == RSAKEY_CUT && good_base64 &&
		(rsa.announced - decoded->octets.len > DAMAGE_MAX || is_panel_limit(r->len)))
		return set_fault_at(r, KEYFAULT_TRUNCATED, p);
	if (decoded->fault == BASE64_GOOD &&
		(rsa.kind == RSAKEY_OTHER_TYPE || decoded->octets.len == ED25519_KEY_LEN))
		return set_fault_at(r, KEYFAULT_NOT_RSA, p);
	return set_fault_at(r, KEYFAULT_BASE64, p);
}

static bool check_ed25519(struct reading *r, struct span p, const struct base64 *decoded)
{
	static const uint8_t wrapper[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};

	if (decoded->fault != BASE64_GOOD)
		return set_fault_at(r, KEYFAULT_BASE64, p);
	if (decoded->octets.len > sizeof wrapper && memcmp(decoded->octets.at, wrapper, sizeof wrapper) == 0)
		return set_fault_at(r, KEYFAULT_ED25519_WRAPPED, p);
	if (decoded->octets.len != ED25519_KEY_LEN)
		return set_fault_at(r, KEYFAULT_ED25519_LENGTH, p);
	if (ed25519_key_is_weak(decoded->octets.at))
		return set_fault_at(r, KEYFAULT_ED25519_WEAK, p);
	r->key->bits = ED25519_KEY_LEN * 8;
	return true;
}

static bool check_key(struct reading *r, const struct tag_list *tags)
{
	struct span p = tag_list_find(tags, "p")->value;
	struct base64 decoded;

	if (r->key->revoked)
		return true;
	if (memchr(p.at, ' ', p.len) != NULL || memchr(p.at, '-', p.len) != NULL) { /* else none of these */
		if (text_find(p.at, p.len, "PRIVATE KEY") != NULL)
			return set_fault_at(r, KEYFAULT_PRIVATE, p);
		if (text_find(p.at, p.len, "-BEGIN") != NULL || text_find(p.at, p.len, "PUBLIC KEY") != NULL)
			return set_fault_at(r, KEYFAULT_PEM, p);
	}
	decoded = base64_decode(r->arena, r->key->p, strlen(r->key->p));
	r->key->octets = decoded.octets;
	return r->key->type == KEYTYPE_ED25519 ? check_ed25519(r, p, &decoded) : check_rsa(r, p, &decoded);
}

struct key_record key_record_read(struct arena *arena, const char *text, size_t len)
{
	struct key_record key = {.fault_text = "", .type_text = "rsa", .hashes = "", .services = "", .p = ""};
	struct reading r = {.arena = arena, .text = arena_copy(arena, text, len), .len = len, .key = &key};
	struct tag_list tags;

	if (len > KEY_RECORD_MAX) {
		(void)set_fault(&r, KEYFAULT_TOO_LARGE, KEY_RECORD_MAX, 0);
		return key;
	}
	if (!check_octets(&r) || !check_kind(&r))
		return key;
	tags = tag_list_read(r.text, r.len);
	(void)(check_tags(&r, &tags) && read_words(&r, &tags) && check_key(&r, &tags));
	return key;
}

bool key_record_allows_hash(const struct key_record *key, const char *hash)
{
	return key->hashes[0] == '\0' || list_has(key->hashes, hash);
}

bool key_record_serves_email(const struct key_record *key)
{
	return key->services[0] == '\0' || list_has(key->services, "*") || list_has(key->services, "email");
}

char *key_record_plain(const struct key_record *key, struct arena *arena)
{
	return arena_printf(arena, "v=DKIM1;k=%s;p=%s", key->type_text, base64_encode(arena, key->octets));
}
