#include "settings/options.h"

#include "settings/settings.h"

#include <string.h>

enum { NAME_MAX_LEN = 40, NEAR_ENOUGH = 4 };

#define AT(field) .offset = offsetof(struct settings, field)

const struct option_row option_rows[] = {
#define SECTION(title) {.kind = OPTION_SECTION, .name = (title), .initial = "", .words = "", .help = ""},
#define TEXT(field, label, form, value, text)                                                                \
	{.kind = OPTION_TEXT,                                                                                \
		.name = (label),                                                                             \
		.shape = SHAPE_##form,                                                                       \
		.initial = (value),                                                                          \
		.words = "",                                                                                 \
		.help = (text),                                                                              \
		AT(field)},
#define FLAG(field, label, value, text)                                                                      \
	{.kind = OPTION_FLAG,                                                                                \
		.name = (label),                                                                             \
		.initial = (value) ? "yes" : "no",                                                           \
		.words = "",                                                                                 \
		.help = (text),                                                                              \
		AT(field)},
#define NUMBER(field, label, value, from, to, text)                                                          \
	{.kind = OPTION_NUMBER,                                                                              \
		.name = (label),                                                                             \
		.initial = #value,                                                                           \
		.least = (from),                                                                             \
		.most = (to),                                                                                \
		.words = "",                                                                                 \
		.help = (text),                                                                              \
		AT(field)},
#define CHOICE(field, label, value, choices, text)                                                           \
	{.kind = OPTION_CHOICE,                                                                              \
		.name = (label),                                                                             \
		.initial = (value),                                                                          \
		.words = (choices),                                                                          \
		.help = (text),                                                                              \
		AT(field)},
#define LIST(field, label, form, value, text)                                                                \
	{.kind = OPTION_LIST,                                                                                \
		.name = (label),                                                                             \
		.shape = SHAPE_##form,                                                                       \
		.initial = (value),                                                                          \
		.words = "",                                                                                 \
		.help = (text),                                                                              \
		AT(field)},
#define NETWORKS(field, label, value, text)                                                                  \
	{.kind = OPTION_NETWORKS,                                                                            \
		.name = (label),                                                                             \
		.initial = (value),                                                                          \
		.words = "",                                                                                 \
		.help = (text),                                                                              \
		AT(field)},
#include "settings/options.def"
};

const size_t option_count = sizeof option_rows / sizeof option_rows[0];

const struct option_row *option_named(const char *name)
{
	for (size_t i = 0; i < option_count; i++)
		if (option_rows[i].kind != OPTION_SECTION && strcmp(option_rows[i].name, name) == 0)
			return &option_rows[i];
	return NULL;
}

static size_t least_of(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* How many letters must be typed, dropped or changed to make b of a (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t costs[NAME_MAX_LEN + 1], len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		costs[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = costs[0];

		costs[0] = i;
		for (size_t j = 1; j <= len; j++) {
			size_t change = diagonal + (text_lower_char(a[i - 1]) != b[j - 1]);

			diagonal = costs[j];
			costs[j] = least_of(change, costs[j] + 1, costs[j - 1] + 1);
		}
	}
	return costs[len];
}

const char *option_near(const char *name)
{
	const char *nearest = NULL;
	size_t best = NEAR_ENOUGH;

	if (strlen(name) > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < option_count; i++) {
		size_t far;

		if (option_rows[i].kind == OPTION_SECTION || strlen(option_rows[i].name) > NAME_MAX_LEN)
			continue;
		far = distance(name, option_rows[i].name);
		/* Half of a short name changed is another name. */
		if (far < best && far * 2 <= strlen(name)) {
			best = far;
			nearest = option_rows[i].name;
		}
	}
	return nearest;
}

struct span option_word(const char *words, int index)
{
	struct span word = {.at = words, .len = strcspn(words, " ")};

	while (index-- > 0 && word.len > 0) {
		word.at += word.len;
		word.at += strspn(word.at, " ");
		word.len = strcspn(word.at, " ");
	}
	return word;
}

int option_word_index(const char *words, const char *word)
{
	for (int i = 0; option_word(words, i).len > 0; i++)
		if (span_is(option_word(words, i), word))
			return i;
	return -1;
}

bool option_is_list(const struct option_row *row)
{
	return row->kind == OPTION_LIST || row->kind == OPTION_NETWORKS;
}
