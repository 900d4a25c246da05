#include "diagnose/header_candidates.h"

#include "base/arena.h"
#include "base/text.h"
#include "message/header_list.h"

#include <string.h>

enum { VARIED_OCTETS_MAX = 16384 }; /* longer fields get no variants of their value */

struct header_candidates header_candidates_new(struct arena *arena)
{
	return (struct header_candidates){.arena = arena};
}

static bool is_listed(const struct header_candidates *list, const char *value, size_t len)
{
	for (size_t i = 0; value != NULL && i < list->count; i++)
		if (list->items[i].value != NULL && list->items[i].name == NULL &&
			list->items[i].len == len && memcmp(list->items[i].value, value, len) == 0)
			return true;
	return false;
}

static void append(struct header_candidates *list, struct header_candidate candidate)
{
	if (list->count == list->size) {
		struct header_candidate *items;

		list->size = list->size == 0 ? 32 : list->size * 2;
		items = arena_array(list->arena, list->size, sizeof *items);
		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof *items);
		list->items = items;
	}
	list->items[list->count++] = candidate;
}

void header_candidates_add(
	struct header_candidates *list, enum header_change_kind kind, const char *value, const char *text)
{
	size_t len = value == NULL ? 0 : strlen(value);

	if (!is_listed(list, value, len))
		append(list, (struct header_candidate){kind, value, text, NULL, len});
}

void header_candidates_add_name(struct header_candidates *list, const char *name, const char *value)
{
	append(list, (struct header_candidate){HEADER_REFOLDED, value, "", name, strlen(value)});
}

static void add_value(struct header_candidates *list, enum header_change_kind kind, const char *value)
{
	header_candidates_add(list, kind, value, "");
}

/* Copies of the original that software leaves behind when it rewrites a field. */
static void add_preserved(struct header_candidates *list, const struct header_facts *facts, const char *name,
	enum header_change_kind kind)
{
	static const char *const forms[] = {"X-Original-%s", "X-Google-Original-%s", "Original-%s", "Old-%s",
		"X-Old-%s", "X-Orig-%s", "Resent-%s", "X-MS-Exchange-Original-%s"};
	static const struct {
		const char *name, *copy;
	} special[] = {{"Subject", "Thread-Topic"}, {"From", "Reply-To"}, {"From", "Author"},
		{"From", "X-Author"}, {"From", "X-Original-Sender"}, {"To", "X-Envelope-To"},
		{"Date", "X-Original-Arrival-Date"}};

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct buf copy = buf_in(list->arena);
		const struct header_field *field;

		buf_add(&copy, forms[i], strlen(forms[i]) - strlen("%s"));
		buf_text(&copy, name);
		field = header_list_find(facts->header, copy.data, 1);
		if (field != NULL)
			add_value(list, kind, field->value);
	}
	for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
		const struct header_field *field =
			text_equal(special[i].name, name)
				? header_list_find(facts->header, special[i].copy, 1)
				: NULL;

		if (field != NULL)
			add_value(list, kind, field->value);
	}
}

static void add_replaced(struct header_candidates *list, const struct header_field *field,
	enum header_change_kind kind, const char *old, const char *with)
{
	if (strstr(field->value, old) != NULL)
		add_value(list, kind, text_replaced(list->arena, field->value, old, with));
}

/* "Sun, 1 Mar", "Sun, 01 Mar", the zone's comment, GMT. */
static void add_redated(struct header_candidates *list, const struct header_field *field)
{
	static const char *const zones[] = {
		"JST", "GMT", "UTC", "CET", "CEST", "BST", "EST", "EDT", "CST", "CDT", "PST", "PDT", "MSK"};
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	const char *comma = strchr(field->value, ','), *comment = strchr(field->value, '(');
	struct buf day = buf_in(list->arena);

	if (comma != NULL && comma[1] == ' ' && text_is_digit(comma[2])) {
		buf_add(&day, field->value, (size_t)(comma + 2 - field->value));
		if (comma[2] == '0')
			buf_text(&day, comma + 3);
		else
			buf_printf(&day, "0%s", comma + 2);
		add_value(list, HEADER_ALTERED, day.data);
	}
	if (comment != NULL)
		add_value(list, HEADER_ALTERED,
			arena_copy(list->arena, field->value,
				span_trim((struct span){field->value, (size_t)(comment - field->value)}).len +
					1));
	add_replaced(list, field, HEADER_ALTERED, "+0000", "GMT");
	add_replaced(list, field, HEADER_ALTERED, "+0000", "-0000");
	add_replaced(list, field, HEADER_ALTERED, "-0000", "+0000");
	add_replaced(list, field, HEADER_ALTERED, "GMT", "+0000");
	add_replaced(list, field, HEADER_ALTERED, "UTC", "+0000");
	add_replaced(list, field, HEADER_ALTERED, "+0000", "UTC");
	add_replaced(list, field, HEADER_ALTERED, "UT", "+0000");
	add_replaced(list, field, HEADER_ALTERED, "+0000", "UT");
	for (size_t i = 0; comment == NULL && i < sizeof zones / sizeof zones[0]; i++)
		add_value(list, HEADER_ALTERED, arena_printf(list->arena, "%s (%s)", field->value, zones[i]));
	for (size_t i = 0; comma == NULL && i < sizeof days / sizeof days[0]; i++)
		add_value(list, HEADER_ALTERED, arena_printf(list->arena, " %s,%s", days[i], field->value));
	if (comma != NULL)
		add_value(list, HEADER_ALTERED, comma + 1);
}

