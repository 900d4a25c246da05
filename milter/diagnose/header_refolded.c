/* The same field with other white space or in other letters of its name: what only the simple form
 * sees. */
#include "base/arena.h"
#include "diagnose/header_candidates.h"
#include "message/header_list.h"

#include <string.h>

enum {
	REFOLDS_MAX = 150,
	REFOLDED_OCTETS_MAX = 2000, /* longer fields are folded in many places: no guess hits them all */
};

static const char *const folds[] = {"\r\n ", "\r\n\t", "\r\n        ", "\r\n    "};
enum { FOLDS = sizeof folds / sizeof folds[0] };

static void add(struct header_candidates *list, const char *value)
{
	header_candidates_add(list, HEADER_REFOLDED, value, "");
}

/* Without line ends; a tab is a blank. */
static struct buf unfolded(struct header_candidates *list, const struct header_field *field)
{
	struct buf flat = buf_in(list->arena);

	for (size_t i = 0; i < field->value_len; i++)
		if (field->value[i] != '\r' && field->value[i] != '\n')
			buf_char(&flat, field->value[i] == '\t' ? ' ' : field->value[i]);
	return flat;
}

static struct buf single_blanks(struct header_candidates *list, const struct buf *flat)
{
	struct buf tight = buf_in(list->arena);

	for (size_t i = 0; i < flat->len; i++)
		if (flat->data[i] != ' ' || i + 1 == flat->len || flat->data[i + 1] != ' ')
			buf_char(&tight, flat->data[i]);
	return tight;
}

/* What stands between colon and text. */
static void add_starts(
	struct header_candidates *list, const struct header_field *field, const struct buf *tight)
{
	static const char *const starts[] = {"", " ", "\t", "  ", "\r\n ", "\r\n\t"};
	const char *text = span_text(list->arena, span_trim(span_of(tight->data)));
	const char *folded = span_text(list->arena, span_trim((struct span){field->value, field->value_len}));

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		add(list, arena_printf(list->arena, "%s%s", starts[i], text));
		add(list, arena_printf(list->arena, "%s%s", starts[i], folded));
	}
}

/* A fold behind each of these characters, in place of the blank there. */
static void add_folds_behind(struct header_candidates *list, const struct buf *tight, char mark)
{
	for (size_t f = 0; f < FOLDS; f++) {
		struct buf out = buf_in(list->arena);

		for (size_t i = 0; i < tight->len; i++) {
			buf_char(&out, tight->data[i]);
			if (tight->data[i] != mark || i + 2 >= tight->len)
				continue;
			i += tight->data[i + 1] == ' ';
			buf_text(&out, folds[f]);
		}
		add(list, out.data);
	}
}

/* Lines filled up to a width, as most writers do it. */
static void add_filled(
	struct header_candidates *list, const struct header_field *field, const struct buf *tight)
{
	static const size_t widths[] = {78, 76, 77, 72, 74, 75, 70, 66, 64, 60};

	for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++)
		for (size_t f = 0; f < 2; f++) {
			struct buf out = buf_in(list->arena);
			size_t column = field->name_len + 1;

			for (size_t at = 0; at < tight->len;) {
				size_t word = 1 + strcspn(tight->data + at + 1, " ");

				if (at > 0 && column + word > widths[w]) {
					buf_text(&out, folds[f]);
					buf_add(&out, tight->data + at + 1, word - 1);
					column = word;
				} else {
					buf_add(&out, tight->data + at, word);
					column += word;
				}
				at += word;
			}
			add(list, out.data);
		}
}

/* The folds that are there, written in another way, or one of them less. */
static void add_other_folds(struct header_candidates *list, const struct header_field *field)
{
	for (size_t f = 0; f < FOLDS; f++) {
		struct buf out = buf_in(list->arena);

		for (const char *at = field->value; *at != '\0';) {
			size_t len = strcspn(at, "\r");

			buf_add(&out, at, len);
			at += len;
			if (*at == '\0')
				break;
			at += strspn(at, "\r\n \t");
			buf_text(&out, folds[f]);
		}
		add(list, out.data);
	}
	for (const char *at = field->value; list->count < REFOLDS_MAX && (at = strchr(at, '\r')) != NULL;) {
		size_t fold = strspn(at, "\r\n \t");
		struct buf out = buf_in(list->arena);

		buf_add(&out, field->value, (size_t)(at - field->value));
		buf_char(&out, ' ');
		buf_text(&out, at + fold);
		add(list, out.data);
		at += fold; /* blanks between folds are no text: they are one */
	}
}

static void add_single_folds(struct header_candidates *list, const struct buf *tight)
{
	for (size_t at = 1; at < tight->len && list->count < REFOLDS_MAX; at++)
		for (size_t f = 0; tight->data[at] == ' ' && f < FOLDS / 2; f++) {
			struct buf folded = buf_in(list->arena);

			buf_add(&folded, tight->data, at);
			buf_text(&folded, folds[f]);
			buf_text(&folded, tight->data + at + 1);
			add(list, folded.data);
		}
}

void header_candidates_refolded(struct header_candidates *list, const struct header_field *field)
{
	struct buf flat = unfolded(list, field), tight = single_blanks(list, &flat);

	add(list, flat.data);
	add(list, tight.data);
	add_starts(list, field, &tight);
	if (tight.len > REFOLDED_OCTETS_MAX)
		return;
	add_other_folds(list, field);
	add_folds_behind(list, &tight, ',');
	add_folds_behind(list, &tight, ';');
	add_filled(list, field, &tight);
	add_single_folds(list, &tight);
}

void header_candidates_renamed(
	struct header_candidates *list, const struct header_field *field, const char *listed)
{
	static const char *const usual[] = {"MIME-Version", "Mime-Version", "Message-ID", "Message-Id"};
	char *capital = arena_copy(list->arena, field->name, field->name_len);
	const char *names[2 + sizeof usual / sizeof usual[0]] = {listed, capital};
	size_t count = 2;

	for (size_t i = 0; i < field->name_len; i++)
		capital[i] = i == 0 || capital[i - 1] == '-' ? text_upper_char(capital[i])
							     : text_lower_char(capital[i]);
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (header_field_is(field, usual[i]))
			names[count++] = usual[i];
	for (size_t i = 0; i < count; i++)
		header_candidates_add_name(list, names[i], field->value);
}
