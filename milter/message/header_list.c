#include "message/header_list.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

enum { FIELDS_AT_FIRST = 32 };

struct header_list header_list_new(struct arena *arena)
{
	return (struct header_list){.arena = arena};
}

static size_t name_length(const char *name)
{
	size_t len = strlen(name);

	while (len > 0 && text_is_blank(name[len - 1]))
		len--;
	return len;
}

/* FNV-1a over the lower-case name. */
static uint32_t name_hash(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text_lower_char(name[i])) * 16777619u;
	return hash;
}

static bool same_name(const struct header_field *a, const struct header_field *b)
{
	return a->hash == b->hash && a->name_len == b->name_len &&
	       text_equal_n(a->name, b->name, a->name_len);
}

static size_t number_of(const struct header_list *list, const struct header_field *field)
{
	for (size_t i = list->count; i > 0; i--)
		if (same_name(&list->fields[i - 1], field))
			return list->fields[i - 1].number + 1;
	return 1;
}

static void make_room(struct header_list *list)
{
	struct header_field *fields;

	if (list->count < list->size)
		return;
	list->size = list->size == 0 ? FIELDS_AT_FIRST : list->size * 2;
	fields = arena_array(list->arena, list->size, sizeof *fields);
	if (list->count > 0)
		memcpy(fields, list->fields, list->count * sizeof *fields);
	list->fields = fields;
}

/* How long the value is until a NUL and without the line end behind it. */
static size_t value_length(const char *value, size_t len)
{
	const char *nul = len > 0 ? memchr(value, '\0', len) : NULL;

	if (nul != NULL)
		len = (size_t)(nul - value);
	while (len > 0 && (value[len - 1] == '\n' || value[len - 1] == '\r'))
		len--;
	return len;
}

static bool is_bare_lf(const char *value, size_t at)
{
	return value[at] == '\n' && (at == 0 || value[at - 1] != '\r');
}

static void set_value(struct header_list *list, struct header_field *field, const char *value, size_t len)
{
	size_t bare = 0, out = 0;
	char *copy;

	for (size_t i = 0; i < len; i++)
		bare += is_bare_lf(value, i);
	copy = arena_alloc(list->arena, len + bare + 1);
	for (size_t i = 0; i < len; i++) {
		if (is_bare_lf(value, i))
			copy[out++] = '\r';
		copy[out++] = value[i];
	}
	field->value = copy;
	field->value_len = out;
}

/* Names that nobody may hide behind a flood: a second author, results that claim to be ours. */
static bool is_kept_in_flood(const struct header_list *list, struct span name)
{
	static const struct {
		const char *name;
		size_t most;
	} kept[] = {{"From", 2}, {"Authentication-Results", FLOOD_RESULTS_MAX},
		{"X-Sekisho-Cause", FLOOD_RESULTS_MAX}};

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (span_is(name, kept[i].name))
			return header_list_count(list, kept[i].name) < kept[i].most;
	return false;
}

bool header_list_add(struct header_list *list, const char *name, const char *value, size_t value_len)
{
	size_t full_len = strlen(name), name_len = name_length(name);
	struct header_field *field;
	bool fits;

	value_len = value_length(value, value_len);
	fits = list->count < HEADER_FIELDS_MAX && full_len <= HEADER_OCTETS_MAX - list->octets &&
	       value_len <= HEADER_OCTETS_MAX - list->octets - full_len;
	if (!fits) {
		list->dropped++;
		if (!is_kept_in_flood(list, (struct span){name, name_len}))
			return false;
		value_len = 0;
	}
	make_room(list);
	field = &list->fields[list->count];
	field->name = arena_copy(list->arena, name, fits ? full_len : name_len);
	field->name_len = name_len;
	field->hash = name_hash(name, name_len);
	field->number = number_of(list, field);
	set_value(list, field, value, value_len);
	list->count++;
	if (fits)
		list->octets += full_len + value_len;
	return fits;
}

const struct header_field *header_list_last(const struct header_list *list, struct span name, size_t skip)
{
	uint32_t hash = name_hash(name.at, name.len);

	for (size_t i = list->count; i > 0; i--) {
		const struct header_field *field = &list->fields[i - 1];

		if (field->hash != hash || field->name_len != name.len ||
			!text_equal_n(field->name, name.at, name.len))
			continue;
		if (skip == 0)
			return field;
		skip--;
	}
	return NULL;
}

bool header_field_is(const struct header_field *field, const char *name)
{
	return field->name_len == strlen(name) && text_equal_n(field->name, name, field->name_len);
}

const struct header_field *header_list_find(const struct header_list *list, const char *name, size_t nth)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->fields[i].number == nth && header_field_is(&list->fields[i], name))
			return &list->fields[i];
	return NULL;
}

size_t header_list_count(const struct header_list *list, const char *name)
{
	for (size_t i = list->count; i > 0; i--)
		if (header_field_is(&list->fields[i - 1], name))
			return list->fields[i - 1].number;
	return 0;
}

/* Octets of the line at the offset, its line end included. */
static size_t line_length(const char *message, size_t len, size_t at)
{
	const char *lf = memchr(message + at, '\n', len - at);

	return lf == NULL ? len - at : (size_t)(lf - message) + 1 - at;
}

static bool is_empty_line(const char *line, size_t len)
{
	return (len == 1 && line[0] == '\n') || (len == 2 && line[0] == '\r' && line[1] == '\n');
}

/* Where the colon of a field is (RFC 5322 section 3.6.8; blanks before it are the obsolete form), or 0. */
static size_t colon_of(const char *line, size_t len)
{
	size_t at = 0;

	while (at < len && text_is_printable(line[at]) && line[at] != ' ' && line[at] != ':')
		at++;
	if (at == 0)
		return 0;
	while (at < len && text_is_blank(line[at]))
		at++;
	return at < len && line[at] == ':' ? at : 0;
}

size_t header_list_read(struct header_list *list, const char *message, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t line = line_length(message, len, at), end = at + line, colon;

		if (is_empty_line(message + at, line))
			return end;
		colon = colon_of(message + at, line);
		if (colon == 0)
			return at; /* not a field: the header ends here, as it does for Postfix */
		while (end < len && text_is_blank(message[end]))
			end += line_length(message, len, end);
		(void)header_list_add(list, arena_copy(list->arena, message + at, colon),
			message + at + colon + 1, end - at - colon - 1);
		at = end;
	}
	return len;
}
