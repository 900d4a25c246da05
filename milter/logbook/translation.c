#include "logbook/translation.h"

#include "base/text.h"
#include "diagnose/sentence.h"

#include <string.h>

enum { DETAILS_MAX = 24 };

/* What a text has in the places of a template's words. */
struct filling {
	struct detail items[DETAILS_MAX];
	size_t count;
};

/* The length of a {word}, braces included, or 0. */
static size_t place_at(const char *template)
{
	size_t len = 1;

	if (template[0] != '{')
		return 0;
	while (text_is_alnum(template[len]) || template[len] == '_')
		len++;
	return template[len] == '}' && len > 1 ? len + 1 : 0;
}

static size_t literal_length(const char *template)
{
	size_t len = 0;

	while (template[len] != '\0' && place_at(template + len) == 0)
		len++;
	return len;
}

/* Notes the value; false when the same word had another before, or there are too many. */
static bool note(struct filling *filling, struct span name, struct span value, struct arena *arena)
{
	const char *text = span_text(arena, value);

	for (size_t i = 0; i < filling->count; i++)
		if (strlen(filling->items[i].name) == name.len &&
			memcmp(filling->items[i].name, name.at, name.len) == 0)
			return strcmp(filling->items[i].value, text) == 0;
	if (filling->count == DETAILS_MAX)
		return false;
	filling->items[filling->count++] = (struct detail){span_text(arena, name), text};
	return true;
}

/* Where the literal of len octets begins in the text; its end when there is no literal. */
static const char *find_literal(const char *text, const char *literal, size_t len)
{
	if (len == 0)
		return text + strlen(text);
	for (; *text != '\0'; text++)
		if (strncmp(text, literal, len) == 0)
			return text;
	return NULL;
}

static bool take_apart(const char *template, const char *text, struct filling *filling, struct arena *arena)
{
	while (*template != '\0') {
		size_t place = place_at(template), literal;
		const char *end;

		if (place == 0) {
			literal = literal_length(template);
			if (strncmp(template, text, literal) != 0)
				return false;
			template += literal;
			text += literal;
			continue;
		}
		literal = literal_length(template + place);
		end = find_literal(text, template + place, literal);
		if (end == NULL || !note(filling, (struct span){template + 1, place - 2},
					   (struct span){text, (size_t)(end - text)}, arena))
			return false;
		template += place;
		text = end;
	}
	return *text == '\0';
}

static const char *translated(const char *from, const char *to, const char *text, struct arena *arena)
{
	struct filling filling = {.count = 0};
	struct details details = {.items = filling.items};
	const char *missing = NULL, *sentence;

	if (!take_apart(from, text, &filling, arena))
		return text;
	details.count = filling.count;
	sentence = sentence_fill(to, &details, arena, &missing);
	return missing == NULL ? sentence : text;
}

const char *sentence_in(enum language language, const char *code, const char *text, struct arena *arena)
{
	const struct cause_row *row = cause_row(cause_of_code(code));

	return language == LANGUAGE_JA ? translated(row->summary_en, row->summary_ja, text, arena)
				       : translated(row->summary_ja, row->summary_en, text, arena);
}

const char *fix_in(enum language language, const char *code, const char *text, struct arena *arena)
{
	const struct cause_row *row = cause_row(cause_of_code(code));

	return language == LANGUAGE_JA ? translated(row->fix_en, row->fix_ja, text, arena)
				       : translated(row->fix_ja, row->fix_en, text, arena);
}
