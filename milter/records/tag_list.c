#include "records/tag_list.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <string.h>

static bool is_name_char(char c)
{
	return text_is_alnum(c) || c == '_';
}

/* Octets of the character at the start that a value may hold, 0 when it is none. */
static size_t value_char(const char *at, size_t len, bool utf8)
{
	if (utf8 && ((unsigned char)*at & 0x80) != 0)
		return utf8_length(at, len, NULL);
	return text_is_printable(*at) || text_is_space(*at) ? 1 : 0;
}

static bool same_text(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static const struct tag *find_span(const struct tag_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (same_text(list->tags[i].name, name))
			return &list->tags[i];
	return NULL;
}

/* Reads one tag-spec. Returns NULL, or the place of the first octet that cannot be there. */
static const char *read_tag(struct span spec, bool utf8, struct tag *tag)
{
	const char *at = spec.at, *end = spec.at + spec.len;
	size_t step;

	if (at == end || !text_is_alpha(*at))
		return at;
	while (at < end && is_name_char(*at))
		at++;
	tag->name = (struct span){spec.at, (size_t)(at - spec.at)};
	tag->blank_behind_name = at < end && text_is_space(*at);
	while (at < end && text_is_space(*at))
		at++;
	if (at == end || *at != '=')
		return at;
	tag->value = span_trim((struct span){at + 1, (size_t)(end - at) - 1});
	end = tag->value.at + tag->value.len;
	for (at = tag->value.at; at < end; at += step) {
		while (at < end && text_is_printable(*at))
			at++;
		step = at < end ? value_char(at, (size_t)(end - at), utf8) : 1;
		if (step == 0)
			return at;
	}
	return NULL;
}

static void set_fault(struct tag_list *list, enum tag_list_fault fault, struct span piece, size_t position)
{
	list->fault = fault;
	list->fault_piece = piece;
	list->fault_position = position;
}

static struct tag_list read_list(const char *text, size_t len, bool utf8)
{
	struct tag_list list = {.count = 0};
	size_t at = 0;

	while (at < len || list.count == 0) {
		const char *semicolon = at < len ? memchr(text + at, ';', len - at) : NULL, *bad;
		size_t end = semicolon == NULL ? len : (size_t)(semicolon - text);
		struct span spec = span_trim((struct span){text + at, end - at});
		struct tag tag = {.blank_behind_name = false};

		if (spec.len == 0 && semicolon == NULL && list.count > 0)
			break; /* what follows the last semicolon */
		bad = read_tag(spec, utf8, &tag);
		if (bad != NULL)
			set_fault(&list, TAGLIST_SYNTAX, spec, (size_t)(bad - text));
		else if (find_span(&list, tag.name) != NULL)
			set_fault(&list, TAGLIST_DUPLICATE, spec, (size_t)(spec.at - text));
		else if (list.count == TAGS_MAX)
			set_fault(&list, TAGLIST_TOO_MANY, spec, (size_t)(spec.at - text));
		else
			list.tags[list.count++] = tag;
		if (list.fault != TAGLIST_GOOD || semicolon == NULL)
			break;
		at = end + 1;
	}
	return list;
}

struct tag_list tag_list_read(const char *text, size_t len)
{
	return read_list(text, len, false);
}

struct tag_list tag_list_read_utf8(const char *text, size_t len)
{
	return read_list(text, len, true);
}

const struct tag *tag_list_find(const struct tag_list *list, const char *name)
{
	return find_span(list, span_of(name));
}

bool tag_item_next(struct span *at, struct span *item)
{
	const char *colon;

	if (at->at == NULL)
		return false;
	colon = at->len > 0 ? memchr(at->at, ':', at->len) : NULL;
	if (colon == NULL) {
		*item = span_trim(*at);
		at->at = NULL;
		return true;
	}
	*item = span_trim((struct span){at->at, (size_t)(colon - at->at)});
	at->len -= (size_t)(colon - at->at) + 1;
	at->at = colon + 1;
	return true;
}

char *tag_value_joined(struct arena *arena, struct span value)
{
	char *joined = arena_alloc(arena, value.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++)
		if (!text_is_space(value.at[i]))
			joined[len++] = value.at[i];
	return joined;
}
