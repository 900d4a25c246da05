#include "records/spf_macro.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A name is read from its right end, so only that end of an expansion is kept: one octet more
 * than a name may have shows whether the cut falls between two labels. */
enum { NAME_KEPT = DOMAIN_MAX + 1, NAME_ROOM = 8 * NAME_KEPT };

enum { VALUE_SIZE = 80 }; /* 32 nibbles with dots, an address, a time */

struct macro {
	char letter;   /* lower case; '%', '_' and '-' for the three escapes */
	bool escaped;  /* upper-case letter: URL escape */
	bool reversed; /* r */
	size_t keep;   /* right-hand parts, 0 for all */
	struct span delimiters;
};

static bool is_delimiter(char c)
{
	return c != '\0' && strchr(".-+,/_=", c) != NULL;
}

static bool is_letter(char c, enum spf_macro_place place)
{
	const char *letters = place == SPFMACRO_IN_EXPLANATION ? "slodipvhcrt" : "slodipvh";

	return c != '\0' && strchr(letters, text_lower_char(c)) != NULL;
}

/* The transformers behind the letter: *DIGIT [ "r" ] *delimiter "}". Octets up to and with the
 * brace, or 0. */
static size_t transformers_read(struct span text, struct macro *macro)
{
	size_t at = 0, number = 0;

	while (at < text.len && text_is_digit(text.at[at])) {
		number = number * 10 + (size_t)(text.at[at++] - '0');
		if (number > DOMAIN_MAX) /* more parts than any name has */
			number = DOMAIN_MAX;
	}
	if (at > 0 && number == 0) /* RFC 7208 section 7.1: "The DIGIT MUST be nonzero" */
		return 0;
	macro->keep = number;
	if (at < text.len && text_lower_char(text.at[at]) == 'r') {
		macro->reversed = true;
		at++;
	}
	macro->delimiters.at = text.at + at;
	while (at < text.len && is_delimiter(text.at[at]))
		at++;
	macro->delimiters.len = (size_t)(text.at + at - macro->delimiters.at);
	return at < text.len && text.at[at] == '}' ? at + 1 : 0;
}

static size_t macro_read(struct span text, enum spf_macro_place place, struct macro *macro)
{
	size_t rest;

	*macro = (struct macro){.letter = '\0'};
	if (text.len < 2 || text.at[0] != '%')
		return 0;
	if (text.at[1] == '%' || text.at[1] == '_' || text.at[1] == '-') {
		macro->letter = text.at[1];
		return 2;
	}
	if (text.len < 4 || text.at[1] != '{' || !is_letter(text.at[2], place))
		return 0;
	macro->letter = text_lower_char(text.at[2]);
	macro->escaped = macro->letter != text.at[2];
	rest = transformers_read((struct span){text.at + 3, text.len - 3}, macro);
	return rest == 0 ? 0 : 3 + rest;
}

size_t spf_macro_length(struct span text, enum spf_macro_place place)
{
	struct macro macro;

	return macro_read(text, place, &macro);
}

/* The piece to show for a "%" that starts no macro: up to its brace, or with the octet behind it. */
static struct span bad_piece(struct span text)
{
	size_t len = text.len < 2 ? text.len : 2;

	if (text.len >= 2 && text.at[1] == '{') {
		const char *brace = memchr(text.at, '}', text.len);

		len = brace == NULL ? text.len : (size_t)(brace - text.at) + 1;
	}
	return (struct span){text.at, len};
}

bool spf_macro_check(struct span text, enum spf_macro_place place, struct span *bad)
{
	for (size_t i = 0; i < text.len;) {
		struct span rest = {text.at + i, text.len - i};
		size_t len = 1;

		if (rest.at[0] == '%')
			len = spf_macro_length(rest, place);
		if (len == 0) {
			*bad = bad_piece(rest);
			return false;
		}
		i += len;
	}
	return true;
}

bool spf_macro_uses(struct span text, char letter)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.at[i] != '%')
			continue;
		if (text.at[i + 1] == '{' && i + 2 < text.len && text_lower_char(text.at[i + 2]) == letter)
			return true;
		i++; /* "%%" is no start */
	}
	return false;
}

/* "1.0.0.0.…" of an IPv6 address, in the order it is written (RFC 7208 section 7.3). */
static void nibbles_write(const struct netaddr *addr, char value[VALUE_SIZE])
{
	for (size_t i = 0; i < 16; i++)
		(void)snprintf(value + 4 * i, VALUE_SIZE - 4 * i, "%X.%X%s", addr->octets[i] >> 4,
			addr->octets[i] & 15u, i < 15 ? "." : "");
}

