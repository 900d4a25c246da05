#include "diagnose/sentence.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Details that are names, and details that are whole records to be published, may be longer. */
static const char *const long_names[] = {"domain", "from_domain", "org_domain", "spf_domain", "dkim_domain",
	"orig_domain", "helo", "ptr", "key_name", "signer", "selector", "location", "target", "found_at",
	"parent", "name", "names", "path", "mx", "provider", "addresses", "suffix", "query", "aligned",
	"hashes"};
static const char *const record_names[] = {"fix", "txt"};

static bool is_listed(const char *const *list, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == len && memcmp(list[i], name, len) == 0)
			return true;
	return false;
}

static size_t length_limit(const char *name, size_t len)
{
	if (is_listed(record_names, sizeof record_names / sizeof record_names[0], name, len))
		return DETAIL_RECORD_MAX;
	if (is_listed(long_names, sizeof long_names / sizeof long_names[0], name, len))
		return DETAIL_NAME_MAX;
	return DETAIL_MAX;
}

/* Octets of the UTF-8 character at text with its code point; 0 when it is none (RFC 3629). */
static size_t character_at(const char *text, uint32_t *code)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t len = at[0] < 0x80   ? 1
		     : at[0] < 0xc2 ? 0
		     : at[0] < 0xe0 ? 2
		     : at[0] < 0xf0 ? 3
		     : at[0] < 0xf5 ? 4
				    : 0;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	if (len == 0)
		return 0;
	*code = len == 1 ? at[0] : at[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3fu);
	}
	if (*code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* Controls, and marks that change how a terminal orders or breaks the line. */
static bool is_harmless(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	if (code == 0x61c || code == 0xfeff || (code >= 0x200b && code <= 0x200f))
		return false;
	return !(code >= 0x2028 && code <= 0x202e) && !(code >= 0x2060 && code <= 0x206f);
}

static void add_escaped(struct buf *out, const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "\\x%02X", (unsigned char)octets[i]);
}

static void add_quoted(struct buf *out, const char *text, size_t max)
{
	for (size_t count = 0; *text != '\0'; count++) {
		uint32_t code = 0;
		size_t len = character_at(text, &code);

		if (count == max) {
			buf_text(out, "…");
			return;
		}
		if (len > 0 && is_harmless(code))
			buf_add(out, text, len);
		else
			add_escaped(out, text, len > 0 ? len : 1);
		text += len > 0 ? len : 1;
	}
}

const char *sentence_quote(const char *text, size_t max, struct arena *arena)
{
	struct buf out = buf_in(arena);

	add_quoted(&out, text, max);
	return out.data;
}

const char *detail_value(const struct details *details, const char *name, size_t name_len)
{
	for (; details != NULL; details = details->outer)
		for (size_t i = 0; i < details->count; i++)
			if (strlen(details->items[i].name) == name_len &&
				memcmp(details->items[i].name, name, name_len) == 0)
				return details->items[i].value;
	return NULL;
}

/* The length of a {word} at text, braces included; 0 when the brace is only a brace. */
static size_t word_at(const char *text)
{
	size_t len = 1;

	while (text_is_alnum(text[len]) || text[len] == '_')
		len++;
	return text[0] == '{' && text[len] == '}' && len > 1 ? len + 1 : 0;
}

const char *sentence_fill(
	const char *template, const struct details *details, struct arena *arena, const char **missing)
{
	struct buf out = buf_in(arena);

	while (*template != '\0') {
		size_t len = word_at(template);
		const char *value;

		if (len == 0) {
			buf_char(&out, *template ++);
			continue;
		}
		value = detail_value(details, template + 1, len - 2);
		if (value == NULL) {
			buf_char(&out, '?');
			if (missing != NULL)
				*missing = template;
		} else {
			add_quoted(&out, value, length_limit(template + 1, len - 2));
		}
		template += len;
	}
	return out.data;
}
