#include "diagnose/body_variants.h"

#include "base/arena.h"
#include "diagnose/body_links.h"
#include "diagnose/body_transcode.h"

#include <string.h>

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

static bool escape_from(struct buf *out, struct span line)
{
	bool applies = line.len >= 5 && memcmp(line.at, "From ", 5) == 0;

	if (applies)
		buf_char(out, '>');
	buf_add(out, line.at, line.len);
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

/* How software breaks lines that are too long: a mark at the end, a blank at the start of the next. */
struct line_breaker {
	size_t column;
	const char *end;
	size_t blanks;
};

static bool is_broken(const struct line_breaker *breaker, struct span line, struct span rest)
{
	size_t mark = strlen(breaker->end);

	if (line.len + 1 < breaker->column || line.len > breaker->column + breaker->blanks ||
		rest.len <= breaker->blanks || (breaker->blanks > 0 && !text_is_blank(rest.at[0])))
		return false;
	return memcmp(line.at + line.len - mark, breaker->end, mark) == 0;
}

/* Joins broken lines, less what the breaker put there. */
static struct body_variant joined_lines(
	const struct body_facts *facts, const struct line_breaker *breaker, struct arena *arena)
{
	struct body_variant variant = {.body = buf_in(arena), .from = "", .to = ""};
	struct span rest = facts->body, line;
	bool joining = false;

	while (next_line(&rest, &line)) {
		size_t blank = joining ? breaker->blanks : 0;
		bool broken = is_broken(breaker, line, rest);

		if (blank > line.len)
			blank = line.len;
		joining = broken;
		buf_add(&variant.body, line.at + blank,
			line.len - blank - (joining ? strlen(breaker->end) : 0));
		if (joining)
			variant.count++;
		else
			buf_text(&variant.body, "\r\n");
	}
	variant.kind = variant.count > 0 ? BODY_LINE_WRAP : BODY_UNKNOWN;
	return variant;
}

/* What a repair gets beside the body: whichever of these it needs. */
struct repair {
	enum body_change_kind kind;
	bool (*line)(struct buf *, struct span); /* put right line by line */
	struct line_breaker breaker;
	struct recoding recoding;
	size_t columns;
};

/* clang-format off */
#define LINES(kind, function) {kind, function, {0, "", 0}, {NULL, NULL, 0, 0}, 0}
#define BREAKER(column, end, blanks) {BODY_LINE_WRAP, NULL, {column, end, blanks}, {NULL, NULL, 0, 0}, 0}
#define RECODING(from, encoding, tail) {BODY_8BIT_CONVERTED, NULL, {0, "", 0}, {from, NULL, encoding, tail}, 0}
#define COLUMNS(columns) {BODY_BASE64_WRAP, NULL, {0, "", 0}, {NULL, NULL, 0, 0}, columns}
/* clang-format on */

static const struct repair repairs[] = {
	LINES(BODY_DOTS, undouble_dot),
	LINES(BODY_DOTS, double_dot),
	LINES(BODY_FROM_LINES, unescape_from),
	LINES(BODY_FROM_LINES, escape_from),
	LINES(BODY_SPACES, restore_delimiter_blank),
	/* RFC 5322 section 2.1.1 allows 998; with "!" as Sendmail does it. */
	BREAKER(998, "", 1),
	BREAKER(998, "", 0),
	BREAKER(990, "!", 1),
	RECODING("quoted-printable", ENCODING_NONE, 0),
	RECODING("base64", ENCODING_NONE, 0),
	RECODING(NULL, ENCODING_NONE, 0),
	RECODING("quoted-printable", ENCODING_NONE, 1),
	RECODING("base64", ENCODING_NONE, 1),
	COLUMNS(76),
	COLUMNS(72),
	COLUMNS(64),
	COLUMNS(60),
	/* From here on the less likely ones. */
	RECODING(NULL, ENCODING_QP_LITERAL, 0),
	RECODING(NULL, ENCODING_QP_ALWAYS, 0),
	RECODING(NULL, ENCODING_QP_NEVER, 0),
	RECODING(NULL, ENCODING_BASE64, 0),
	RECODING(NULL, ENCODING_BASE64, 1),
	RECODING(NULL, ENCODING_BASE64, 2),
	RECODING(NULL, ENCODING_BASE64, 3),
	COLUMNS(57),
	COLUMNS(68),
	COLUMNS(74),
	COLUMNS(78),
	COLUMNS(80),
	COLUMNS(900),
	COLUMNS(996),
	COLUMNS(998),
	COLUMNS(SIZE_MAX),
};

#define REPAIRS (sizeof repairs / sizeof repairs[0])

_Static_assert(BODY_VARIANTS_LIKELY < REPAIRS, "the likely repairs come first");

/* Character sets that text may have been in; the second name is the other usual way to write it. */
static const char *const charsets[][2] = {
	{"iso-2022-jp", "ISO-2022-JP"},
	{"utf-8", "UTF-8"},
	{"shift_jis", "Shift_JIS"},
	{"iso-8859-1", "ISO-8859-1"},
	{"euc-jp", "EUC-JP"},
	{"windows-1252", "Windows-1252"},
	{"gb2312", "GB2312"},
	{"gbk", "GBK"},
	{"koi8-r", "KOI8-R"},
	{"windows-1251", "Windows-1251"},
	{"iso-8859-15", "ISO-8859-15"},
	{"iso-8859-2", "ISO-8859-2"},
	{"big5", "Big5"},
	{"euc-kr", "EUC-KR"},
};

#define CHARSETS (sizeof charsets / sizeof charsets[0])

/* The likely ones first: plain text, then the encodings; the whole list for one encoding after the other. */
enum { CHARSET_FORMS = 9 };

static struct body_variant other_charset(size_t number, const struct body_texts *texts, struct arena *arena)
{
	static const struct {
		enum body_encoding encoding;
		unsigned tail;
	} forms[CHARSET_FORMS] = {{ENCODING_NONE, 0}, {ENCODING_BASE64, 0}, {ENCODING_QP_LITERAL, 0},
		{ENCODING_NONE, 1}, {ENCODING_QP_ALWAYS, 0}, {ENCODING_QP_NEVER, 0}, {ENCODING_BASE64, 1},
		{ENCODING_BASE64, 2}, {ENCODING_BASE64, 3}};
	size_t spelling = number % 2, charset = number / 2 % CHARSETS, form = number / 2 / CHARSETS;
	struct recoding recoding = {.charset = charsets[charset][spelling],
		.encoding = forms[form].encoding,
		.tail = forms[form].tail};

	/* Without parts, nothing in the body tells how it was written. */
	if (!texts->multipart && spelling > 0)
		return body_variant_none();
	return variant_recoding(texts, &recoding, arena);
}

#define CHARSET_VARIANTS (CHARSET_FORMS * CHARSETS * 2)

struct body_variant body_variant_none(void)
{
	return (struct body_variant){.kind = BODY_UNKNOWN, .from = "", .to = ""};
}

size_t body_variant_swept_count(void)
{
	return REPAIRS + LINK_VARIANTS + (size_t)CHARSETS * 2;
}

size_t body_variant_count(void)
{
	return REPAIRS + LINK_VARIANTS + CHARSET_VARIANTS;
}

struct body_variant body_variant(size_t number, const struct body_texts *texts, struct arena *arena)
{
	const struct repair *repair;

	if (number >= REPAIRS + LINK_VARIANTS)
		return other_charset(number - REPAIRS - LINK_VARIANTS, texts, arena);
	if (number >= REPAIRS)
		return variant_links(number - REPAIRS, texts, arena);
	repair = &repairs[number];
	if (repair->line != NULL)
		return each_line(texts->facts, repair->kind, repair->line, arena);
	if (repair->breaker.column > 0)
		return joined_lines(texts->facts, &repair->breaker, arena);
	if (repair->columns > 0)
		return variant_rewrapped(texts, repair->columns, arena);
	return variant_recoding(texts, &repair->recoding, arena);
}
