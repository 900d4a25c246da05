#include "diagnose/body_variants.h"

#include "base/arena.h"
#include "diagnose/body_links.h"
#include "diagnose/body_transcode.h"

#include <string.h>

enum { WRAP_AT = 998 }; /* RFC 5322 section 2.1.1 */

/* Walks the lines; each without its line end. */
static bool next_line(struct span *rest, struct span *line)
{
	const char *feed;

	if (rest->len == 0)
		return false;
	feed = memchr(rest->at, '\n', rest->len);
	line->at = rest->at;
	line->len = feed == NULL ? rest->len : (size_t)(feed - rest->at);
	rest->len -= feed == NULL ? rest->len : line->len + 1;
	rest->at += feed == NULL ? line->len : line->len + 1;
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* One line put right into out, without line end; false when nothing had to be done. */
static bool undouble_dot(struct buf *out, struct span line)
{
	bool applies = line.len >= 2 && line.at[0] == '.' && line.at[1] == '.';

	buf_add(out, line.at + applies, line.len - applies);
	return applies;
}

static bool double_dot(struct buf *out, struct span line)
{
	bool applies = line.len >= 1 && line.at[0] == '.';

	if (applies)
		buf_char(out, '.');
	buf_add(out, line.at, line.len);
	return applies;
}

static bool unescape_from(struct buf *out, struct span line)
{
	bool applies = line.len >= 6 && memcmp(line.at, ">From ", 6) == 0;

	buf_add(out, line.at + applies, line.len - applies);
	return applies;
}

static bool restore_delimiter_blank(struct buf *out, struct span line)
{
	bool applies = line.len == 2 && memcmp(line.at, "--", 2) == 0;

	buf_add(out, line.at, line.len);
	if (applies)
		buf_char(out, ' ');
	return applies;
}

static struct body_variant each_line(const struct body_facts *facts, enum body_change_kind kind,
	bool (*put_right)(struct buf *, struct span), struct arena *arena)
{
	struct body_variant variant = {.body = buf_in(arena), .from = "", .to = ""};
	struct span rest = facts->body, line;

	while (next_line(&rest, &line)) {
		variant.count += put_right(&variant.body, line);
		buf_text(&variant.body, "\r\n");
	}
	variant.kind = variant.count > 0 ? kind : BODY_UNKNOWN;
	return variant;
}

static struct body_variant single_dots(const struct body_facts *facts, struct arena *arena)
{
	return each_line(facts, BODY_DOTS, undouble_dot, arena);
}

static struct body_variant double_dots(const struct body_facts *facts, struct arena *arena)
{
	return each_line(facts, BODY_DOTS, double_dot, arena);
}

static struct body_variant from_lines(const struct body_facts *facts, struct arena *arena)
{
	return each_line(facts, BODY_FROM_LINES, unescape_from, arena);
}

static struct body_variant delimiter_blanks(const struct body_facts *facts, struct arena *arena)
{
	return each_line(facts, BODY_SPACES, restore_delimiter_blank, arena);
}

/* Joins a line of 998 octets with the one behind it, less the blank that the breaker put there. */
static struct body_variant long_lines(const struct body_facts *facts, struct arena *arena)
{
	struct body_variant variant = {.body = buf_in(arena), .from = "", .to = ""};
	struct span rest = facts->body, line;
	bool joining = false;

	while (next_line(&rest, &line)) {
		size_t blank = joining && line.len > 0 && text_is_blank(line.at[0]);

		buf_add(&variant.body, line.at + blank, line.len - blank);
		joining = line.len - blank >= WRAP_AT - 1 && line.len <= WRAP_AT && rest.len > 0 &&
			  text_is_blank(rest.at[0]);
		if (joining)
			variant.count++;
		else
			buf_text(&variant.body, "\r\n");
	}
	variant.kind = variant.count > 0 ? BODY_LINE_WRAP : BODY_UNKNOWN;
	return variant;
}

static struct body_variant decoded_parts(const struct body_facts *facts, struct arena *arena)
{
	return variant_decoded(facts, "quoted-printable", arena);
}

static struct body_variant decoded_base64(const struct body_facts *facts, struct arena *arena)
{
	return variant_decoded(facts, "base64", arena);
}

static struct body_variant links(const struct body_facts *facts, struct arena *arena)
{
	return variant_links(facts, arena);
}

static struct body_variant encoded_0(const struct body_facts *facts, struct arena *arena)
{
	return variant_encoded(facts, 0, arena);
}

static struct body_variant encoded_1(const struct body_facts *facts, struct arena *arena)
{
	return variant_encoded(facts, 1, arena);
}

static struct body_variant encoded_2(const struct body_facts *facts, struct arena *arena)
{
	return variant_encoded(facts, 2, arena);
}

static struct body_variant encoded_3(const struct body_facts *facts, struct arena *arena)
{
	return variant_encoded(facts, 3, arena);
}

static struct body_variant wrap_76(const struct body_facts *facts, struct arena *arena)
{
	return variant_rewrapped(facts, 76, arena);
}

static struct body_variant wrap_72(const struct body_facts *facts, struct arena *arena)
{
	return variant_rewrapped(facts, 72, arena);
}

static struct body_variant wrap_64(const struct body_facts *facts, struct arena *arena)
{
	return variant_rewrapped(facts, 64, arena);
}

static struct body_variant wrap_60(const struct body_facts *facts, struct arena *arena)
{
	return variant_rewrapped(facts, 60, arena);
}

static struct body_variant from_iso_2022_jp(const struct body_facts *facts, struct arena *arena)
{
	return variant_charset(facts, "iso-2022-jp", arena);
}

static struct body_variant from_shift_jis(const struct body_facts *facts, struct arena *arena)
{
	return variant_charset(facts, "shift_jis", arena);
}

static struct body_variant from_euc_jp(const struct body_facts *facts, struct arena *arena)
{
	return variant_charset(facts, "euc-jp", arena);
}

static struct body_variant from_utf_8(const struct body_facts *facts, struct arena *arena)
{
	return variant_charset(facts, "utf-8", arena);
}

static struct body_variant from_latin_1(const struct body_facts *facts, struct arena *arena)
{
	return variant_charset(facts, "iso-8859-1", arena);
}

static struct body_variant (*const repairs[])(const struct body_facts *, struct arena *) = {
	single_dots,
	double_dots,
	from_lines,
	delimiter_blanks,
	long_lines,
	decoded_parts,
	decoded_base64,
	encoded_0,
	encoded_1,
	encoded_2,
	encoded_3,
	wrap_76,
	wrap_72,
	wrap_64,
	wrap_60,
	from_iso_2022_jp,
	from_shift_jis,
	from_euc_jp,
	from_utf_8,
	from_latin_1,
	links,
};

size_t body_variant_count(void)
{
	return sizeof repairs / sizeof repairs[0];
}

struct body_variant body_variant(size_t number, const struct body_facts *facts, struct arena *arena)
{
	return repairs[number](facts, arena);
}
