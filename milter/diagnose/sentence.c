#include "diagnose/sentence.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/* Details that are names, and details that are whole records to be published, may be longer. */
static const char *const long_names[] = {"domain", "from_domain", "org_domain", "spf_domain", "dkim_domain",
	"orig_domain", "helo", "ptr", "key_name", "signer", "selector", "location", "target", "found_at",
	"parent", "name", "names", "path", "mx", "provider", "addresses", "suffix", "query", "aligned",
	"hashes", "include", "wrong", "old_ptr", "old_provider", "ns_provider", "detail"};
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

static void add_escaped(struct buf *out, const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "\\x%02X", (unsigned char)octets[i]);
}

static void add_quoted(struct buf *out, const char *text, size_t max)
{
	size_t left = strlen(text);

	for (size_t count = 0; left > 0; count++) {
		size_t visible = utf8_visible_length(text, left), len = utf8_length(text, left, NULL);

		if (count == max) {
			buf_text(out, "…");
			return;
		}
		len = len > 0 ? len : 1;
		if (visible > 0)
			buf_add(out, text, len);
		else
			add_escaped(out, text, len);
		text += len;
		left -= len;
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

const char *sentence_duration(int64_t seconds, struct arena *arena)
{
	long long span = seconds < 0 ? -seconds : seconds, minutes = span / 60, hours = minutes / 60;

	if (hours >= 48)
		return arena_printf(arena, "%lld days", hours / 24);
	if (hours > 0)
		return arena_printf(arena, "%lld h %lld min", hours, minutes % 60);
	return minutes > 0 ? arena_printf(arena, "%lld min", minutes) : arena_printf(arena, "%lld s", span);
}
