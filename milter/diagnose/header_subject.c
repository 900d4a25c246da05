#include "diagnose/header_candidates.h"

#include "base/arena.h"
#include "message/encoded_word.h"
#include "message/header_list.h"

#include <string.h>

enum { TAG_MAX = 60, NAME_MAX = 30, TAGS_MAX = 4, WORDS_MAX = 8, PLAIN_WORDS_MAX = 6 };

static const char *const openers[] = {
	"[", "(", "{", "<", "***", "\xe3\x80\x90" /* 【 */, "\xef\xbc\xbb" /* ［ */};
static const char *const closers[] = {
	"]", ")", "}", ">", "***", "\xe3\x80\x91" /* 】 */, "\xef\xbc\xbd" /* ］ */};

/* Length of a word that filters put in front with a colon: "SPAM:", "[ml] Re:" keeps its "Re:". */
static size_t colon_word(struct span text)
{
	static const char *const words[] = {"spam", "junk", "bulk", "suspect", "suspected spam",
		"possible spam", "virus", "external", "ext", "extern", "caution", "warning", "phishing",
		"unverified", "newsletter"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t len = strlen(words[i]);

		if (text.len > len && text_equal_n(text.at, words[i], len)) {
			size_t at = len;

			while (at < text.len && strchr("?!*_-", text.at[at]) != NULL)
				at++;
			if (at < text.len && text.at[at] == ':')
				return at + 1;
		}
	}
	return 0;
}

/* "Sales-7: ": the name of a list or of a filter. */
static size_t name_with_colon(struct span text)
{
	for (size_t at = 1; at + 1 < text.len && at <= NAME_MAX; at++)
		if (text.at[at] == ':')
			return text.at[at + 1] == ' ' ? at + 1 : 0;
	return 0;
}

size_t subject_tag_length(struct span text)
{
	size_t len = colon_word(text);

	for (size_t i = 0; len == 0 && i < sizeof openers / sizeof openers[0]; i++) {
		size_t open = strlen(openers[i]), close = strlen(closers[i]);
		const char *end;

		if (text.len <= open || memcmp(text.at, openers[i], open) != 0)
			continue;
		/* "*****SPAM*****": all the stars belong to it. */
		while (openers[i][0] == '*' && open < text.len && text.at[open] == '*')
			open++;
		end = text_find(text.at + open, text.len - open, closers[i]);
		if (end == NULL || end - text.at > TAG_MAX)
			continue;
		len = (size_t)(end - text.at) + close;
		while (closers[i][0] == '*' && len < text.len && text.at[len] == '*')
			len++;
	}
	return len > 0 ? len : name_with_colon(text);
}

static size_t blanks_at(struct span text)
{
	size_t len = 0;

	while (len < text.len && text_is_space(text.at[len]))
		len++;
	return len;
}

/* Skips "Re: ", "Fwd: " and the like, which stay. */
static size_t reply_length(struct span text)
{
	static const char *const words[] = {"re:", "fw:", "fwd:", "aw:", "wg:"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t len = strlen(words[i]);

		if (text.len >= len && text_equal_n(text.at, words[i], len))
			return len + blanks_at((struct span){text.at + len, text.len - len});
	}
	return 0;
}

/* The text without the piece [from, from + len). */
static struct buf without(struct span text, size_t from, size_t len, struct arena *arena)
{
	struct buf out = buf_in(arena);

	buf_add(&out, text.at, from);
	buf_add(&out, text.at + from + len, text.len - from - len);
	return out;
}

/* What receives a subject with one tag less: the whole field, or the inside of an encoded word. */
struct subject_place {
	struct header_candidates *list;
	struct span value;               /* the whole value */
	const struct encoded_word *word; /* NULL: plain text */
};

static void offer(const struct subject_place *place, const struct buf *text, struct span tag)
{
	struct arena *arena = place->list->arena;
	struct buf value = buf_in(arena);
	const struct encoded_word *word = place->word;

	tag = span_trim(tag);
	if (word == NULL) {
		buf_add(&value, text->data, text->len);
	} else {
		size_t before = (size_t)(word->whole.at - place->value.at);

		buf_add(&value, place->value.at, before);
		if (text->len > 0)
			encoded_word_write(
				&value, word->charset, word->encoding, (struct span){text->data, text->len});
		buf_add(&value, word->whole.at + word->whole.len,
			place->value.len - before - word->whole.len);
	}
	header_candidates_add(place->list, HEADER_SUBJECT_PREFIX, value.data, span_text(arena, tag));
}

