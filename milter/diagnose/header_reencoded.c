/* Encoded words as other software may have written them: the same text, or the text without the tag
 * that was put into it, in the usual character sets, encodings and word lengths. */
#include "base/arena.h"
#include "diagnose/effort.h"
#include "diagnose/header_candidates.h"
#include "diagnose/transcode.h"
#include "message/encoded_word.h"
#include "message/header_list.h"

#include <string.h>

enum {
	TEXT_MAX = 400, /* octets of decoded text */
	TAIL_MAX = 600, /* of what comes along behind it in each candidate: an address and a comment */
	TAGS_MAX = 3,
	WHOLE = TEXT_MAX * 6,
	FIRST_WORD_MAX = 30,
	LAYOUTS_OTHER = 5, /* tried for the rarer character sets */
};

/* How software cuts a long text into words: octets of a whole word, fewer in the first line. */
static const struct layout {
	size_t word, first;
} layouts[] = {{WHOLE, WHOLE}, {75, 75}, {76, 76}, {75, 66}, {76, 67}, {78, 69}, {74, 74}, {74, 65}, {72, 72},
	{72, 63}, {70, 70}, {68, 68}, {66, 66}, {64, 64}, {63, 63}, {60, 60}, {56, 56}, {50, 50}, {45, 45},
	{40, 40}};
enum { LAYOUTS = sizeof layouts / sizeof layouts[0] };

/* Which characters Q leaves as they are, beside letters and figures, and how it writes a blank (RFC 2047
 * sections 4.2 and 5). */
static const struct q_manner {
	const char *literals, *blank;
} q_manners[] = {{"!*+-/", "_"}, {"", "_"}, {"", "=20"}, {"!*+-/.,:;@#$%&'()<>[]{}|~^`\"\\", "_"}};

/* One text to be written again: what stands before and behind it, and what it would mean. */
struct rewriting {
	struct header_candidates *list;
	enum header_change_kind kind;
	struct span text;
	const char *tail, *tag;
};

static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] >= 0x80)
			return false;
	return true;
}

/* All words decoded to UTF-8; false when one cannot be. Blanks between words are not text (RFC 2047
 * section 6.2). */
static bool decode_all(struct span value, struct buf *text)
{
	struct encoded_word word;
	struct span rest = value;
	bool behind_word = false;

	while (encoded_word_find(rest, &word)) {
		struct span before = {rest.at, (size_t)(word.whole.at - rest.at)};
		struct buf octets = encoded_word_decode(&word, text->arena);

		if (!behind_word || span_trim(before).len > 0)
			buf_add(text, before.at, before.len);
		if (!transcode_text(text, (struct span){octets.data, octets.len},
			    span_text(text->arena, word.charset), "utf-8"))
			return false;
		rest.at = word.whole.at + word.whole.len;
		rest.len = (size_t)(value.at + value.len - rest.at);
		behind_word = true;
	}
	buf_add(text, rest.at, rest.len);
	return (behind_word || !is_ascii(value)) && text->len <= TEXT_MAX;
}

