#include "records/dmarc_record.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

enum { SHOWN_MAX = 64 }; /* of a faulty piece, for one line of log */

/* One "name = value" between semicolons. */
struct tag {
	struct span whole, name, value;
	size_t position;
	bool well_formed;
};

struct tag_reader {
	const char *start, *next, *end;
};

static struct span trim_blanks(struct span span)
{
	while (span.len > 0 && text_is_blank(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && text_is_blank(span.at[span.len - 1]))
		span.len--;
	return span;
}

static bool is_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!text_is_alnum(name.at[i]) && name.at[i] != '_')
			return false;
	return name.len > 0;
}

static bool is_value(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!text_is_printable(value.at[i]))
			return false;
	return value.len > 0;
}

/* The next tag; false at the end. Empty ones are skipped. */
static bool next_tag(struct tag_reader *reader, struct tag *tag)
{
	while (reader->next < reader->end) {
		struct span piece = {.at = reader->next, .len = (size_t)(reader->end - reader->next)};
		const char *semicolon = memchr(piece.at, ';', piece.len), *equals;

		if (semicolon != NULL)
			piece.len = (size_t)(semicolon - piece.at);
		reader->next += piece.len + (semicolon != NULL);
		piece = trim_blanks(piece);
		if (piece.len == 0)
			continue;
		*tag = (struct tag){.whole = piece, .position = (size_t)(piece.at - reader->start)};
		equals = memchr(piece.at, '=', piece.len);
		if (equals == NULL)
			return true;
		tag->name.at = piece.at;
		tag->name.len = (size_t)(equals - piece.at);
		tag->value.at = equals + 1;
		tag->value.len = piece.len - tag->name.len - 1;
		tag->name = trim_blanks(tag->name);
		tag->value = trim_blanks(tag->value);
		tag->well_formed = is_name(tag->name) && is_value(tag->value);
		return true;
	}
	return false;
}

static bool policy_of(struct span value, enum dmarc_policy *policy)
{
	static const enum dmarc_policy all[] = {
		DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE, DMARC_POLICY_REJECT};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (span_is(value, dmarc_policy_word(all[i]))) {
			*policy = all[i];
			return true;
		}
	return false;
}

/* One of two words that sets or clears a flag. */
static bool flag_of(struct span value, const char *clear, const char *set, bool *flag)
{
	if (!span_is(value, clear) && !span_is(value, set))
		return false;
	*flag = span_is(value, set);
	return true;
}

static bool psd_of(struct span value, enum dmarc_psd *psd)
{
	if (span_is(value, "y"))
		*psd = DMARC_PSD_YES;
	else if (span_is(value, "n"))
		*psd = DMARC_PSD_NO;
	else
		return span_is(value, "u");
	return true;
}

static bool percentage_of(struct span value, int *pct)
{
	unsigned long number;

	if (!span_number(value, 100, &number))
		return false;
	*pct = (int)number;
	return true;
}

/* fo = one or more of 0, 1, d, s with colons between. */
static bool is_failure_options(struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		bool even = i % 2 == 0;

		if (even ? strchr("01dsDS", value.at[i]) == NULL : value.at[i] != ':')
			return false;
	}
	return value.len % 2 == 1;
}

/* Is there a URI with a scheme and something behind it? */
static bool has_report_address(const char *list)
{
	bool scheme = true;
	size_t len = 0;

	for (const char *at = list;; at++) {
		if (*at == ':' && scheme && len > 0 && at[1] != ',' && at[1] != '\0')
			return true;
		if (*at == '\0')
			return false;
		if (*at == ',') {
			scheme = true;
			len = 0;
		} else if (*at != ' ') {
			scheme = scheme && (text_is_alnum(*at) || strchr("+-.", *at) != NULL);
			len++;
		}
	}
}

static const char *shown(struct arena *arena, struct span piece)
{
	return arena_copy(arena, piece.at, piece.len < SHOWN_MAX ? piece.len : SHOWN_MAX);
}

static void note_bad_tag(struct dmarc_record *record, const struct tag *tag, struct arena *arena)
{
	if (record->bad_tag[0] != '\0')
		return;
	record->bad_tag = shown(arena, tag->whole);
	record->bad_tag_position = tag->position;
}

static void fail(
	struct dmarc_record *record, enum dmarc_record_fault fault, const char *text, size_t position)
{
	record->fault = fault;
	record->fault_text = text;
	record->fault_position = position;
}

/* p= decides everything, so a second one makes the policy unknown. */
static void take_p(struct dmarc_record *record, const struct tag *tag, struct arena *arena)
{
	bool first = record->fault == DMARCRECORD_POLICY_MISSING;

	if (first && policy_of(tag->value, &record->p)) {
		record->p_given = true;
		fail(record, DMARCRECORD_OK, "", 0);
		return;
	}
	record->p_given = false;
	if (record->fault != DMARCRECORD_POLICY_INVALID)
		fail(record, DMARCRECORD_POLICY_INVALID, shown(arena, tag->whole), tag->position);
}

/* False when the value is bad. Unknown tags are good (RFC 9989 section 4.7). */
static bool take_optional(struct dmarc_record *record, const struct tag *tag, struct arena *arena)
{
	struct span name = tag->name, value = tag->value;
	unsigned long seconds;

	if (span_is(name, "sp")) {
		record->sp_given = policy_of(value, &record->sp);
		return record->sp_given;
	}
	if (span_is(name, "np")) {
		record->np_given = policy_of(value, &record->np);
		return record->np_given;
	}
	if (span_is(name, "psd"))
		return psd_of(value, &record->psd);
	if (span_is(name, "t"))
		return flag_of(value, "n", "y", &record->testing);
	if (span_is(name, "adkim"))
		return flag_of(value, "r", "s", &record->strict_dkim);
	if (span_is(name, "aspf"))
		return flag_of(value, "r", "s", &record->strict_spf);
	if (span_is(name, "pct"))
		return percentage_of(value, &record->pct);
	if (span_is(name, "ri")) /* removed by RFC 9989; a bad one still shows that somebody mistyped */
		return span_number(value, UINT32_MAX, &seconds);
	if (span_is(name, "fo") && !is_failure_options(value))
		return false;
	if (span_is(name, "fo"))
		record->fo = shown(arena, value);
	else if (span_is(name, "rua"))
		record->rua = span_text(arena, value);
	else if (span_is(name, "ruf"))
		record->ruf = span_text(arena, value);
	return true;
}

