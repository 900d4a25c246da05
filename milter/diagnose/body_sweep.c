#include "diagnose/body_sweep.h"

#include "base/arena.h"
#include "message/header_list.h"
#include "message/mime.h"

#include <string.h>

enum {
	LINES_MAX = 200000,
	EARLY_STARTS = 60, /* lines that a banner may have */
	STARTS_MAX = EARLY_STARTS + MIME_PARTS_MAX,
	EXCISION_ENDS_MAX = 40,
	TEXT_SHOWN = 100,
};

/* The canonical lines of the body: each ends with CRLF; empty ones at the end are kept here. */
struct lines {
	const char *octets;
	const size_t *starts; /* count + 1 of them */
	size_t count;
};

struct sweep {
	const struct body_facts *facts;
	struct arena *arena;
	struct lines lines;
	struct digest_stream *stream, *rest;
	size_t *budget;
	bool out_of_budget;
};

static struct lines split_lines(const struct body_facts *facts, struct arena *arena)
{
	struct buf canonical = canon_body(facts->canon, facts->body, arena);
	size_t count = 0, *starts;

	for (size_t i = 0; i < canonical.len && count < LINES_MAX; i++)
		count += canonical.data[i] == '\n';
	starts = arena_array(arena, count + 1, sizeof *starts);
	for (size_t i = 0, line = 0; i < canonical.len && line < count; i++)
		if (canonical.data[i] == '\n')
			starts[++line] = i + 1;
	return (struct lines){canonical.data, starts, count};
}

static struct span line_at(const struct lines *lines, size_t number)
{
	size_t start = lines->starts[number];

	return (struct span){lines->octets + start, lines->starts[number + 1] - start - strlen("\r\n")};
}

/* Adds one line to the running hash; false when the budget is spent. */
static bool hash_lines(struct sweep *sweep, struct digest_stream *stream, size_t from, size_t to)
{
	size_t start = sweep->lines.starts[from], len = sweep->lines.starts[to] - start;
	size_t cost = len + DIGEST_END_COST; /* it is compared in nearly all places */

	if (*sweep->budget < cost) {
		sweep->out_of_budget = true;
		return false;
	}
	*sweep->budget -= cost;
	digest_stream_add(stream, sweep->lines.octets + start, len);
	return true;
}

static bool is_hit(const struct sweep *sweep, struct digest_stream *stream)
{
	struct digest now = digest_stream_now(stream);

	return digest_equal(&now, &sweep->facts->signed_hash);
}

/* The line behind the signed text that starts at the given line, or 0. Empty lines never end it:
 * both canonical forms drop them. */
static size_t end_of_signed(struct sweep *sweep, size_t start)
{
	digest_stream_reset(sweep->stream);
	for (size_t line = start; line < sweep->lines.count; line++) {
		if (!hash_lines(sweep, sweep->stream, line, line + 1))
			return 0;
		if (line_at(&sweep->lines, line).len > 0 && is_hit(sweep, sweep->stream))
			return line + 1;
	}
	return 0;
}

/* The first line in the range that says something. */
static const char *text_between(const struct sweep *sweep, size_t from, size_t to)
{
	for (size_t line = from; line < to; line++) {
		struct span text = span_trim(line_at(&sweep->lines, line));

		if (text.len > 0 && strspn(text.at, "-_=* ") < text.len) {
			text.len = text.len > TEXT_SHOWN ? TEXT_SHOWN : text.len;
			return span_text(sweep->arena, text);
		}
	}
	return "";
}

static size_t last_filled_line(const struct lines *lines)
{
	size_t count = lines->count;

	while (count > 0 && line_at(lines, count - 1).len == 0)
		count--;
	return count;
}

static struct body_change found_window(const struct sweep *sweep, size_t start, size_t end)
{
	size_t total = last_filled_line(&sweep->lines);
	struct body_change change = {
		.kind = start == 0 ? BODY_FOOTER : BODY_BANNER,
		.first_line = start + 1,
		.last_line = end,
		.total_lines = total,
		.added = start + (total > end ? total - end : 0),
		.from = "",
		.to = "",
	};

	change.text = start == 0 ? text_between(sweep, end, total) : text_between(sweep, 0, start);
	return change;
}

/* The number of the canonical line that holds the place of the body; canonical forms keep the lines
 * (but for empty ones at the end), so they can be counted. */