/* Octets of the UTF-8 character at the start. */
static size_t character_length(struct span text)
{
	size_t len = 1;

	while (len < text.len && ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* How one word is written: q is NULL for B. */
struct manner {
	const char *charset;
	const struct q_manner *q;
	char letter;
};

static void write_q_word(struct buf *out, const struct manner *manner, struct span octets)
{
	buf_printf(out, "=?%s?%c?", manner->charset, manner->letter);
	for (size_t i = 0; i < octets.len; i++) {
		char c = octets.at[i];

		if (c == ' ')
			buf_text(out, manner->q->blank);
		else if (text_is_alnum(c) || (c != '\0' && strchr(manner->q->literals, c) != NULL))
			buf_char(out, c);
		else
			buf_printf(out, "=%02X", (unsigned char)c);
	}
	buf_text(out, "?=");
}

static bool write_word(struct buf *out, struct span text, const struct manner *manner)
{
	struct buf octets = buf_in(out->arena);

	if (!text_equal(manner->charset, "utf-8")) {
		if (!transcode_text(&octets, text, "utf-8", manner->charset))
			return false;
		text = (struct span){octets.data, octets.len};
	}
	if (manner->q == NULL)
		encoded_word_write(out, span_of(manner->charset), manner->letter, text);
	else
		write_q_word(out, manner, text);
	return true;
}

/* The longest start of the text that fits one word of so many octets, found by halving the number of
 * its characters. */
static size_t fitting(struct span text, const struct manner *manner, size_t room, struct arena *arena)
{
	size_t ends[TEXT_MAX + 1] = {0}, count = 0, low = 0, high;

	for (size_t len = 0; len < text.len && len <= room;) {
		len += character_length((struct span){text.at + len, text.len - len});
		ends[++count] = len;
	}
	for (high = count; low < high;) {
		size_t middle = (low + high + 1) / 2;
		struct buf word = buf_in(arena);

		if (write_word(&word, (struct span){text.at, ends[middle]}, manner) && word.len <= room)
			low = middle;
		else
			high = middle - 1;
	}
	return ends[low];
}

static bool write_words(
	struct buf *out, struct span text, const struct manner *manner, const struct layout *layout)
{
	size_t room = layout->first;

	while (text.len > 0) {
		size_t len = room > TEXT_MAX ? text.len : fitting(text, manner, room, out->arena);

		if (len == 0 || !write_word(out, (struct span){text.at, len}, manner))
			return false;
		text.at += len;
		text.len -= len;
		if (text.len > 0)
			buf_text(out, "\r\n ");
		room = layout->word;
	}
	return true;
}

static bool is_among(const char *const *values, size_t count, const char *value)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(values[i], value) == 0)
			return true;
	return false;
}

static void offer_manner(const struct rewriting *rewriting, const struct manner *manner, size_t layout_count)
{
	const char *made[LAYOUTS];
	size_t count = 0;

	for (size_t i = 0; i < layout_count; i++) {
		struct buf value = buf_in(rewriting->list->arena);

		buf_char(&value, ' ');
		if (!write_words(&value, rewriting->text, manner, &layouts[i]))
			return;
		buf_text(&value, rewriting->tail);
		if (is_among(made, count, value.data))
			continue;
		made[count++] = value.data;
		header_candidates_add(rewriting->list, rewriting->kind, value.data, rewriting->tag);
		/* A short text is one word, however words are cut. */
		if (i == 0 && value.len < layouts[LAYOUTS - 1].word)
			return;
	}
}

static bool may_go_on(const struct header_candidates *list)
{
	return list->effort == NULL || effort_exceeds(list->effort, 0);
}

static void offer_text(const struct rewriting *rewriting)
{
	/* small: some write the letter of the encoding small too */
	static const struct {
		const char *name;
		bool q, small;
		size_t layouts;
	} charsets[] = {{"utf-8", true, true, LAYOUTS}, {"UTF-8", true, false, LAYOUTS},
		{"iso-2022-jp", false, true, LAYOUTS}, {"ISO-2022-JP", false, false, LAYOUTS},
		{"iso-8859-1", true, true, LAYOUTS_OTHER}, {"ISO-8859-1", true, false, LAYOUTS_OTHER},
		{"Shift_JIS", false, false, LAYOUTS_OTHER}, {"windows-1252", true, false, LAYOUTS_OTHER},
		{"gb2312", false, true, LAYOUTS_OTHER}, {"GB2312", false, false, LAYOUTS_OTHER},
		{"koi8-r", false, true, LAYOUTS_OTHER}, {"KOI8-R", false, false, LAYOUTS_OTHER},
		{"windows-1251", false, false, LAYOUTS_OTHER}};
	struct arena *arena = rewriting->list->arena;

	if (rewriting->text.len == 0)
		return;
	header_candidates_add(rewriting->list, rewriting->kind,
		arena_printf(arena, " %s%s", span_text(arena, rewriting->text), rewriting->tail),
		rewriting->tag);
	for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
		struct manner manner = {charsets[i].name, NULL, 'B'};

		if (!may_go_on(rewriting->list))
			return;
		offer_manner(rewriting, &manner, charsets[i].layouts);
		manner.letter = 'b';
		if (charsets[i].small)
			offer_manner(rewriting, &manner, charsets[i].layouts);
		manner.letter = 'Q';
		for (size_t q = 0; charsets[i].q && q < sizeof q_manners / sizeof q_manners[0]; q++) {
			manner.q = &q_manners[q];
			offer_manner(rewriting, &manner, charsets[i].layouts);
		}
		manner.letter = 'q';
		manner.q = &q_manners[0];
		if (charsets[i].q && charsets[i].small)
			offer_manner(rewriting, &manner, charsets[i].layouts);
	}
}

