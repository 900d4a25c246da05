#include "diagnose/body_lines.h"

#include "base/arena.h"
#include "diagnose/effort.h"
#include "message/canon.h"
#include "message/mime.h"

#include <string.h>

enum {
	LINES_MAX = 200000,
	TEXT_SHOWN = 100,
};

static struct body_lines split_lines(const struct body_facts *facts, struct arena *arena)
{
	struct buf canonical = canon_body(facts->canon, facts->body, arena);
	struct body_lines lines = {.octets = canonical.data};
	const char *end = canonical.data + canonical.len, *feed;
	size_t *starts;

	for (const char *at = canonical.data; lines.count < LINES_MAX && at < end; at = feed + 1) {
		feed = memchr(at, '\n', (size_t)(end - at));
		if (feed == NULL)
			break;
		lines.count++;
	}
	starts = arena_array(arena, lines.count + 1, sizeof *starts);
	starts[0] = 0;
	for (size_t line = 0; line < lines.count; line++) {
		feed = memchr(canonical.data + starts[line], '\n', canonical.len - starts[line]);
		starts[line + 1] = (size_t)(feed - canonical.data) + 1;
	}
	lines.starts = starts;
	lines.filled = lines.count;
	while (lines.filled > 0 && body_line(&lines, lines.filled - 1).len == 0)
		lines.filled--;
	return lines;
}

struct span body_line(const struct body_lines *lines, size_t number)
{
	size_t start = lines->starts[number];

	return (struct span){lines->octets + start, lines->starts[number + 1] - start - strlen("\r\n")};
}

/* Canonical forms keep the lines (but for empty ones at the end), so they can be counted in the body
 * as it arrived. Parts come level by level: a level begins above the one before it. */
static void find_parts(struct body_search *search)
{
	struct span body = search->facts->body;
	struct mime mime = mime_of(search->facts->header, body, search->arena);
	size_t *lines = arena_array(search->arena, mime.count + 1, sizeof *lines), line = 0;
	struct span *headers = arena_array(search->arena, mime.count + 1, sizeof *headers);
	const char *place = body.at;

	lines[0] = 0;
	for (size_t i = 1; i < mime.count; i++) {
		const char *part = mime.parts[i].body.at;

		if (part < place) {
			place = body.at;
			line = 0;
		}
		for (; (place = memchr(place, '\n', (size_t)(part - place))) != NULL; place++)
			line++;
		place = part;
		headers[i] = mime.parts[i].header;
		lines[i] = line < search->lines.count ? line : search->lines.count;
	}
	search->part_lines = lines;
	search->part_headers = headers;
	search->part_count = mime.count;
}

void body_search_begin(struct body_search *search, const struct body_facts *facts, struct effort *effort,
	struct arena *arena)
{
	*search = (struct body_search){
		.facts = facts,
		.arena = arena,
		.lines = split_lines(facts, arena),
		.stream = digest_stream_new(facts->digest_kind),
		.rest = digest_stream_new(facts->digest_kind),
		.effort = effort,
	};
	find_parts(search);
	effort_charge(effort, facts->body.len / 2);
}

void body_search_end(struct body_search *search)
{
	digest_stream_free(&search->stream);
	digest_stream_free(&search->rest);
}

static bool pays(struct body_search *search, size_t cost)
{
	if (!effort_spend(search->effort, cost))
		search->out_of_budget = true;
	return !search->out_of_budget;
}

bool body_search_hash(struct body_search *search, struct digest_stream *stream, size_t from, size_t to)
{
	if (!pays(search, to - from))
		return false;
	digest_stream_add(stream, search->lines.octets + from, to - from);
	return true;
}

bool body_search_hits(struct body_search *search, struct digest_stream *stream)
{
	struct digest now;

	if (!pays(search, DIGEST_END_COST))
		return false;
	now = digest_stream_now(stream);
	return digest_equal(&now, &search->facts->signed_hash);
}

bool body_search_insertion(struct body_search *search, const char *text)
{
	const size_t *starts = search->lines.starts;
	size_t end = starts[search->lines.filled];

	digest_stream_reset(search->stream);
	for (size_t line = 0; line < search->lines.filled; line++) {
		digest_stream_copy(search->rest, search->stream);
		digest_stream_add(search->rest, text, strlen(text));
		if (!body_search_hash(search, search->rest, starts[line], end))
			return false;
		if (body_search_hits(search, search->rest))
			return true;
		if (!body_search_hash(search, search->stream, starts[line], starts[line + 1]))
			return false;
	}
	return false;
}

const char *body_search_text(const struct body_search *search, size_t from, size_t to)
{
	for (size_t line = from; line < to; line++) {
		struct span text = span_trim(body_line(&search->lines, line));

		if (text.len > 0 && strspn(text.at, "-_=* ") < text.len) {
			text.len = text.len > TEXT_SHOWN ? TEXT_SHOWN : text.len;
			return span_text(search->arena, text);
		}
	}
	return "";
}
