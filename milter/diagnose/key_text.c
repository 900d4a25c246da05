#include "diagnose/key_text.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/text.h"

#include <string.h>

enum { JOIN_MAX = 4, SPKI_BASE64_SKIP = 16 };

/* Base64 of the DER object identifier of Ed25519 with the SubjectPublicKeyInfo around it: 12 octets. */
static const char ed25519_wrapper[] = "MCowBQYDK2VwAyEA";

bool key_text_is_key(const char *text)
{
	size_t len = strlen(text);

	return text_find(text, len, "v=DKIM1") != NULL || text_find(text, len, "k=ed25519") != NULL ||
	       (text_find(text, len, "p=MI") != NULL && text_find(text, len, "v=spf1") == NULL &&
		       text_find(text, len, "DMARC") == NULL);
}

const char *key_text_tag(const char *record, const char *tag, struct arena *arena)
{
	for (const char *at = record; *at != '\0';) {
		size_t len = strcspn(at, ";");
		struct span part = span_trim((struct span){at, len});
		const char *equals = part.len == 0 ? NULL : memchr(part.at, '=', part.len);

		if (equals != NULL &&
			span_is(span_trim((struct span){part.at, (size_t)(equals - part.at)}), tag)) {
			struct buf value = buf_in(arena);

			for (const char *c = equals + 1; c < part.at + part.len; c++)
				if (!text_is_space(*c))
					buf_char(&value, *c);
			return value.data;
		}
		at += len + (at[len] == ';');
	}
	return "";
}

struct key_text_size key_text_size(const char *p, struct arena *arena)
{
	struct octets der = base64_decode(arena, p, strlen(p)).octets;
	struct key_text_size size = {.have = der.len};

	if (der.len < 4 || der.at[0] != 0x30) /* SEQUENCE */
		return size;
	if (der.at[1] < 0x80)
		size.need = 2u + der.at[1];
	else if (der.at[1] == 0x81)
		size.need = 3u + der.at[2];
	else if (der.at[1] == 0x82)
		size.need = 4u + (size_t)der.at[2] * 256 + der.at[3];
	return size;
}

bool key_text_is_cut(size_t len)
{
	static const size_t lengths[] = {127, 128, 254, 255, 256};

	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
		if (len == lengths[i])
			return true;
	return false;
}

static bool is_whole_key(const char *record, struct arena *arena)
{
	struct key_text_size size = key_text_size(key_text_tag(record, "p", arena), arena);

	return size.have >= 32 && size.need == size.have;
}

/* The record that starts the key, and whether there is only one. */
static size_t index_of_head(const struct answer *answer)
{
	size_t head = answer->count;

	for (size_t i = 0; i < answer->count; i++) {
		if (!text_starts(answer->values[i].text, "v=DKIM1") &&
			text_find(answer->values[i].text, answer->values[i].len, "p=MI") == NULL)
			continue;
		if (head < answer->count)
			return answer->count;
		head = i;
	}
	return head;
}