/* The words as they are, but for the letters of their character sets and encodings. */
static void offer_letters(struct header_candidates *list, struct span value)
{
	for (int upper = 0; upper < 2; upper++)
		for (int all = 0; all < 2; all++) {
			struct buf out = buf_in(list->arena);
			struct span rest = value;
			struct encoded_word word;

			while (encoded_word_find(rest, &word)) {
				const char *charset = span_text(list->arena, word.charset);
				char encoding = upper ? text_upper_char(word.encoding)
						      : text_lower_char(word.encoding);

				if (all)
					charset = upper ? text_upper(list->arena, charset, word.charset.len)
							: text_lower(list->arena, charset, word.charset.len);
				buf_add(&out, rest.at, (size_t)(word.whole.at - rest.at));
				buf_printf(&out, "=?%s?%c?%.*s?=", charset, all ? word.encoding : encoding,
					(int)word.text.len, word.text.at);
				rest.at = word.whole.at + word.whole.len;
				rest.len = (size_t)(value.at + value.len - rest.at);
			}
			buf_add(&out, rest.at, rest.len);
			header_candidates_add(list, HEADER_REENCODED, out.data, "");
		}
}

/* "SPAM? text": a tag without any form, as far as the first blank. */
static size_t first_word_length(struct span text)
{
	for (size_t at = 1; at < text.len && at < FIRST_WORD_MAX; at++)
		if (text.at[at] == ' ')
			return at;
	return 0;
}

static void offer_subject(struct header_candidates *list, struct span text)
{
	struct rewriting rewriting = {list, HEADER_REENCODED, text, "", ""};
	const char *tag = text.at;

	offer_text(&rewriting);
	rewriting.kind = HEADER_SUBJECT_PREFIX;
	for (int tags = 0; tags < TAGS_MAX; tags++) {
		size_t len = subject_tag_length(rewriting.text);

		if (len == 0)
			len = first_word_length(rewriting.text);
		if (len == 0)
			return;
		rewriting.text = span_trim((struct span){rewriting.text.at + len, rewriting.text.len - len});
		rewriting.tag = span_text(
			list->arena, span_trim((struct span){tag, (size_t)(rewriting.text.at - tag)}));
		offer_text(&rewriting);
	}
}

/* The name in front of one address. */
static void offer_name(struct header_candidates *list, struct span text, const char *tail)
{
	struct rewriting rewriting = {list, HEADER_REENCODED, text, tail, ""};

	while (rewriting.text.len >= 2 && rewriting.text.at[0] == '"' &&
		rewriting.text.at[rewriting.text.len - 1] == '"')
		rewriting.text = (struct span){rewriting.text.at + 1, rewriting.text.len - 2};
	offer_text(&rewriting);
}

void header_candidates_reencoded(struct header_candidates *list, const struct header_field *field)
{
	static const char *const addresses[] = {"From", "Reply-To", "Sender", "To"};
	struct span value = {field->value, field->value_len};
	const char *angle = strrchr(field->value, '<');
	struct buf decoded = buf_in(list->arena);

	if (header_field_is(field, "Subject")) {
		if (!decode_all(value, &decoded))
			return;
		offer_letters(list, value);
		offer_subject(list, span_trim((struct span){decoded.data, decoded.len}));
		return;
	}
	if (angle == NULL || strlen(angle) > TAIL_MAX)
		return;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		struct span name = {field->value, (size_t)(angle - field->value)};

		if (!header_field_is(field, addresses[i]) || memchr(name.at, '<', name.len) != NULL ||
			!decode_all(name, &decoded))
			continue;
		offer_letters(list, value);
		offer_name(list, span_trim((struct span){decoded.data, decoded.len}),
			arena_printf(list->arena, " %s", angle));
	}
}
