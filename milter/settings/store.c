#include "settings/store.h"

#include "base/arena.h"
#include "base/buf.h"
#include "settings/settings.h"
#include "settings/shape.h"

#include <string.h>

enum { LIST_FIRST_SIZE = 8, SHOWN_MAX = 60 };

static void *field_of(struct settings *settings, const struct option_row *row)
{
	return (char *)settings + row->offset;
}

static const void *field_in(const struct settings *settings, const struct option_row *row)
{
	return (const char *)settings + row->offset;
}

static bool refuse(const struct option_row *row, const char *text, const char *wanted, struct fault *fault)
{
	size_t len = strlen(text);

	fault_set(fault, "%s: \"%.*s%s\" is not %s", row->name, len > SHOWN_MAX ? SHOWN_MAX : (int)len, text,
		len > SHOWN_MAX ? "..." : "", wanted);
	return false;
}

static bool store_flag(bool *field, const struct option_row *row, const char *text, struct fault *fault)
{
	if (option_word_index("yes true on", text) >= 0)
		*field = true;
	else if (option_word_index("no false off", text) >= 0)
		*field = false;
	else
		return refuse(row, text, "yes or no", fault);
	return true;
}

static bool store_number(
	long *field, const struct option_row *row, const char *text, struct arena *arena, struct fault *fault)
{
	bool negative = *text == '-';
	unsigned long number;
	long value;

	if (span_number(span_of(text + negative), 0x7fffffff, &number)) {
		value = negative ? -(long)number : (long)number;
		if (value >= row->least && value <= row->most) {
			*field = value;
			return true;
		}
	}
	return refuse(
		row, text, arena_printf(arena, "a number from %ld to %ld", row->least, row->most), fault);
}

static const char *words_with_commas(const char *words, struct arena *arena)
{
	struct buf list = buf_in(arena);

	for (int i = 0; option_word(words, i).len > 0; i++) {
		if (i > 0)
			buf_text(&list, option_word(words, i + 1).len > 0 ? ", " : " or ");
		buf_add(&list, option_word(words, i).at, option_word(words, i).len);
	}
	return list.data;
}

static bool store_choice(
	int *field, const struct option_row *row, const char *text, struct arena *arena, struct fault *fault)
{
	int index = option_word_index(row->words, text);

	if (index < 0)
		return refuse(row, text, words_with_commas(row->words, arena), fault);
	*field = index;
	return true;
}

/* The same array, or its larger copy when the next item needs it: sizes are 8, 16, 32 ... */
static void *roomier(const void *items, size_t count, size_t size, struct arena *arena)
{
	void *copy;
	bool full = count == 0 || (count >= LIST_FIRST_SIZE && (count & (count - 1)) == 0);

	if (!full)
		return (void *)items;
	copy = arena_array(arena, count == 0 ? LIST_FIRST_SIZE : count * 2, size);
	if (count > 0)
		memcpy(copy, items, count * size);
	return copy;
}

static void add_text(struct text_list *list, const char *text, struct arena *arena)
{
	const char **items = roomier(list->items, list->count, sizeof *items, arena);

	items[list->count++] = text;
	list->items = items;
}

static bool store_network(struct network_list *list, const struct option_row *row, const char *text,
	struct arena *arena, struct fault *fault)
{
	struct network network, *items;

	if (!network_parse(text, &network))
		return refuse(
			row, text, "a network such as 192.0.2.0/24 or 2001:db8::/32, or an address", fault);
	items = roomier(list->items, list->count, sizeof *items, arena);
	items[list->count++] = network;
	list->items = items;
	return true;
}

static bool store_text(struct settings *settings, const struct option_row *row, const char *text,
	struct arena *arena, struct fault *fault)
{
	bool left_out = row->kind == OPTION_TEXT && *text == '\0' && *row->initial == '\0';
	const char *wanted, *value = left_out ? "" : shape_value(row->shape, text, arena, &wanted);

	if (value == NULL)
		return refuse(row, text, wanted, fault);
	if (row->kind == OPTION_LIST)
		add_text(field_of(settings, row), value, arena);
	else
		*(const char **)field_of(settings, row) = value;
	return true;
}

/* An override's words may have tabs between them. */
static bool has_control(const char *text, enum option_shape shape)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 || *text == 0x7f) &&
			!(*text == '\t' && shape == SHAPE_OVERRIDE))
			return true;
	return false;
}

bool store_value(struct settings *settings, const struct option_row *row, const char *text,
	struct arena *arena, struct fault *fault)
{
	void *field = field_of(settings, row);

	if (has_control(text, row->shape)) {
		fault_set(fault, "%s: the value has a control character in it", row->name);
		return false;
	}
	if (*text == '\0' && option_is_list(row)) {
		fault_set(fault, "%s: an item of the list is empty", row->name);
		return false;
	}
	switch (row->kind) {
	case OPTION_FLAG:
		return store_flag(field, row, text, fault);
	case OPTION_NUMBER:
		return store_number(field, row, text, arena, fault);
	case OPTION_CHOICE:
		return store_choice(field, row, text, arena, fault);
	case OPTION_NETWORKS:
		return store_network(field, row, text, arena, fault);
	case OPTION_TEXT:
	case OPTION_LIST:
		return store_text(settings, row, text, arena, fault);
	case OPTION_SECTION:
		break;
	}
	return false;
}

bool store_values(struct settings *settings, const struct option_row *row, const char *text,
	struct arena *arena, struct fault *fault)
{
	if (!option_is_list(row))
		return store_value(settings, row, text, arena, fault);
	for (;;) {
		size_t len = strcspn(text, ",");
		struct span item = span_trim((struct span){.at = text, .len = len});

		if (!store_value(settings, row, span_text(arena, item), arena, fault))
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

void store_clear(struct settings *settings, const struct option_row *row)
{
	if (row->kind == OPTION_LIST)
		*(struct text_list *)field_of(settings, row) = (struct text_list){0};
	else if (row->kind == OPTION_NETWORKS)
		*(struct network_list *)field_of(settings, row) = (struct network_list){0};
}

size_t store_item_count(const struct settings *settings, const struct option_row *row)
{
	switch (row->kind) {
	case OPTION_LIST:
		return ((const struct text_list *)field_in(settings, row))->count;
	case OPTION_NETWORKS:
		return ((const struct network_list *)field_in(settings, row))->count;
	case OPTION_SECTION:
		return 0;
	default:
		return 1;
	}
}

static void show_network(const struct network *network, struct buf *out)
{
	char text[NETADDR_TEXT_SIZE];

	buf_text(out, netaddr_format(&network->address, text));
	buf_printf(out, "/%u", network->prefix);
}

void store_show(const struct settings *settings, const struct option_row *row, size_t index, struct buf *out)
{
	const void *field = field_in(settings, row);
	struct span word;

	switch (row->kind) {
	case OPTION_TEXT:
		buf_text(out, *(const char *const *)field);
		break;
	case OPTION_FLAG:
		buf_text(out, *(const bool *)field ? "yes" : "no");
		break;
	case OPTION_NUMBER:
		buf_printf(out, "%ld", *(const long *)field);
		break;
	case OPTION_CHOICE:
		word = option_word(row->words, *(const int *)field);
		buf_add(out, word.at, word.len);
		break;
	case OPTION_LIST:
		buf_text(out, ((const struct text_list *)field)->items[index]);
		break;
	case OPTION_NETWORKS:
		show_network(&((const struct network_list *)field)->items[index], out);
		break;
	case OPTION_SECTION:
		break;
	}
}