/* At most 4 pieces: the head first, the rest in any of up to 6 orders. */
const char *key_text_joined(const struct answer *answer, size_t order, struct arena *arena)
{
	static const unsigned char orders[KEY_TEXT_ORDERS][JOIN_MAX - 1] = {
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	const char *rest[JOIN_MAX - 1] = {"", "", ""};
	size_t head = index_of_head(answer), count = 0;
	const char *joined;

	if (answer->count < 2 || answer->count > JOIN_MAX || head == answer->count ||
		is_whole_key(answer->values[head].text, arena))
		return NULL;
	for (size_t i = 0; i < answer->count; i++)
		if (i != head)
			rest[count++] = answer->values[i].text;
	joined = arena_printf(arena, "%s%s%s%s", answer->values[head].text, rest[orders[order][0]],
		rest[orders[order][1]], rest[orders[order][2]]);
	return is_whole_key(joined, arena) ? joined : NULL;
}

static const char *without(const char *text, const char *unwanted, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (; *text != '\0'; text++)
		if (strchr(unwanted, *text) == NULL)
			buf_char(&out, *text);
	return out.data;
}

/* "-----BEGIN PUBLIC KEY-----" and its like, wherever they stand. */
static const char *without_pem(const char *text, struct arena *arena)
{
	struct buf out = buf_in(arena);

	while (*text != '\0') {
		const char *end = strncmp(text, "-----", 5) == 0 ? strstr(text + 5, "-----") : NULL;

		if (end != NULL)
			text = end + 5;
		else
			buf_char(&out, *text++);
	}
	return out.data;
}

/* The text behind "p=" up to the next tag, blanks turned back into the plus signs they were. */
static const char *plus_restored(const char *record, struct arena *arena)
{
	const char *p = strstr(record, "p=");
	char *copy = arena_text(arena, p == NULL ? "" : p + 2);
	size_t len = strcspn(copy, ";");

	while (len > 0 && copy[len - 1] == ' ')
		len--;
	copy[len] = '\0';
	for (char *c = copy; *c != '\0'; c++)
		if (*c == ' ')
			*c = '+';
	return copy;
}

/* RSAPublicKey with the SubjectPublicKeyInfo around it that belongs there (RFC 5280 section 4.1.2.7). */
static const char *key_wrapped(const char *p, struct arena *arena)
{
	static const uint8_t algorithm[] = {
		0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	struct octets key = base64_decode(arena, p, strlen(p)).octets;
	size_t bits = key.len + 1, all = sizeof algorithm + 4 + bits;
	uint8_t *der = arena_array(arena, all + 4, 1);

	if (key.len < 128 || all > UINT16_MAX) /* the short forms of lengths are not for real keys */
		return "…";
	memcpy(der, (uint8_t[]){0x30, 0x82, (uint8_t)(all >> 8), (uint8_t)all}, 4);
	memcpy(der + 4, algorithm, sizeof algorithm);
	memcpy(der + 4 + sizeof algorithm, (uint8_t[]){0x03, 0x82, (uint8_t)(bits >> 8), (uint8_t)bits, 0},
		5);
	memcpy(der + 9 + sizeof algorithm, key.at, key.len);
	return base64_encode(arena, (struct octets){der, all + 4});
}

/* The base64 behind the first "p=", whatever stands around it; "…" when it is too short for a key. */
static const char *key_within(const char *record, struct arena *arena)
{
	const char *p = text_find(record, strlen(record), "p=");
	struct buf out = buf_in(arena);

	for (p = p == NULL ? "" : p + 2;
		text_is_alnum(*p) || text_is_space(*p) || (*p != '\0' && strchr("+/=", *p)); p++)
		if (!text_is_space(*p))
			buf_char(&out, *p);
	return out.len >= 40 ? out.data : "…";
}

static const char *key_record_of(const char *p, struct arena *arena)
{
	bool ed25519 = strlen(p) == 44 && p[43] == '='; /* 32 octets */

	return arena_printf(arena, "v=DKIM1; k=%s; p=%s", ed25519 ? "ed25519" : "rsa", p);
}

/* The key between the lines of PEM, behind "p=" or alone. */
static const char *pem_key(const char *record, struct arena *arena)
{
	const char *text = without_pem(record, arena), *p = key_text_tag(text, "p", arena);

	return p[0] != '\0' ? p : without(text, " \t\r\n", arena);
}

const char *key_text_repaired(const struct signature_verdict *signature, struct arena *arena)
{
	const char *record = signature->key_record;

	if (strstr(record, "-----BEGIN PUBLIC") != NULL)
		return key_record_of(pem_key(record, arena), arena);

	switch (signature->key_fault) {
	case KEYFAULT_QUOTES:
		return without(record, "\"", arena);
	case KEYFAULT_BACKSLASH:
		return without(record, "\\", arena);
	case KEYFAULT_PLUS_LOST:
		return key_record_of(plus_restored(record, arena), arena);
	case KEYFAULT_PEM:
		return key_record_of(pem_key(record, arena), arena);
	case KEYFAULT_PKCS1:
		return key_record_of(key_wrapped(signature->key_p, arena), arena);
	case KEYFAULT_ED25519_WRAPPED:
		/* 12 octets of wrapper are 16 digits of base64: what is left is the bare key. */
		if (strncmp(signature->key_p, ed25519_wrapper, SPKI_BASE64_SKIP) == 0)
			return key_record_of(signature->key_p + SPKI_BASE64_SKIP, arena);
		break;
	case KEYFAULT_VERSION:
	case KEYFAULT_SYNTAX:
	case KEYFAULT_NON_ASCII:
	case KEYFAULT_DUPLICATE_TAG:
	case KEYFAULT_FOREIGN:
		return key_record_of(key_within(record, arena), arena);
	default:
		break;
	}
	return "v=DKIM1; k=rsa; p=…";
}