/* The value of a letter before its transformers. */
static const char *value_of(char letter, const struct spf_macro_values *values, struct arena *arena)
{
	char room[VALUE_SIZE] = "";

	switch (letter) {
	case 's':
		return values->sender;
	case 'l':
		return values->local;
	case 'o':
		return values->sender_domain;
	case 'd':
		return values->domain;
	case 'h':
		return values->helo;
	case 'r':
		return values->receiver;
	case 'p':
		return values->validated;
	case 'v':
		return values->client.family == NETADDR_IPV6 ? "ip6" : "in-addr";
	case 'i':
		if (values->client.family == NETADDR_IPV6) {
			nibbles_write(&values->client, room);
			break;
		}
		/* fall through */
	case 'c':
		(void)netaddr_format(&values->client, room);
		break;
	default: /* 't' */
		(void)snprintf(room, sizeof room, "%" PRId64, values->now);
		break;
	}
	return arena_text(arena, room);
}

static bool splits_at(const struct macro *macro, char c)
{
	if (macro->delimiters.len == 0)
		return c == '.';
	return memchr(macro->delimiters.at, c, macro->delimiters.len) != NULL;
}

static void octet_add(struct buf *out, const struct macro *macro, char c)
{
	/* RFC 3986 section 2.3: all but the unreserved set is escaped */
	if (macro->escaped && !text_is_alnum(c) && (c == '\0' || strchr("-._~", c) == NULL))
		buf_printf(out, "%%%02X", (unsigned char)c);
	else
		buf_char(out, c);
}

/* Splits the value, reverses it, keeps the right-hand parts and joins them with dots, without
 * building any list: what is kept is one run of the value, read forwards or part by part backwards. */
static void value_add(struct buf *out, const struct macro *macro, const char *value)
{
	size_t len = strlen(value), parts = 1, keep, start = 0, end = len;

	for (size_t i = 0; i < len; i++)
		if (splits_at(macro, value[i]))
			parts++;
	keep = macro->keep == 0 || macro->keep > parts ? parts : macro->keep;
	if (!macro->reversed) {
		for (size_t skip = parts - keep; skip > 0; start++)
			if (splits_at(macro, value[start]))
				skip--;
		for (size_t i = start; i < len; i++)
			octet_add(out, macro, splits_at(macro, value[i]) ? '.' : value[i]);
		return;
	}
	if (keep < parts) {
		size_t left = keep;

		for (end = 0; left > 0; end++)
			if (splits_at(macro, value[end]))
				left--;
		end--; /* the delimiter behind the last part kept */
	}
	for (size_t stop = end;; stop = start - 1) {
		for (start = stop; start > 0 && !splits_at(macro, value[start - 1]); start--)
			;
		for (size_t i = start; i < stop; i++)
			octet_add(out, macro, value[i]);
		if (start == 0)
			break;
		octet_add(out, macro, '.');
	}
}

static void macro_add(struct buf *out, const struct macro *macro, const struct spf_macro_values *values)
{
	if (macro->letter == '%')
		buf_char(out, '%');
	else if (macro->letter == '_')
		buf_char(out, ' ');
	else if (macro->letter == '-')
		buf_text(out, "%20");
	else
		value_add(out, macro, value_of(macro->letter, values, out->arena));
}

static void buf_keep_right(struct buf *out, size_t len)
{
	if (out->len <= len)
		return;
	memmove(out->data, out->data + out->len - len, len + 1);
	out->len = len;
}

/* Appends the expansion of the first macro or literal octet; returns the octets read. */
static size_t piece_add(
	struct buf *out, struct span rest, enum spf_macro_place place, const struct spf_macro_values *values)
{
	struct macro macro;
	size_t len = macro_read(rest, place, &macro);

	if (len == 0) {
		buf_char(out, rest.at[0]);
		return 1;
	}
	macro_add(out, &macro, values);
	return len;
}

const char *spf_macro_domain(struct arena *arena, struct span text, const struct spf_macro_values *values)
{
	struct buf out = buf_in(arena);
	const char *name;

	for (size_t i = 0; i < text.len;) {
		i += piece_add(&out, (struct span){text.at + i, text.len - i}, SPFMACRO_IN_RECORD, values);
		if (out.len > NAME_ROOM)
			buf_keep_right(&out, NAME_KEPT + 1); /* and a final dot */
	}
	if (out.len > 0 && out.data[out.len - 1] == '.')
		out.data[--out.len] = '\0';
	for (name = out.data; strlen(name) > DOMAIN_MAX;) {
		const char *dot = strchr(name, '.');

		if (dot == NULL)
			return "";
		name = dot + 1;
	}
	return name;
}

const char *spf_macro_explanation(
	struct arena *arena, struct span text, const struct spf_macro_values *values)
{
	struct buf out = buf_in(arena);

	for (size_t i = 0; i < text.len && out.len < SPFMACRO_EXPLANATION_MAX;)
		i += piece_add(
			&out, (struct span){text.at + i, text.len - i}, SPFMACRO_IN_EXPLANATION, values);
	if (out.len > SPFMACRO_EXPLANATION_MAX)
		out.data[SPFMACRO_EXPLANATION_MAX] = '\0';
	return out.data;
}