/* The bit of a known optional tag, to see it twice; 0 for others. */
static unsigned tag_bit(struct span name)
{
	static const char *const known[] = {
		"sp", "np", "psd", "t", "adkim", "aspf", "pct", "fo", "rua", "ruf", "ri", "v"};

	for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
		if (span_is(name, known[i]))
			return 1U << i;
	return 0;
}

static void take_tags(struct dmarc_record *record, struct tag_reader *reader, struct arena *arena)
{
	unsigned seen = tag_bit(span_of("v"));
	struct tag tag;

	while (next_tag(reader, &tag)) {
		unsigned bit = tag.well_formed ? tag_bit(tag.name) : 0;

		if (span_is(trim_blanks(tag.name), "p"))
			take_p(record, &tag, arena);
		else if (!tag.well_formed || (seen & bit) != 0 || !take_optional(record, &tag, arena))
			note_bad_tag(record, &tag, arena);
		seen |= bit;
	}
}

/* Looks like DMARC to a person, though it is none: "DMARC" somewhere, or p=none in front or behind
 * another version ("v=DMRC1; p=none"). */
static bool is_meant_as_record(const char *text, size_t len)
{
	struct tag_reader reader = {.start = text, .next = text, .end = text + len};
	enum dmarc_policy policy;
	struct tag first;

	if (len >= 6 && text_equal_n(text, "v=spf1", 6))
		return false;
	if (text_find(text, len, "dmarc") != NULL)
		return true;
	if (!next_tag(&reader, &first))
		return false;
	if (span_is(first.name, "v") &&
		(!next_tag(&reader, &first) || len < 6 || text_equal_n(text, "v=dkim", 6)))
		return false;
	return span_is(first.name, "p") && policy_of(first.value, &policy);
}

/* Reads "v = DMARC1" and the ";" or the end behind it. Returns where the tags begin, or NULL with
 * the fault set. */
static const char *read_version(
	struct dmarc_record *record, const char *text, size_t len, struct arena *arena)
{
	static const char version[] = "DMARC1";
	const char *at = text, *end = text + len;
	struct span start = {.at = text, .len = len};

	fail(record, is_meant_as_record(text, len) ? DMARCRECORD_VERSION : DMARCRECORD_FOREIGN,
		shown(arena, start), 0);
	if (at == end || text_lower_char(*at++) != 'v')
		return NULL;
	while (at < end && text_is_blank(*at))
		at++;
	if (at == end || *at++ != '=')
		return NULL;
	while (at < end && text_is_blank(*at))
		at++;
	if ((size_t)(end - at) < strlen(version) || memcmp(at, version, strlen(version)) != 0)
		return NULL;
	at += strlen(version);
	if (at < end && (text_is_alnum(*at) || *at == '.' || *at == '"' || *at == '\''))
		return NULL;
	start.at = at;
	while (at < end && text_is_blank(*at))
		at++;
	if (at < end && *at != ';') {
		if (!text_is_alnum(*at))
			start.at = at;
		start.len = (size_t)(end - start.at);
		fail(record, DMARCRECORD_SEPARATOR, shown(arena, start), (size_t)(start.at - text));
		return NULL;
	}
	return at;
}

struct dmarc_record dmarc_record_parse(const char *text, size_t len, struct arena *arena)
{
	struct dmarc_record record = {
		.fault_text = "", .pct = 100, .rua = "", .ruf = "", .fo = "", .bad_tag = ""};
	struct tag_reader reader = {.start = text, .end = text + len};

	reader.next = read_version(&record, text, len, arena);
	if (reader.next == NULL)
		return record;
	if (len > DMARC_RECORD_MAX) {
		fail(&record, DMARCRECORD_TOO_LARGE, "longer than 4096 octets", DMARC_RECORD_MAX);
		return record;
	}
	fail(&record, DMARCRECORD_POLICY_MISSING, "", len);
	take_tags(&record, &reader, arena);
	if (record.fault != DMARCRECORD_OK) {
		record.p = DMARC_POLICY_NONE;
		if (has_report_address(record.rua)) {
			if (record.fault == DMARCRECORD_POLICY_INVALID && record.bad_tag[0] == '\0') {
				record.bad_tag = record.fault_text;
				record.bad_tag_position = record.fault_position;
			}
			fail(&record, DMARCRECORD_OK, "", 0);
			record.sp_given = record.np_given = false;
		}
	}
	if (!record.sp_given)
		record.sp = record.p;
	if (!record.np_given)
		record.np = record.sp;
	return record;
}

bool dmarc_record_counts(const struct dmarc_record *record)
{
	return record->fault == DMARCRECORD_OK || record->fault >= DMARCRECORD_TOO_LARGE;
}

const char *dmarc_record_normal_form(const struct dmarc_record *record, struct arena *arena)
{
	return arena_printf(arena, "v=DMARC1; p=%s; sp=%s; adkim=%c; aspf=%c", dmarc_policy_word(record->p),
		dmarc_policy_word(record->sp), record->strict_dkim ? 's' : 'r',
		record->strict_spf ? 's' : 'r');
}
