#include "report/sanitise.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"

#include <string.h>

struct kind {
	const char *beside_alnum; /* allowed besides letters and digits */
	size_t max;
};

static const struct kind kinds[] = {
	[SANITISE_ADDRESS] = {"!#$%&'*+/=?^_`{|}~-.@", SANITISED_ADDRESS_MAX}, /* RFC 5322 atext, ".", "@" */
	[SANITISE_DOMAIN] = {"._-", SANITISED_DOMAIN_MAX},
	[SANITISE_HELO] = {"._-[]:", SANITISED_DOMAIN_MAX},
	[SANITISE_BASE64] = {"+/=", SANITISED_DOMAIN_MAX},
};

static bool is_allowed(const struct kind *kind, char c)
{
	return text_is_alnum(c) || (c != '\0' && strchr(kind->beside_alnum, c) != NULL);
}

/* Octets of the character at the start that may stay as they are, 0 when there is none. */
static size_t allowed_length(const struct kind *kind, const char *text, size_t len, bool utf8)
{
	uint32_t code = 0;

	if (utf8 && ((unsigned char)text[0] & 0x80) != 0)
		return utf8_length(text, len, &code) > 0 && utf8_is_blank(code)
			       ? 0
			       : utf8_visible_length(text, len);
	return is_allowed(kind, text[0]) ? 1 : 0;
}

const char *sanitise(enum sanitise_kind kind, const char *text, bool utf8, struct arena *arena)
{
	const struct kind *rule = &kinds[kind];
	struct buf out = buf_in(arena);
	size_t len = strlen(text), step, cut_at = 0;

	for (size_t i = 0; i < len; i += step) {
		size_t allowed = allowed_length(rule, text + i, len - i, utf8);

		step = allowed > 0 ? allowed : 1;
		if (out.len + step > rule->max) {
			out.len = cut_at;
			out.data[cut_at] = '\0';
			buf_char(&out, '?');
			break;
		}
		buf_add(&out, allowed > 0 ? text + i : "?", step);
		if (out.len < rule->max)
			cut_at = out.len;
	}
	return out.data;
}

/* RFC 2045 section 5.1 token, with "@" allowed; octets above 127 as RFC 8616 extends it. */
static bool is_token(const char *value)
{
	for (const char *at = value; *at != '\0'; at++)
		if (((unsigned char)*at & 0x80) == 0 &&
			(!text_is_printable(*at) || *at == ' ' || strchr("()<>,;:\\\"/[]?=", *at) != NULL))
			return false;
	return *value != '\0';
}

const char *property_value(const char *sanitised, struct arena *arena)
{
	struct buf out;

	if (is_token(sanitised))
		return sanitised;
	out = buf_in(arena);
	buf_char(&out, '"');
	for (const char *at = sanitised; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			buf_char(&out, '\\');
		buf_char(&out, *at);
	}
	buf_char(&out, '"');
	return out.data;
}

const char *sanitise_printable(const char *text, struct arena *arena)
{
	char *copy = arena_text(arena, text);

	for (char *at = copy; *at != '\0'; at++)
		if (!text_is_printable(*at))
			*at = '?';
	return copy;
}
