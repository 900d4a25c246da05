#include "diagnose/body_sweep.h"

#include "base/arena.h"
#include "diagnose/body_excision.h"
#include "diagnose/body_lines.h"
#include "message/mime.h"

#include <string.h>

enum {
	EARLY_STARTS = 60, /* lines that a banner may have */
	FOOTER_LINES = 60, /* most footers have no more */
	STARTS_MAX = EARLY_STARTS + MIME_PARTS_MAX,
	LATE_ENDS = 100, /* lines that a footer below a banner may have */
};

/* Empty lines never end the signed text: both canonical forms drop them. Behind the top of the body
 * only likely ends are tried: close to the end, or before a delimiter. */
static bool may_end_at(const struct body_lines *lines, size_t start, size_t line)
{
	struct span next;

	if (body_line(lines, line).len == 0)
		return false;
	if (start == 0 || line + LATE_ENDS > lines->count)
		return true;
	next = body_line(lines, line + 1);
	if (next.len == 0)
		next = body_line(lines, line + 2);
	return next.len > 2 && next.at[0] == '-' && next.at[1] == '-';
}

/* The line behind the signed text that starts at the given line and ends with one of those from first to
 * before last, or 0. */
static size_t end_among(struct body_search *search, size_t start, size_t first, size_t last)
{
	const size_t *starts = search->lines.starts;
	size_t hashed = start;

	digest_stream_reset(search->stream);
	for (size_t line = first; line < last; line++) {
		if (!may_end_at(&search->lines, start, line))
			continue;
		if (!body_search_hash(search, search->stream, starts[hashed], starts[line + 1]))
			return 0;
		hashed = line + 1;
		if (body_search_hits(search, search->stream))
			return line + 1;
	}
	return 0;
}

/* The line behind the signed text that starts at the given line, or 0. */
static size_t end_of_signed(struct body_search *search, size_t start)
{
	return end_among(search, start, start, search->lines.count);
}

/* Reading out the hash at each line costs more than hashing it, so the lines with which most signed text ends
 * have their turn before the others: all, when there are few. */
static size_t first_footer_line(const struct body_search *search)
{
	return search->lines.filled < 2 * FOOTER_LINES ? 0 : search->lines.filled - FOOTER_LINES;
}

static bool same_line(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* Are the lines above the signed text a part of their own, put in front of the first one? */
static bool is_part_in_front(const struct body_search *search, size_t start)
{
	struct span first = body_line(&search->lines, 0), signed_first = body_line(&search->lines, start);

	return first.len > 2 && first.at[0] == '-' && first.at[1] == '-' && same_line(first, signed_first);
}

static struct body_change found_window(const struct body_search *search, size_t start, size_t end)
{
	size_t total = search->lines.filled;
	struct body_change change = {
		.kind = start == 0                        ? BODY_FOOTER
			: is_part_in_front(search, start) ? BODY_INSERTED
							  : BODY_BANNER,
		.first_line = start + 1,
		.last_line = end,
		.total_lines = total,
		.added = start + (total > end ? total - end : 0),
		.from = "",
		.to = "",
	};

	change.text = start == 0 ? body_search_text(search, end, total) : body_search_text(search, 0, start);
	return change;
}

/* Lines where signed text may start: the body of each MIME part, then those at the top. */
static size_t likely_starts(const struct body_search *search, size_t *starts)
{
	size_t count = 0;

	for (size_t i = 1; i < search->part_count; i++)
		starts[count++] = search->part_lines[i];
	for (size_t line = 1; line <= EARLY_STARTS && line < search->lines.count; line++)
		starts[count++] = line;
	return count;
}

static struct body_change sweep_windows(struct body_search *search)
{
	size_t *starts = arena_array(search->arena, STARTS_MAX, sizeof *starts);
	size_t count = likely_starts(search, starts);

	for (size_t i = 0; i < count && !search->out_of_budget; i++) {
		size_t end = end_of_signed(search, starts[i]);
		struct body_change change;

		if (end == 0)
			continue;
		change = found_window(search, starts[i], end);
		if (i + 1 < search->part_count) {
			change.kind = BODY_WRAPPED;
			change.part_header = search->part_headers[i + 1];
		}
		return change;
	}
	return body_change_none();
}

static struct body_change sweep_footer(struct body_search *search)
{
	size_t end = end_among(search, 0, first_footer_line(search), search->lines.count);

	return end > 0 ? found_window(search, 0, end) : body_change_none();
}

static struct body_change sweep_prefixes(struct body_search *search)
{
	size_t end = search->out_of_budget ? 0 : end_among(search, 0, 0, first_footer_line(search));

	return end > 0 ? found_window(search, 0, end) : body_change_none();
}

static struct body_change sweep_inside(struct body_search *search)
{
	struct body_change change = sweep_windows(search);

	return change.kind == BODY_UNKNOWN ? body_excision(search) : change;
}

static struct body_change sweep_all(struct body_search *search)
{
	struct body_change change = sweep_footer(search);

	if (change.kind == BODY_UNKNOWN)
		change = sweep_prefixes(search);
	return change.kind == BODY_UNKNOWN ? sweep_inside(search) : change;
}

static struct body_change run(const struct body_facts *facts, struct effort *effort, struct arena *arena,
	struct body_change (*sweep)(struct body_search *))
{
	struct arena_mark mark = arena_mark(arena);
	struct body_change change;
	struct body_search search;

	body_search_begin(&search, facts, effort, arena);
	change = sweep(&search);
	change.out_of_budget = search.out_of_budget;
	body_search_end(&search);
	if (change.kind == BODY_UNKNOWN)
		arena_rewind(arena, mark);
	return change;
}

struct body_change body_sweep_footer(
	const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	return run(facts, effort, arena, sweep_footer);
}

struct body_change body_sweep_prefixes(
	const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	return run(facts, effort, arena, sweep_prefixes);
}

struct body_change body_sweep_inside(
	const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	return run(facts, effort, arena, sweep_inside);
}

struct body_change body_sweep(const struct body_facts *facts, struct effort *effort, struct arena *arena)
{
	return run(facts, effort, arena, sweep_all);
}
