#include "settings/lines.h"

#include "base/arena.h"
#include "base/buf.h"
#include "settings/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct lines {
	const char *path;
	int number; /* of the line at hand, from 1 */
	int brace;  /* line of the { that is open, else 0 */
	int *set_lines, *added_lines;
	struct buf out;
	struct fault *fault;
};

static bool refuse(const struct lines *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Always false. */
static bool refuse(const struct lines *lines, const char *format, ...)
{
	struct fault reason;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(reason.text, sizeof reason.text, format, args);
	va_end(args);
	fault_set(lines->fault, "%s:%d: %s", lines->path, lines->number, reason.text);
	return false;
}

static bool starts_comment(const char *line, size_t at)
{
	return line[at] == '#' && (at == 0 || text_is_blank(line[at - 1]));
}

/* Position behind the quoted text that starts at line[at]; 0 when it is never closed. */
static size_t quote_end(const char *line, size_t at)
{
	char quote = line[at++];

	for (; line[at] != '\0'; at++) {
		if (line[at] == quote)
			return at + 1;
		if (line[at] == '\\' && line[at + 1] != '\0')
			at++;
	}
	return 0;
}

/* True when nothing but blanks and a comment follows. */
static bool is_rest_empty(const char *rest)
{
	rest += strspn(rest, " \t");
	return *rest == '\0' || *rest == '#';
}

/* In single quotes, where libconfuse expands nothing. */
static void add_quoted(struct buf *out, struct span value)
{
	buf_char(out, '\'');
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '\'' || value.at[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, value.at[i]);
	}
	buf_char(out, '\'');
}

/* What stands before the first of the stops or a comment. */
static struct span bare_value(const char *line, size_t at, const char *stops)
{
	size_t end = at;

	while (line[end] != '\0' && strchr(stops, line[end]) == NULL && !starts_comment(line, end))
		end++;
	return (struct span){.at = line + at, .len = end - at};
}

static bool add_quotation(struct lines *lines, const char *line, size_t *at)
{
	size_t end = quote_end(line, *at);

	if (end == 0)
		return refuse(lines, "the %c is never closed", line[*at]);
	buf_add(&lines->out, line + *at, end - *at);
	*at = end;
	return true;
}

static bool add_text(struct lines *lines, const char *line, size_t at)
{
	if (line[at] != '"' && line[at] != '\'') {
		add_quoted(&lines->out, span_trim(bare_value(line, at, "")));
		return true;
	}
	if (!add_quotation(lines, line, &at))
		return false;
	return is_rest_empty(line + at) || refuse(lines, "unexpected text behind the quoted value");
}

static bool add_list(struct lines *lines, const char *line, size_t at)
{
	bool more = !is_rest_empty(line + at);

	buf_char(&lines->out, '{');
	while (more) {
		at += strspn(line + at, " \t");
		if (line[at] == '"' || line[at] == '\'') {
			if (!add_quotation(lines, line, &at))
				return false;
		} else {
			struct span item = bare_value(line, at, ",");

			at += item.len;
			item = span_trim(item);
			if (item.len == 0)
				return refuse(lines, "an item of the list is empty: one comma too many?");
			add_quoted(&lines->out, item);
		}
		more = line[at + strspn(line + at, " \t")] == ',';
		if (more)
			at += strspn(line + at, " \t") + 1;
		else if (!is_rest_empty(line + at))
			return refuse(lines, "a comma is missing behind the quoted item");
		buf_text(&lines->out, more ? "," : "");
	}
	buf_char(&lines->out, '}');
	return true;
}

/* One line of a list in braces, unchanged. */
static bool add_braces(struct lines *lines, const char *line, size_t at)
{
	while (line[at] != '\0' && line[at] != '#') {
		if (line[at] == '"' || line[at] == '\'') {
			if (!add_quotation(lines, line, &at))
				return false;
			continue;
		}
		buf_char(&lines->out, line[at]);
		if (line[at++] != '}')
			continue;
		lines->brace = 0;
		return is_rest_empty(line + at) || refuse(lines, "unexpected text behind the }");
	}
	return true;
}

static bool refuse_name(const struct lines *lines, const char *name)
{
	const char *near = option_near(name);

	if (near != NULL)
		return refuse(lines, "there is no option \"%s\"; did you mean %s?", name, near);
	return refuse(lines, "there is no option \"%.60s\"", name);
}

static bool check_once(struct lines *lines, const struct option_row *row, bool adds)
{
	int *set = &lines->set_lines[row - option_rows], *added = &lines->added_lines[row - option_rows];

	if (adds && !option_is_list(row))
		return refuse(lines, "%s: += is for lists only", row->name);
	if (adds) {
		*added = lines->number;
		return true;
	}
	if (*added != 0)
		return refuse(lines, "%s: = behind += would forget what line %d added", row->name, *added);
	if (*set != 0)
		return refuse(lines, "%s: already given in line %d", row->name, *set);
	*set = lines->number;
	return true;
}

static bool add_statement(struct lines *lines, const char *line)
{
	size_t at = strcspn(line, " \t=+");
	const struct option_row *row;
	char *name = arena_copy(lines->out.arena, line, at);
	bool adds;

	at += strspn(line + at, " \t");
	adds = line[at] == '+' && line[at + 1] == '=';
	if (*name == '\0' || (line[at] != '=' && !adds))
		return refuse(lines, "expected \"name = value\"");
	at += adds ? 2 : 1;
	at += strspn(line + at, " \t");
	row = option_named(name);
	if (row == NULL)
		return refuse_name(lines, name);
	if (!check_once(lines, row, adds))
		return false;
	buf_printf(&lines->out, "%s %s ", name, adds ? "+=" : "=");
	if (!option_is_list(row))
		return add_text(lines, line, at);
	if (line[at] != '{')
		return add_list(lines, line, at);
	lines->brace = lines->number;
	return add_braces(lines, line, at);
}

static bool add_line(struct lines *lines, const char *line)
{
	if (lines->brace != 0)
		return add_braces(lines, line, 0);
	return is_rest_empty(line) || add_statement(lines, line);
}

const char *lines_quoted(
	const char *path, const char *text, int set_lines[], struct arena *arena, struct fault *fault)
{
	struct lines lines = {.path = path,
		.set_lines = set_lines,
		.added_lines = arena_array(arena, option_count, sizeof(int)),
		.out = buf_in(arena),
		.fault = fault};

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		struct span line = span_trim((struct span){.at = text, .len = len});

		lines.number++;
		if (!add_line(&lines, span_text(arena, line)))
			return NULL;
		buf_char(&lines.out, '\n');
		text += len + (text[len] == '\n');
	}
	if (lines.brace != 0) {
		lines.number = lines.brace;
		(void)refuse(&lines, "the { is never closed");
		return NULL;
	}
	return lines.out.data;
}
