#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "report/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool is_octet_code(const char *at)
{
	return at[0] == '\\' && at[1] == 'x' && text_is_hex(at[2]) && text_is_hex(at[3]);
}

static void add_quoted(struct buf *out, const char *value)
{
	buf_char(out, '"');
	for (; *value != '\0'; value++) {
		if (*value == '"' || (*value == '\\' && !is_octet_code(value)))
			buf_char(out, '\\');
		buf_char(out, *value);
	}
	buf_char(out, '"');
}

const char *record_line(const struct record *record, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (size_t i = 0; i < record->count; i++) {
		const struct record_field *field = &record->fields[i];

		buf_printf(&out, "%s%s=", i > 0 ? " " : "", field->name);
		if (field->value[0] == '\0' || strpbrk(field->value, " \"=\\") != NULL)
			add_quoted(&out, field->value);
		else
			buf_text(&out, field->value);
	}
	return out.data;
}

static json_t *field_json(const struct record_field *field)
{
	return field->number ? json_integer(strtoll(field->value, NULL, 10)) : json_string(field->value);
}

/* The object of the cause that the field belongs to, appended to the array when it is the first. */
static json_t *cause_object(json_t *causes, const struct record_field *field)
{
	if (json_array_size(causes) < field->cause)
		json_array_append_new(causes, json_object());
	return json_array_get(causes, field->cause - 1);
}

const char *record_json(const struct record *record, struct arena *arena)
{
	json_t *object = json_object(), *causes = json_array();
	char time[TIMESTAMP_SIZE], *text;
	const char *copy;

	json_object_set_new(object, "time", json_string(timestamp_format(record->time, time)));
	for (size_t i = 0; i < record->count; i++) {
		const struct record_field *field = &record->fields[i];
		json_t *into = field->cause > 0 ? cause_object(causes, field) : object;

		json_object_set_new(into, field->name, field_json(field));
	}
	if (json_array_size(causes) > 0)
		json_object_set(object, "causes", causes);
	json_decref(causes);
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		abort(); /* memory is at its end: as in base/arena.h */
	copy = arena_text(arena, text);
	free(text);
	return copy;
}
