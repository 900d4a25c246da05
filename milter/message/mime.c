#include "message/mime.h"

#include "base/arena.h"
#include "message/header_list.h"

#include <string.h>

enum { BOUNDARY_MAX = 200 }; /* RFC 2046 section 5.1.1 allows 70; be tolerant */

/* Skips blanks, folds and comments; comments do not nest deeper than the text is long. */
static const char *skip_cfws(const char *at)
{
	size_t open = 0;

	for (; *at != '\0'; at++) {
		if (*at == '(')
			open++;
		else if (*at == ')' && open > 0)
			open--;
		else if (open > 0 && *at == '\\' && at[1] != '\0')
			at++;
		else if (open == 0 && !text_is_space(*at))
			break;
	}
	return at;
}

/* A token or quoted-string at the place, unquoted; *at moves behind it. */
static char *read_value(const char **at, struct arena *arena)
{
	size_t len = 0;
	char *value = arena_alloc(arena, strlen(*at) + 1);

	if (**at == '"') {
		for ((*at)++; **at != '\0' && **at != '"'; (*at)++) {
			if (**at == '\\' && (*at)[1] != '\0')
				(*at)++;
			if (**at != '\r' && **at != '\n')
				value[len++] = **at;
		}
		*at += **at == '"';
	} else {
		while (**at != '\0' && strchr(";() \t\r\n", **at) == NULL)
			value[len++] = *(*at)++;
	}
	return value;
}

const char *mime_parameter(const char *value, const char *name, struct arena *arena)
{
	const char *at = value;

	for (;;) {
		struct span found;

		at += strcspn(at, ";\"");
		if (*at == '"') {
			(void)read_value(&at, arena);
			continue;
		}
		if (*at == '\0')
			return "";
		at = skip_cfws(at + 1);
		found = (struct span){at, strcspn(at, "=; \t\r\n")};
		at = skip_cfws(at + found.len);
		if (*at != '=')
			continue;
		at = skip_cfws(at + 1);
		if (span_is(found, name))
			return read_value(&at, arena);
	}
}

/* The first word of a field, lower case: "text/plain". */
static const char *first_word(const char *value, struct arena *arena)
{
	const char *at = skip_cfws(value);
	const char *word = read_value(&at, arena);

	return text_lower(arena, word, strlen(word));
}

static void describe(struct mime_part *part, const struct header_list *header, struct arena *arena)
{
	const struct header_field *type = header_list_find(header, "Content-Type", 1);
	const struct header_field *encoding = header_list_find(header, "Content-Transfer-Encoding", 1);
	const char *charset, *boundary;

	part->type = type == NULL ? "text/plain" : first_word(type->value, arena);
	part->encoding = encoding == NULL ? "" : first_word(encoding->value, arena);
	charset = type == NULL ? "" : mime_parameter(type->value, "charset", arena);
	part->charset = text_lower(arena, charset, strlen(charset));
	boundary = type != NULL && text_starts(part->type, "multipart/")
			   ? mime_parameter(type->value, "boundary", arena)
			   : "";
	part->boundary = strlen(boundary) <= BOUNDARY_MAX ? boundary : "";
}

struct walk {
	struct arena *arena;
	struct mime_part *parts;
	size_t count;
};

/* Is the line "--boundary" (1), "--boundary--" (2) or neither (0)? Trailing blanks are allowed. */
static int delimiter_kind(struct span line, const char *boundary)
{
	size_t len = strlen(boundary);

	line = (struct span){line.at, span_trim(line).len};
	if (line.len < len + 2 || line.at[0] != '-' || line.at[1] != '-' ||
		memcmp(line.at + 2, boundary, len) != 0)
		return 0;
	if (line.len == len + 2)
		return 1;
	return line.len == len + 4 && line.at[len + 2] == '-' && line.at[len + 3] == '-' ? 2 : 0;
}

/* Adds the part between two delimiters: its header, then its body. */
static void add_part(struct walk *walk, struct span text, size_t parent)
{
	struct mime_part *part;
	struct header_list header;
	size_t body;

	if (walk->count == MIME_PARTS_MAX)
		return;
	part = &walk->parts[walk->count++];
	header = header_list_new(walk->arena);
	body = header_list_read(&header, text.at, text.len);
	part->header = (struct span){text.at, body};
	part->body = (struct span){text.at + body, text.len - body};
	part->parent = parent;
	part->depth = walk->parts[parent].depth + 1;
	describe(part, &header, walk->arena);
}

/* The line end in front of a delimiter belongs to the delimiter (RFC 2046 section 5.1.1). */
static struct span without_line_end(struct span text)
{
	if (text.len > 0 && text.at[text.len - 1] == '\n')
		text.len--;
	if (text.len > 0 && text.at[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* Finds the parts of one multipart. */
static void split_part(struct walk *walk, size_t index)
{
	const struct mime_part whole = walk->parts[index];
	const char *end = whole.body.at + whole.body.len, *part = NULL;

	if (whole.boundary[0] == '\0' || whole.depth >= MIME_DEPTH_MAX)
		return;
	for (const char *line = whole.body.at; line < end;) {
		const char *feed = memchr(line, '\n', (size_t)(end - line));
		const char *next = feed == NULL ? end : feed + 1;
		int kind = delimiter_kind((struct span){line, (size_t)(next - line)}, whole.boundary);

		if (kind != 0 && part != NULL)
			add_part(walk, without_line_end((struct span){part, (size_t)(line - part)}), index);
		if (kind != 0)
			part = kind == 1 ? next : NULL;
		if (kind == 2)
			walk->parts[index].closed = true;
		line = next;
	}
	if (part != NULL && part < end)
		add_part(walk, (struct span){part, (size_t)(end - part)}, index);
}

struct mime mime_of(const struct header_list *header, struct span body, struct arena *arena)
{
	struct walk walk = {
		.arena = arena, .parts = arena_array(arena, MIME_PARTS_MAX, sizeof *walk.parts), .count = 1};

	walk.parts[0] = (struct mime_part){.header = {"", 0}, .body = body};
	describe(&walk.parts[0], header, arena);
	for (size_t i = 0; i < walk.count; i++)
		split_part(&walk, i);
	return (struct mime){walk.parts, walk.count};
}
