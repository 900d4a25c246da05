#include "message/canon.h"

#include "base/arena.h"
#include "message/body_canon.h"
#include "message/header_list.h"

#include <string.h>

static bool canon_word(struct span word, enum canon *canon)
{
	if (span_is(word, "simple"))
		*canon = CANON_SIMPLE;
	else if (span_is(word, "relaxed"))
		*canon = CANON_RELAXED;
	else
		return false;
	return true;
}

bool canon_parse(const char *text, enum canon *header, enum canon *body)
{
	const char *slash = strchr(text, '/');
	struct span first = {text, slash == NULL ? strlen(text) : (size_t)(slash - text)};

	*header = *body = CANON_SIMPLE;
	if (text[0] == '\0')
		return true;
	if (!canon_word(span_trim(first), header))
		return false;
	return slash == NULL || canon_word(span_trim(span_of(slash + 1)), body);
}

/* Section 3.4.2: unfolded, runs of white space become one blank, none at either end. */
static void relax_value(struct buf *out, struct span value)
{
	char *at, *start;

	value = span_trim(value);
	at = start = buf_room(out, value.len);
	for (size_t i = 0; i < value.len; i++)
		if (!text_is_space(value.at[i]))
			*at++ = value.at[i];
		else if (!text_is_space(value.at[i + 1])) /* it does not end with one */
			*at++ = ' ';
	*at = '\0';
	out->len += (size_t)(at - start);
}

void canon_field(struct buf *out, enum canon canon, struct span name, struct span value)
{
	if (canon == CANON_SIMPLE) {
		buf_add(out, name.at, name.len);
		buf_char(out, ':');
		buf_add(out, value.at, value.len);
	} else {
		char *at;

		name = span_trim(name);
		at = buf_room(out, name.len);
		for (size_t i = 0; i < name.len; i++)
			at[i] = text_lower_char(name.at[i]);
		out->len += name.len;
		buf_char(out, ':');
		relax_value(out, value);
	}
	buf_text(out, "\r\n");
}

/* How often the name stands among the first count names of the selection. */
static size_t used_before(const struct canon_selection *selection, struct span name)
{
	size_t used = 0;

	for (size_t i = 0; i < selection->count; i++)
		if (selection->names[i].len == name.len &&
			text_equal_n(selection->names[i].at, name.at, name.len))
			used++;
	return used;
}

struct canon_selection canon_select(
	const struct header_list *header, const char *signed_fields, struct arena *arena)
{
	struct canon_selection selection = {NULL, NULL, 0};
	size_t names = 1;

	for (const char *at = signed_fields; *at != '\0'; at++)
		names += *at == ':';
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	selection.fields = arena_array(arena, names, sizeof *selection.fields);
	selection.names = arena_array(arena, names, sizeof *selection.names);
	for (const char *at = signed_fields;;) {
		size_t len = strcspn(at, ":");
		struct span name = span_trim((struct span){at, len});

		/* From the bottom of the header upwards: RFC 6376 section 5.4.2. */
		if (name.len > 0)
			selection.fields[selection.count] =
				header_list_last(header, name, used_before(&selection, name));
		selection.names[selection.count++] = name;
		if (at[len] == '\0')
			break;
		at += len + 1;
	}
	return selection;
}

/* Where the value of the b tag lies in a DKIM-Signature; an empty span at the end when there is none. */
static struct span value_of_b(struct span text)
{
	for (size_t start = 0; start < text.len;) {
		const char *semicolon = memchr(text.at + start, ';', text.len - start);
		size_t end = semicolon == NULL ? text.len : (size_t)(semicolon - text.at);
		const char *equals = memchr(text.at + start, '=', end - start);

		if (equals != NULL) {
			struct span name = {text.at + start, (size_t)(equals - text.at) - start};

			if (span_is(span_trim(name), "b"))
				return (struct span){equals + 1, (size_t)(text.at + end - equals - 1)};
		}
		start = end + 1;
	}
	return (struct span){text.at + text.len, 0};
}

void canon_signature(struct buf *out, enum canon canon, const struct header_field *signature)
{
	struct span text = {signature->value, signature->value_len}, b = value_of_b(text);
	struct buf emptied = buf_in(out->arena);

	buf_add(&emptied, text.at, (size_t)(b.at - text.at));
	buf_add(&emptied, b.at + b.len, (size_t)(text.at + text.len - b.at - (ptrdiff_t)b.len));
	canon_field(out, canon, span_of(signature->name), (struct span){emptied.data, emptied.len});
	out->len -= strlen("\r\n");
	out->data[out->len] = '\0';
}

struct buf canon_header(const struct canon_selection *selection, enum canon canon,
	const struct header_field *signature, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (size_t i = 0; i < selection->count; i++) {
		const struct header_field *field = selection->fields[i];

		if (field != NULL)
			canon_field(&out, canon, span_of(field->name),
				(struct span){field->value, field->value_len});
	}
	canon_signature(&out, canon, signature);
	return out;
}

/* Section 3.4.4: white space at the end of a line goes, runs within become one blank. */
static void relax_line(struct buf *out, struct span line)
{
	char *at = buf_room(out, line.len), *start = at;

	for (size_t i = 0; i < line.len; i++)
		if (!text_is_blank(line.at[i]))
			*at++ = line.at[i];
		else if (i + 1 < line.len && !text_is_blank(line.at[i + 1]))
			*at++ = ' ';
	out->len += (size_t)(at - start);
}

struct buf canon_body(enum canon canon, struct span body, struct arena *arena)
{
	struct buf out = buf_in(arena);
	size_t kept = 0; /* up to the end of the last line that is not empty */
	const char *behind = body.at + body.len, *change = behind;

	(void)buf_room(&out, body.len + strlen("\r\n")); /* at once, not doubled up to it */
	for (size_t start = 0; start < body.len;) {
		const char *feed = memchr(body.at + start, '\n', body.len - start);
		size_t end = feed == NULL ? body.len : (size_t)(feed - body.at);
		size_t text_end = end > start && feed != NULL && body.at[end - 1] == '\r' ? end - 1 : end;
		struct span line = {body.at + start, text_end - start};
		size_t before = out.len;

		if (canon == CANON_RELAXED && (start == 0 || change < line.at))
			change = body_canon_change(line.at, behind);
		if (change < line.at + line.len)
			relax_line(&out, line);
		else
			buf_add(&out, line.at, line.len);
		if (out.len > before)
			kept = out.len + strlen("\r\n");
		buf_text(&out, "\r\n");
		start = end + 1;
	}
	/* Empty lines at the end are dropped; a simple body is at least one CRLF: section 3.4.3. */
	out.len = kept;
	if (kept == 0 && canon == CANON_SIMPLE)
		buf_text(&out, "\r\n");
	out.data[out.len] = '\0';
	return out;
}
