#include "message/forged_results.h"

#include "base/text.h"
#include "message/header_list.h"

#include <string.h>

/* How far a stretch of text agrees with the id. What may follow an id and still be taken for it:
 * a final dot, "/" and anything (a version or a job number), and digits where blanks are ignored. */
struct likeness {
	const char *id;
	size_t id_len, agreed;
	bool differs, dot, tail;
};

static struct likeness likeness_to(const char *id)
{
	size_t len = strlen(id);

	if (len > 0 && id[len - 1] == '.')
		len--;
	return (struct likeness){.id = id, .id_len = len};
}

static void likeness_add(struct likeness *likeness, char c, bool digits_follow)
{
	if (likeness->differs || likeness->tail)
		return;
	if (likeness->agreed < likeness->id_len) {
		if (text_lower_char(c) == text_lower_char(likeness->id[likeness->agreed]))
			likeness->agreed++;
		else
			likeness->differs = true;
	} else if (c == '/') {
		likeness->tail = true;
	} else if (c == '.' && !likeness->dot) {
		likeness->dot = true;
	} else if (!digits_follow || !text_is_digit(c)) {
		likeness->differs = true;
	}
}

static bool likeness_is_full(const struct likeness *likeness)
{
	return !likeness->differs && likeness->agreed == likeness->id_len;
}

/* What stands before the first ";" that is in no comment and no quotes. */
struct head {
	bool claims;  /* one of its words is the id, or all of it without blanks is */
	bool empty;   /* nothing but blanks and comments */
	bool no_id;   /* begins with a result, "dmarc=pass", instead of an id */
	bool odd;     /* comment or quotes without end, no ";", 8-bit octets or encoded-words */
	bool encoded; /* an encoded-word, which may say anything */
	size_t words;
};

struct head_reader {
	const char *value;
	size_t at, len;
	size_t depth; /* of comments */
	bool quoted;
};

enum piece { PIECE_OCTET, PIECE_GAP, PIECE_END, PIECE_CUT };

/* The next octet as a tolerant reader sees it: without comments, quotation marks, backslashes. */
static enum piece head_step(struct head_reader *reader, char *octet)
{
	while (reader->at < reader->len) {
		char c = reader->value[reader->at++];

		if (c == '\\' && reader->at < reader->len && (reader->quoted || reader->depth > 0)) {
			c = reader->value[reader->at++];
		} else if (!reader->quoted && c == '(') {
			reader->depth++;
			return PIECE_GAP;
		} else if (!reader->quoted && reader->depth > 0 && c == ')') {
			reader->depth--;
			continue;
		} else if (reader->depth == 0 && c == '"') {
			reader->quoted = !reader->quoted;
			continue;
		} else if (!reader->quoted && reader->depth == 0 && c == ';') {
			return PIECE_END;
		}
		if (reader->depth > 0 || c == '\\')
			continue;
		if ((unsigned char)c <= ' ')
			return PIECE_GAP;
		*octet = c;
		return PIECE_OCTET;
	}
	return PIECE_CUT;
}

/* No id has these unquoted; a reader that cuts there finds ours before or behind them. */
static bool ends_word(char c, const char *id)
{
	return strchr(",:<>[]@", c) != NULL && strchr(id, c) == NULL;
}

static struct head head_of(const char *value, const char *id)
{
	struct head_reader reader = {.value = value, .len = strlen(value)};
	struct likeness word = likeness_to(id), whole = word;
	struct head head = {.empty = true};
	bool in_word = false;
	char c = '\0', before = '\0';
	enum piece piece;

	while ((piece = head_step(&reader, &c)) == PIECE_OCTET || piece == PIECE_GAP) {
		if (piece == PIECE_GAP || ends_word(c, id)) {
			head.claims = head.claims || (in_word && likeness_is_full(&word));
			word = likeness_to(id);
			in_word = false;
			continue;
		}
		head.empty = false;
		head.words += !in_word;
		head.no_id = head.no_id || (c == '=' && before != '\0' && before != '=' && before != '?' &&
						   (head.words == 1 || (head.words == 2 && !in_word)));
		head.encoded = head.encoded || (before == '=' && c == '?');
		in_word = true;
		before = c;
		if ((unsigned char)c > 126) {
			head.odd = true;
			continue;
		}
		likeness_add(&word, c, false);
		likeness_add(&whole, c, head.words > 1);
	}
	head.claims = head.claims || (in_word && likeness_is_full(&word)) ||
		      (!head.empty && likeness_is_full(&whole));
	head.odd = head.odd || piece == PIECE_CUT || reader.quoted || reader.depth > 0;
	return head;
}

static bool is_name_char(char c)
{
	return text_is_alnum(c) || c == '-' || c == '_';
}

/* Does the id occur anywhere, not as part of a longer name? */
static bool mentions(const char *value, const char *id)
{
	size_t id_len = strlen(id);
	const char *end = value + strlen(value), *at = value;

	while ((at = text_find(at, (size_t)(end - at), id)) != NULL) {
		const char *behind = at + id_len;
		bool starts = at == value || (!is_name_char(at[-1]) && at[-1] != '.');
		bool ends = !is_name_char(behind[0]) && !(behind[0] == '.' && is_name_char(behind[1]));

		if (starts && ends)
			return true;
		at++;
	}
	return false;
}

bool forged_results_claims(const char *value, const char *authserv_id)
{
	struct head head;

	if (authserv_id[0] == '\0')
		return false;
	head = head_of(value, authserv_id);
	if (head.claims || head.empty || head.no_id || head.encoded)
		return true;
	return head.odd && mentions(value, authserv_id);
}

static bool field_claims(const struct header_field *field, const char *const *ids, size_t id_count)
{
	for (size_t i = 0; i < id_count; i++)
		if (forged_results_claims(field->value, ids[i]))
			return true;
	return false;
}

size_t forged_results_find(const struct header_list *header, const char *field_name, const char *const *ids,
	size_t id_count, size_t *numbers, size_t max)
{
	size_t count = 0;

	for (size_t i = header->count; i > 0 && count < max; i--) {
		const struct header_field *field = &header->fields[i - 1];

		if (header_field_is(field, field_name) && field_claims(field, ids, id_count))
			numbers[count++] = field->number;
	}
	return count;
}
