#include "logbook/json_line.h"

#include "base/timestamp.h"

#include <string.h>

enum { DEPTH_MAX = 4 }; /* a record has an object with a list of objects */

struct reader {
	char *at, *end;
	struct entry *entry;
	struct span message;
	bool foreign; /* an identifier that is not ours */
};

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && text_is_space(*reader->at))
		reader->at++;
}

static bool take(struct reader *reader, char wanted)
{
	skip_blanks(reader);
	if (reader->at == reader->end || *reader->at != wanted)
		return false;
	reader->at++;
	return true;
}

/* The four digits behind \u; false when there are none. */
static bool take_unit(struct reader *reader, unsigned *unit)
{
	*unit = 0;
	if (reader->end - reader->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		int digit = text_hex_value(*reader->at++);

		if (digit < 0)
			return false;
		*unit = *unit << 4 | (unsigned)digit;
	}
	return true;
}

static char *put_utf8(char *to, unsigned code)
{
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
		*to++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	} else {
		*to++ = (char)(0xf0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3f));
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	}
	return to;
}

/* Behind \u; half of a surrogate pair becomes "?", and so does NUL. */
static char *put_unit(struct reader *reader, char *to)
{
	unsigned high, low;

	if (!take_unit(reader, &high))
		return NULL;
	if (high >= 0xd800 && high < 0xdc00 && reader->end - reader->at >= 6 && reader->at[0] == '\\' &&
		reader->at[1] == 'u') {
		reader->at += 2;
		if (!take_unit(reader, &low))
			return NULL;
		if (low >= 0xdc00 && low < 0xe000)
			return put_utf8(to, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
		high = '?';
	}
	return put_utf8(to, high == 0 || (high >= 0xd800 && high < 0xe000) ? '?' : high);
}

/* Behind a backslash. */
static char *put_escape(struct reader *reader, char *to)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char *letter;
	char c;

	if (reader->at == reader->end)
		return NULL;
	c = *reader->at++;
	if (c == 'u')
		return put_unit(reader, to);
	letter = c == '\0' ? NULL : strchr(letters, c);
	*to++ = letter != NULL ? meant[letter - letters] : c;
	return to;
}

/* The rest of a string, from its first backslash to its quote, moved to where it belongs. */
static bool take_escaped(struct reader *reader, char **to)
{
	while (reader->at < reader->end && *reader->at != '"') {
		if (*reader->at != '\\') {
			*(*to)++ = *reader->at++;
			continue;
		}
		reader->at++;
		*to = put_escape(reader, *to);
		if (*to == NULL)
			return false;
	}
	return true;
}

/* Behind the opening quote. */
static bool take_string(struct reader *reader, struct span *string)
{
	char *start = reader->at, *at = start, *end = reader->end, *to;

	while (at < end && *at != '"' && *at != '\\')
		at++;
	to = reader->at = at;
	if (at < end && *at == '\\' && !take_escaped(reader, &to))
		return false;
	*string = (struct span){start, (size_t)(to - start)};
	if (reader->at == end)
		return false;
	reader->at++;
	return true;
}

/* A number, true, false or null, as it stands; null is empty. */
static bool take_bare(struct reader *reader, struct span *value)
{
	char *start = reader->at;

	while (reader->at < reader->end && strchr(",]} \t\r\n", *reader->at) == NULL && *reader->at != '\0')
		reader->at++;
	*value = (struct span){start, (size_t)(reader->at - start)};
	if (entry_says(*value, "null"))
		value->len = 0;
	return reader->at > start;
}

static bool starts(struct span name, const char *start)
{
	size_t len = strlen(start);

	return name.len > len && memcmp(name.at, start, len) == 0;
}

/* "SEKISHO_SPF_BY" is spf_by in the journal: lower case, in place. */
static struct span journal_field(struct span name)
{
	char *text = (char *)(uintptr_t)name.at + 8;

	for (size_t i = 0; i < name.len - 8; i++)
		text[i] = text_lower_char(text[i]);
	return (struct span){text, name.len - 8};
}

static void take_time(struct entry *entry, struct span value)
{
	char text[TIMESTAMP_SIZE];

	if (value.len >= sizeof text)
		return;
	memcpy(text, value.at, value.len);
	text[value.len] = '\0';
	entry->dated = timestamp_parse(text, &entry->time) || entry->dated;
}

/* Microseconds since 1970. */
static void take_journal_time(struct entry *entry, struct span value)
{
	unsigned long seconds;

	if (value.len > 6 && span_number((struct span){value.at, value.len - 6}, 1UL << 40, &seconds)) {
		entry->time = (int64_t)seconds;
		entry->dated = true;
	}
}

static void take_field(struct reader *reader, struct span name, struct span value)
{
	if (value.len == 0 || name.len == 0)
		return;
	if (text_lower_char(name.at[0]) == name.at[0] && name.at[0] != '_') {
		if (entry_says(name, "time"))
			take_time(reader->entry, value);
		else
			entry_add(reader->entry, name, value);
	} else if (starts(name, "SEKISHO_")) {
		entry_add(reader->entry, journal_field(name), value);
	} else if (entry_says(name, "MESSAGE")) {
		reader->message = value;
	} else if (entry_says(name, "__REALTIME_TIMESTAMP")) {
		take_journal_time(reader->entry, value);
	} else if (entry_says(name, "SYSLOG_IDENTIFIER")) {
		reader->foreign = !entry_says(value, "sekishod");
	}
}

/* What may come behind an opened object or list, one step at a time: the stack says which is open, and
 * which name the values of a list belong to (fields that repeat, in the journal). */
struct level {
	bool list;
	struct span name;
};

/* Takes one value; opens a level instead when it begins one. */
static bool take_value(struct reader *reader, struct level *levels, size_t *depth, struct span name)
{
	struct span value;

	skip_blanks(reader);
	if (reader->at == reader->end)
		return false;
	if (*reader->at == '{' || *reader->at == '[') {
		if (*depth == DEPTH_MAX)
			return false;
		levels[(*depth)++] = (struct level){*reader->at++ == '[', name};
		return true;
	}
	if (*reader->at == '"') {
		reader->at++;
		if (!take_string(reader, &value))
			return false;
	} else if (!take_bare(reader, &value)) {
		return false;
	}
	take_field(reader, name, value);
	return true;
}

/* The next member of an object, or item of a list. */
static bool take_member(struct reader *reader, struct level *levels, size_t *depth)
{
	const struct level *level = &levels[*depth - 1];
	struct span name = level->name;

	if (!level->list && (!take(reader, '"') || !take_string(reader, &name) || !take(reader, ':')))
		return false;
	return take_value(reader, levels, depth, name);
}

static bool take_object(struct reader *reader)
{
	struct level levels[DEPTH_MAX] = {{false, {"", 0}}};
	size_t depth = 1;
	bool first = true;

	if (!take(reader, '{'))
		return false;
	while (depth > 0) {
		size_t before = depth;

		if (take(reader, levels[depth - 1].list ? ']' : '}')) {
			depth--;
			first = false;
			continue;
		}
		if (!first && !take(reader, ','))
			return false;
		if (!take_member(reader, levels, &depth))
			return false;
		first = depth > before;
	}
	skip_blanks(reader);
	return reader->at == reader->end;
}

enum json_kind json_line_read(char *line, size_t len, struct entry *entry, struct span *message)
{
	struct reader reader = {.at = line, .end = line + len, .entry = entry, .message = {"", 0}};
	bool whole = take_object(&reader);

	*message = reader.message;
	if (!whole)
		return JSON_BROKEN;
	return reader.foreign ? JSON_OTHER : JSON_FIELDS;
}
