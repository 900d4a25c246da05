#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "report/record.h"

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

		if (i > 0)
			buf_char(&out, ' ');
		buf_text(&out, field->name);
		buf_char(&out, '=');
		if (field->value[0] == '\0' || strpbrk(field->value, " \"=\\") != NULL)
			add_quoted(&out, field->value);
		else
			buf_text(&out, field->value);
	}
	return out.data;
}

/* Values are valid UTF-8 in one line (record.h); what else JSON wants escaped is escaped all the same. */
static void add_string(struct buf *out, const char *value)
{
	buf_char(out, '"');
	while (*value != '\0') {
		const char *from = value;

		while ((unsigned char)*value >= ' ' && *value != '"' && *value != '\\')
			value++;
		buf_add(out, from, (size_t)(value - from));
		if (*value == '"' || *value == '\\') {
			buf_char(out, '\\');
			buf_char(out, *value++);
		} else if (*value != '\0') {
			buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*value++);
		}
	}
	buf_char(out, '"');
}

static void add_field(struct buf *out, const struct record_field *field)
{
	add_string(out, field->name);
	buf_char(out, ':');
	if (field->number)
		buf_printf(out, "%lld", strtoll(field->value, NULL, 10));
	else
		add_string(out, field->value);
}

/* The fields of each cause stand together, in the order of the causes. */
static void add_causes(struct buf *out, const struct record *record)
{
	unsigned cause = 0;

	for (size_t i = 0; i < record->count; i++) {
		const struct record_field *field = &record->fields[i];

		if (field->cause == 0)
			continue;
		if (field->cause == cause)
			buf_char(out, ',');
		else
			buf_text(out, cause == 0 ? ",\"causes\":[{" : "},{");
		cause = field->cause;
		add_field(out, field);
	}
	if (cause > 0)
		buf_text(out, "}]");
}

/* By hand, not with jansson: it is written for every message, and once more for the store. */
const char *record_json(const struct record *record, struct arena *arena)
{
	char time[TIMESTAMP_SIZE];
	struct buf out;

	if (record->json != NULL)
		return record->json;
	out = buf_in(arena);
	buf_text(&out, "{\"time\":");
	add_string(&out, timestamp_format(record->time, time));
	for (size_t i = 0; i < record->count; i++) {
		if (record->fields[i].cause > 0)
			continue;
		buf_char(&out, ',');
		add_field(&out, &record->fields[i]);
	}
	add_causes(&out, record);
	buf_char(&out, '}');
	return out.data;
}
