#include "diagnose/body_transcode.h"

#include "base/arena.h"
#include "diagnose/transcode.h"
#include "message/mime.h"

#include <string.h>

/* A body being written again with some spans replaced; replacements come in the order of the text. */
struct rewriting {
	struct buf out;
	struct span original;
	size_t done; /* octets of the original already dealt with */
	size_t count;
};

static struct rewriting rewriting_of(const struct body_texts *texts, struct arena *arena)
{
	return (struct rewriting){.out = buf_in(arena), .original = texts->facts->body};
}

static void replace(struct rewriting *rewriting, struct span old, const struct buf *with)
{
	size_t at = (size_t)(old.at - rewriting->original.at);

	if (at < rewriting->done)
		return;
	buf_add(&rewriting->out, rewriting->original.at + rewriting->done, at - rewriting->done);
	buf_add(&rewriting->out, with->data, with->len);
	rewriting->done = at + old.len;
}

static void copy_rest(struct rewriting *rewriting)
{
	buf_add(&rewriting->out, rewriting->original.at + rewriting->done,
		rewriting->original.len - rewriting->done);
}

static struct body_variant finish(struct rewriting *rewriting, enum body_change_kind kind)
{
	copy_rest(rewriting);
	return (struct body_variant){
		.kind = kind, .body = rewriting->out, .count = rewriting->count, .from = "", .to = ""};
}

/* mime_of goes level by level; a body is written from its top to its end. */
static const struct mime_part **in_order(const struct mime *mime, struct arena *arena)
{
	const struct mime_part **parts = arena_array(arena, mime->count + 1, sizeof(struct mime_part *));

	for (size_t i = 0; i < mime->count; i++) {
		size_t place = i;

		for (; place > 0 && parts[place - 1]->body.at > mime->parts[i].body.at; place--)
			parts[place] = parts[place - 1];
		parts[place] = &mime->parts[i];
	}
	return parts;
}

struct body_texts body_texts_of(const struct body_facts *facts, struct arena *arena)
{
	struct mime mime = mime_of(facts->header, facts->body, arena);
	const struct mime_part **parts = in_order(&mime, arena);
	struct body_texts texts = {.facts = facts, .multipart = mime.count > 1, .plain = true};

	texts.items = arena_array(arena, mime.count + 1, sizeof *texts.items);
	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = parts[i];
		struct buf decoded = buf_in(arena);

		if (part->boundary[0] != '\0' || !text_starts(part->type, "text/"))
			continue;
		body_decode(&decoded, part->body, part->encoding);
		texts.items[texts.count].part = part;
		texts.items[texts.count].decoded = (struct span){decoded.data, decoded.len};
		texts.plain = texts.plain && body_is_plain(texts.items[texts.count].decoded);
		texts.count++;
	}
	return texts;
}

/* The header of a part with one word changed, where it is there. */
static struct span with_word(struct span header, const char *word, const char *with, struct arena *arena)
{
	const char *found =
		header.len == 0 || word[0] == '\0' ? NULL : text_find(header.at, header.len, word);
	struct buf out = buf_in(arena);

	if (found == NULL)
		return header;
	buf_add(&out, header.at, (size_t)(found - header.at));
	buf_text(&out, with);
	found += strlen(word);
	buf_add(&out, found, (size_t)(header.at + header.len - found));
	return (struct span){out.data, out.len};
}

static bool ends_line(struct span text)
{
	return text.len >= 2 && text.at[text.len - 1] == '\n' && text.at[text.len - 2] == '\r';
}

static size_t trailing_space(struct span text)
{
	size_t filled = text.len;

	while (filled > 0 && text_is_space(text.at[filled - 1]))
		filled--;
	return text.len - filled;
}

/* What base64 has behind it stays as it is when it stays base64. */
static struct buf encoded_like(
	const struct mime_part *part, struct span text, enum body_encoding encoding, struct arena *arena)
{
	struct buf encoded = buf_in(arena);
	size_t tail = trailing_space(part->body);

	body_encode(&encoded, text, encoding);
	if (encoding == ENCODING_BASE64 && strcmp(part->encoding, "base64") == 0)
		buf_add(&encoded, part->body.at + part->body.len - tail, tail);
	return encoded;
}

static enum body_encoding encoding_of(const struct mime_part *part)
{
	if (body_encoding_is(ENCODING_BASE64, part->encoding))
		return ENCODING_BASE64;
	return body_encoding_is(ENCODING_QP_LITERAL, part->encoding) ? ENCODING_QP_LITERAL : ENCODING_NONE;
}

static void toggle_line_end(struct buf *text)
{
	if (ends_line((struct span){text->data, text->len}))
		text->len -= strlen("\r\n");
	else
		buf_text(text, "\r\n");
}