static void add_content_types(struct header_candidates *list, const struct header_field *field)
{
	static const char *const charsets[] = {"utf-8", "UTF-8", "iso-2022-jp", "ISO-2022-JP", "iso-8859-1",
		"ISO-8859-1", "us-ascii", "US-ASCII", "shift_jis", "Shift_JIS", "euc-jp", "EUC-JP"};
	const char *semicolon = strchr(field->value, ';');
	const char *charset = text_find(field->value, field->value_len, "charset=");
	struct span type = {
		field->value, semicolon == NULL ? field->value_len : (size_t)(semicolon - field->value)};

	for (size_t i = 0; charset != NULL && i < sizeof charsets / sizeof charsets[0]; i++) {
		const char *start = charset + strlen("charset=");
		size_t quote = *start == '"', len = strcspn(start + quote, "\"; \t\r\n");

		for (int quoted = 0; quoted < 2; quoted++)
			add_value(list, HEADER_ALTERED,
				arena_printf(list->arena, "%.*s%s%s%s%s", (int)(start - field->value),
					field->value, quoted ? "\"" : "", charsets[i], quoted ? "\"" : "",
					start + quote + len + (quote && start[quote + len] == '"')));
	}
	add_value(list, HEADER_ALTERED, span_text(list->arena, type));
	add_replaced(list, field, HEADER_ALTERED, "Multipart/", "multipart/");
	add_replaced(list, field, HEADER_ALTERED, "Text/", "text/");
	add_value(list, HEADER_ALTERED,
		arena_printf(list->arena, "%.*s; charset=utf-8", (int)type.len, type.at));
	add_replaced(list, field, HEADER_ALTERED, "; format=flowed", "");
	add_replaced(list, field, HEADER_REENCODED, "\"", "");
}

static void add_transfer_encodings(struct header_candidates *list)
{
	static const char *const encodings[] = {
		" 8bit", " 7bit", " quoted-printable", " base64", " binary", " 8BIT", " 7BIT"};

	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++)
		add_value(list, HEADER_ALTERED, encodings[i]);
}

void header_candidates_of(
	struct header_candidates *list, const struct header_facts *facts, const struct header_field *field)
{
	static const char *const addresses[] = {"From", "To", "Cc", "Reply-To", "Sender"};
	bool from = header_field_is(field, "From");
	char *name = arena_copy(list->arena, field->name, field->name_len);

	add_value(list, HEADER_ADDED, NULL);
	if (field->value_len > VARIED_OCTETS_MAX)
		return;
	if (header_field_is(field, "Subject"))
		header_candidates_subject(list, field);
	add_preserved(list, facts, name, from ? HEADER_FROM_MUNGED : HEADER_ALTERED);
	if (facts->canon == CANON_SIMPLE)
		header_candidates_refolded(list, field);
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		if (header_field_is(field, addresses[i]))
			header_candidates_addresses(list, facts, field);
	if (header_field_is(field, "Date"))
		add_redated(list, field);
	if (header_field_is(field, "Content-Type"))
		add_content_types(list, field);
	if (header_field_is(field, "Content-Transfer-Encoding"))
		add_transfer_encodings(list);
	if (header_field_is(field, "Message-ID"))
		header_candidates_addresses(list, facts, field);
}

void header_candidates_missing(
	struct header_candidates *list, const struct header_facts *facts, struct span name)
{
	static const struct {
		const char *name, *value;
	} usual[] = {{"MIME-Version", " 1.0"}, {"Content-Transfer-Encoding", " 7bit"},
		{"Content-Transfer-Encoding", " 8bit"}, {"Content-Transfer-Encoding", " quoted-printable"},
		{"Content-Transfer-Encoding", " base64"}, {"Content-Type", " text/plain; charset=utf-8"},
		{"Content-Type", " text/plain; charset=\"utf-8\""},
		{"Content-Type", " text/plain; charset=UTF-8"}, {"Content-Type", " text/plain"},
		{"Content-Type", " text/html; charset=utf-8"}, {"Content-Language", " ja"},
		{"Content-Language", " en-US"}, {"X-Priority", " 3"}, {"Importance", " normal"},
		{"Precedence", " bulk"}, {"Precedence", " list"}, {"Auto-Submitted", " auto-generated"},
		{"Content-Disposition", " inline"}, {"Content-Language", " en"}, {"Importance", " Normal"},
		{"X-Priority", " 3 (Normal)"}, {"X-MSMail-Priority", " Normal"}, {"Subject", ""},
		{"Subject", " "}};
	const struct header_field *from = header_list_find(facts->header, "From", 1);

	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (span_is(name, usual[i].name))
			add_value(list, HEADER_REMOVED, usual[i].value);
	if (from != NULL && (span_is(name, "Reply-To") || span_is(name, "Sender"))) {
		const char *angle = strrchr(from->value, '<');

		add_value(list, HEADER_REMOVED, from->value);
		if (angle != NULL)
			add_value(list, HEADER_REMOVED,
				arena_printf(list->arena, " %.*s", (int)strcspn(angle + 1, ">"), angle + 1));
	}
	add_preserved(list, facts, span_text(list->arena, name), HEADER_REMOVED);
}