static size_t line_of_place(const struct sweep *sweep, const char *place)
{
	size_t line = 0;

	for (const char *at = sweep->facts->body.at; at < place; at++)
		line += *at == '\n';
	return line < sweep->lines.count ? line : sweep->lines.count;
}

/* Lines where signed text may start: those at the top, then the body of each MIME part. */
static size_t likely_starts(const struct sweep *sweep, const struct mime *mime, size_t *starts)
{
	const char *place = sweep->facts->body.at;
	size_t count = 0, line = 0;

	for (size_t early = 1; early <= EARLY_STARTS && early < sweep->lines.count; early++)
		starts[count++] = early;
	for (size_t i = 1; i < mime->count && count < STARTS_MAX; i++) {
		const char *part = mime->parts[i].body.at;

		if (part < place) { /* a part within a part that was counted */
			place = sweep->facts->body.at;
			line = 0;
		}
		for (; place < part; place++)
			line += *place == '\n';
		if (line > EARLY_STARTS && line < sweep->lines.count)
			starts[count++] = line;
	}
	return count;
}

static bool starts_a_part(const struct sweep *sweep, const struct mime *mime, size_t line)
{
	for (size_t i = 1; i < mime->count; i++)
		if (line_of_place(sweep, mime->parts[i].body.at) == line)
			return true;
	return false;
}

static struct body_change sweep_windows(struct sweep *sweep, const struct mime *mime)
{
	size_t *starts = arena_array(sweep->arena, STARTS_MAX, sizeof *starts);
	size_t count = likely_starts(sweep, mime, starts);

	for (size_t i = 0; i < count && !sweep->out_of_budget; i++) {
		size_t end = end_of_signed(sweep, starts[i]);
		struct body_change change;

		if (end == 0)
			continue;
		change = found_window(sweep, starts[i], end);
		if (starts_a_part(sweep, mime, starts[i]))
			change.kind = BODY_WRAPPED;
		return change;
	}
	return body_change_none();
}

/* Inserted blocks end where software inserts: before a MIME delimiter or a closing HTML tag. */
static bool ends_a_block(struct span line)
{
	return (line.len > 2 && line.at[0] == '-' && line.at[1] == '-') ||
	       text_find(line.at, line.len, "</body") != NULL ||
	       text_find(line.at, line.len, "</html") != NULL;
}

/* Is the body without the lines from..end what was signed? The stream holds all before from. */
static bool excision_fits(struct sweep *sweep, size_t end)
{
	digest_stream_copy(sweep->rest, sweep->stream);
	return hash_lines(sweep, sweep->rest, end, last_filled_line(&sweep->lines)) &&
	       is_hit(sweep, sweep->rest);
}

static struct body_change sweep_excisions(struct sweep *sweep)
{
	size_t total = last_filled_line(&sweep->lines), ends = 0;

	for (size_t end = total; end-- > 1 && ends < EXCISION_ENDS_MAX && !sweep->out_of_budget;) {
		if (!ends_a_block(line_at(&sweep->lines, end)))
			continue;
		ends++;
		digest_stream_reset(sweep->stream);
		for (size_t from = 0; from < end && !sweep->out_of_budget; from++) {
			if (excision_fits(sweep, end))
				return (struct body_change){
					.kind = BODY_INSERTED,
					.first_line = from + 1,
					.last_line = end,
					.total_lines = total,
					.added = end - from,
					.text = text_between(sweep, from, end),
					.from = "",
					.to = "",
				};
			(void)hash_lines(sweep, sweep->stream, from, from + 1);
		}
	}
	return body_change_none();
}

struct body_change body_sweep(const struct body_facts *facts, size_t *budget, struct arena *arena)
{
	struct sweep sweep = {
		.facts = facts,
		.arena = arena,
		.lines = split_lines(facts, arena),
		.stream = digest_stream_new(facts->digest_kind),
		.rest = digest_stream_new(facts->digest_kind),
		.budget = budget,
	};
	struct mime mime = mime_of(facts->header, facts->body, arena);
	size_t end = end_of_signed(&sweep, 0);
	struct body_change change = body_change_none();

	if (end > 0)
		change = found_window(&sweep, 0, end);
	if (change.kind == BODY_UNKNOWN)
		change = sweep_windows(&sweep, &mime);
	if (change.kind == BODY_UNKNOWN)
		change = sweep_excisions(&sweep);
	change.out_of_budget = sweep.out_of_budget;
	digest_stream_free(&sweep.stream);
	digest_stream_free(&sweep.rest);
	return change;
}