static bool recode(struct rewriting *rewriting, const struct mime_text *item, const struct recoding *recoding)
{
	const struct mime_part *part = item->part;
	const char *present = part->charset[0] == '\0' ? "utf-8" : part->charset;
	struct arena *arena = rewriting->out.arena;
	struct buf text = buf_in(arena), encoded, header = buf_in(arena);
	struct span words;
	bool same_charset = recoding->charset == NULL || text_equal(present, recoding->charset);

	if ((recoding->from != NULL && strcmp(part->encoding, recoding->from) != 0) ||
		(same_charset && (recoding->charset != NULL ||
					 body_encoding_is(recoding->encoding, part->encoding))) ||
		(recoding->charset != NULL && body_is_plain(item->decoded)))
		return false;
	if (same_charset)
		buf_add(&text, item->decoded.at, item->decoded.len);
	else if (!transcode_text(&text, item->decoded, present, recoding->charset))
		return false;
	if (recoding->tail & 1)
		toggle_line_end(&text);
	encoded = encoded_like(part, (struct span){text.data, text.len}, recoding->encoding, arena);
	if (recoding->tail & 2)
		toggle_line_end(&encoded);
	words = with_word(part->header, part->encoding,
		body_encoding_name(recoding->encoding, (struct span){text.data, text.len}), arena);
	if (!same_charset)
		words = with_word(words, part->charset, recoding->charset, arena);
	buf_add(&header, words.at, words.len);
	if (part->header.len > 0)
		replace(rewriting, part->header, &header);
	replace(rewriting, part->body, &encoded);
	rewriting->count++;
	return true;
}

struct body_variant variant_recoding(
	const struct body_texts *texts, const struct recoding *recoding, struct arena *arena)
{
	struct rewriting rewriting = rewriting_of(texts, arena);
	struct body_variant variant;
	const struct mime_part *changed = NULL;

	if ((recoding->charset != NULL && texts->plain) || (recoding->tail != 0 && !texts->multipart))
		return body_variant_none();
	for (size_t i = 0; i < texts->count; i++)
		if (recode(&rewriting, &texts->items[i], recoding))
			changed = texts->items[i].part;
	if (changed == NULL)
		return body_variant_none();
	variant = finish(&rewriting, recoding->charset == NULL ? BODY_8BIT_CONVERTED : BODY_CHARSET);
	variant.from = recoding->charset;
	variant.to = changed->charset[0] == '\0' ? "utf-8" : changed->charset;
	if (recoding->charset == NULL) {
		variant.from = recoding->encoding == ENCODING_NONE
				       ? "8bit"
				       : body_encoding_name(recoding->encoding, (struct span){"", 0});
		variant.to = changed->encoding[0] == '\0' ? "8bit" : changed->encoding;
	}
	variant.sweep = recoding->tail == 0 && recoding->encoding == ENCODING_NONE;
	return variant;
}

struct body_variant variant_rewrapped(const struct body_texts *texts, size_t columns, struct arena *arena)
{
	struct mime mime = mime_of(texts->facts->header, texts->facts->body, arena);
	const struct mime_part **parts = in_order(&mime, arena);
	struct rewriting rewriting = rewriting_of(texts, arena);
	struct body_variant variant;

	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = parts[i];
		struct buf wrapped = buf_in(arena);
		size_t column = 0, filled = part->body.len - trailing_space(part->body);

		if (strcmp(part->encoding, "base64") != 0)
			continue;
		for (size_t at = 0; at < filled; at++) {
			if (text_is_space(part->body.at[at]))
				continue;
			if (column == columns) {
				buf_text(&wrapped, "\r\n");
				column = 0;
			}
			buf_char(&wrapped, part->body.at[at]);
			column++;
		}
		/* An empty line before the boundary stays one. */
		buf_add(&wrapped, part->body.at + filled, part->body.len - filled);
		replace(&rewriting, part->body, &wrapped);
		rewriting.count++;
	}
	if (rewriting.count == 0)
		return body_variant_none();
	variant = finish(&rewriting, BODY_BASE64_WRAP);
	variant.sweep = true;
	return variant;
}

struct buf body_texts_with(const struct body_texts *texts, const struct span *replacements,
	enum body_encoding encoding, struct arena *arena)
{
	struct rewriting rewriting = rewriting_of(texts, arena);

	for (size_t i = 0; i < texts->count; i++) {
		const struct mime_part *part = texts->items[i].part;
		struct buf encoded;

		if (replacements[i].at == NULL)
			continue;
		encoded = encoded_like(part, replacements[i],
			body_encoding_is(encoding, part->encoding) ? encoding : encoding_of(part), arena);
		replace(&rewriting, part->body, &encoded);
	}
	copy_rest(&rewriting);
	return rewriting.out;
}