/* Tags at the start, one, two … of them, also behind "Re: ". */
static void strip_prefixes(const struct subject_place *place, struct span text)
{
	struct arena *arena = place->list->arena;
	size_t lead = place->word == NULL ? blanks_at(text) : 0;
	struct span rest = {text.at + lead, text.len - lead};
	size_t reply = reply_length(rest);
	const size_t starts[] = {lead, lead + reply};

	for (size_t s = 0; s < (reply > 0 ? 2 : 1); s++) {
		size_t at = starts[s];

		for (int tags = 0; tags < TAGS_MAX; tags++) {
			size_t len = subject_tag_length((struct span){text.at + at, text.len - at});
			size_t blank;
			struct buf tight;

			if (len == 0)
				break;
			at += len;
			blank = blanks_at((struct span){text.at + at, text.len - at});
			tight = without(text, starts[s], at - starts[s], arena);
			offer(place, &tight, (struct span){text.at + starts[s], at - starts[s]});
			at += blank;
			tight = without(text, starts[s], at - starts[s], arena);
			offer(place, &tight, (struct span){text.at + starts[s], at - starts[s]});
		}
	}
}

/* Whatever stands before one of the first blanks: words of filters that have no brackets. */
static void strip_words(const struct subject_place *place, struct span text)
{
	size_t lead = place->word == NULL ? blanks_at(text) : 0;

	for (size_t at = lead, words = 0; at + 1 < text.len && at <= TAG_MAX && words < PLAIN_WORDS_MAX;
		at++) {
		struct buf left;

		if (text.at[at] != ' ')
			continue;
		words++;
		left = without(text, lead, at + 1 - lead, place->list->arena);
		offer(place, &left, (struct span){text.at + lead, at - lead});
	}
}

/* One tag at the end: "… [ml]", "… (ml:123)". */
static void strip_suffix(const struct subject_place *place, struct span text)
{
	for (size_t at = text.len; at-- > 0 && text.len - at <= TAG_MAX;) {
		struct span rest = {text.at + at, text.len - at};
		size_t from = at;
		struct buf left;

		if (subject_tag_length(rest) != span_trim(rest).len)
			continue;
		while (from > 0 && text_is_space(text.at[from - 1]))
			from--;
		left = without(text, from, text.len - from, place->list->arena);
		offer(place, &left, rest);
		return;
	}
}

/* Filters that encode the subject anew to put a tag into it: the text without tag, and without
 * encoding when it is ASCII. */
static void strip_inside_word(
	struct header_candidates *list, struct span value, const struct encoded_word *word)
{
	struct buf decoded = encoded_word_decode(word, list->arena);
	struct span text = {decoded.data, decoded.len};
	struct subject_place place = {list, value, word};

	strip_prefixes(&place, text);
	strip_suffix(&place, text);
	strip_words(&place, text);
}

/* Words that hold a tag alone, in front of what was there: all up to this one are left out. */
static void drop_first_words(struct header_candidates *list, struct span value)
{
	struct encoded_word word;
	struct span rest = value;
	struct buf gone = buf_in(list->arena);

	for (int words = 0; words < WORDS_MAX && encoded_word_find(rest, &word); words++) {
		struct buf decoded = encoded_word_decode(&word, list->arena), kept = buf_in(list->arena);

		buf_add(&gone, decoded.data, decoded.len);
		rest.at = word.whole.at + word.whole.len;
		rest.len = (size_t)(value.at + value.len - rest.at);
		rest = (struct span){rest.at + blanks_at(rest), rest.len - blanks_at(rest)};
		if (rest.len == 0)
			return;
		buf_char(&kept, ' ');
		buf_add(&kept, rest.at, rest.len);
		header_candidates_add(
			list, HEADER_SUBJECT_PREFIX, kept.data, arena_copy(list->arena, gone.data, gone.len));
	}
}

/* "[ml] Re: text" of "Re: [ml] text": some lists move the tag. */
static void move_tag(struct header_candidates *list, struct span value)
{
	struct span text = span_trim(value), tag = {text.at, subject_tag_length(text)}, rest;
	size_t reply;

	rest = span_trim((struct span){text.at + tag.len, text.len - tag.len});
	reply = reply_length(rest);
	if (tag.len == 0 || reply == 0)
		return;
	header_candidates_add(list, HEADER_SUBJECT_PREFIX,
		arena_printf(list->arena, " %.*s%.*s %.*s", (int)reply, rest.at, (int)tag.len, tag.at,
			(int)(rest.len - reply), rest.at + reply),
		span_text(list->arena, tag));
}

void header_candidates_subject(struct header_candidates *list, const struct header_field *field)
{
	struct span value = {field->value, field->value_len};
	struct subject_place plain = {list, value, NULL};
	struct encoded_word word;

	strip_prefixes(&plain, value);
	strip_suffix(&plain, value);
	move_tag(list, value);
	strip_words(&plain, value);
	if (encoded_word_find(value, &word)) {
		drop_first_words(list, value);
		strip_inside_word(list, value, &word);
	}
}
