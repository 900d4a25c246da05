#include "diagnose/body_excision.h"

#include "base/arena.h"

#include <string.h>

enum {
	ENDS_MAX = 40,     /* places where a block may end */
	OPENINGS_MAX = 40, /* places where a block may start */
	BANNER_LINES_MAX = 400,
	PAIR_ENDS_MAX = 6,   /* places tried two by two, from the end of the body */
	PAIR_LINES_MAX = 25, /* longest of two blocks */
	TAGS_TRIED_MAX = 200,
};

struct places {
	size_t lines[ENDS_MAX];
	size_t count;
};

static struct body_change found(
	struct body_search *search, enum body_change_kind kind, size_t from, size_t end)
{
	return (struct body_change){
		.kind = kind,
		.first_line = from + 1,
		.last_line = end,
		.total_lines = search->lines.filled,
		.added = end - from,
		.text = body_search_text(search, from, end),
		.from = "",
		.to = "",
	};
}

static size_t end_of_body(const struct body_search *search)
{
	return search->lines.starts[search->lines.filled];
}

/* Is the body what was signed when it goes on at that octet? The stream holds all before the block. */
static bool rest_fits(struct body_search *search, size_t octet)
{
	digest_stream_copy(search->rest, search->stream);
	return body_search_hash(search, search->rest, octet, end_of_body(search)) &&
	       body_search_hits(search, search->rest);
}

static bool closes(struct span line)
{
	return (line.len > 2 && line.at[0] == '-' && line.at[1] == '-') ||
	       text_find(line.at, line.len, "</body") != NULL ||
	       text_find(line.at, line.len, "</html") != NULL;
}

static void add_place(struct places *places, size_t line)
{
	if (places->count < ENDS_MAX && line > 0)
		places->lines[places->count++] = line;
}

/* From the end of the body; the empty line before a delimiter is one too: it belongs to the
 * delimiter, and some put their text before it. */
static struct places closing_places(const struct body_search *search)
{
	struct places places = {.count = 0};

	for (size_t line = search->lines.filled; line-- > 1;) {
		if (!closes(body_line(&search->lines, line)))
			continue;
		add_place(&places, line);
		if (body_line(&search->lines, line - 1).len == 0)
			add_place(&places, line - 1);
	}
	return places;
}

static struct body_change blocks_before(struct body_search *search, const struct places *ends)
{
	const size_t *starts = search->lines.starts;

	for (size_t i = 0; i < ends->count; i++) {
		size_t end = ends->lines[i];

		digest_stream_reset(search->stream);
		for (size_t from = 0; from < end; from++) {
			if (rest_fits(search, starts[end]))
				return found(search, BODY_INSERTED, from, end);
			if (search->out_of_budget ||
				!body_search_hash(search, search->stream, starts[from], starts[from + 1]))
				return body_change_none();
		}
	}
	return body_change_none();
}

/* Lines at which the text of a part, or of an HTML page, begins. */
static struct places opening_places(const struct body_search *search)
{
	struct places places = {.count = 0};

	for (size_t i = 1; i < search->part_count && places.count < OPENINGS_MAX / 2; i++)
		add_place(&places, search->part_lines[i]);
	for (size_t line = 0; line < search->lines.filled && places.count < OPENINGS_MAX; line++) {
		struct span text = body_line(&search->lines, line);

		if (text_find(text.at, text.len, "<body") != NULL)
			add_place(&places, line + 1);
	}
	return places;
}

static struct body_change blocks_behind(struct body_search *search, const struct places *openings)
{
	const size_t *starts = search->lines.starts;

	for (size_t i = 0; i < openings->count && !search->out_of_budget; i++) {
		size_t from = openings->lines[i];

		digest_stream_reset(search->stream);
		if (!body_search_hash(search, search->stream, 0, starts[from]))
			break;
		for (size_t end = from + 1; end < search->lines.filled && end - from <= BANNER_LINES_MAX &&
					    !search->out_of_budget;
			end++)
			if (rest_fits(search, starts[end]))
				return found(search, BODY_BANNER, from, end);
	}
	return body_change_none();
}

/* Within one line: "text<p>added</p></body>". Blocks start at a tag and end at </body>. */
static struct body_change tags_before(struct body_search *search, const struct places *ends)
{
	const char *octets = search->lines.octets;

	for (size_t i = 0; i < ends->count && !search->out_of_budget; i++) {
		size_t line = ends->lines[i], tried = 0;
		struct span text = body_line(&search->lines, line);
		const char *close = text_find(text.at, text.len, "</body");

		if (close == NULL)
			continue;
		for (const char *from = close; from-- > text.at && tried < TAGS_TRIED_MAX;) {
			if (*from != '<')
				continue;
			tried++;
			digest_stream_reset(search->stream);
			if (!body_search_hash(search, search->stream, 0, (size_t)(from - octets)))
				break;
			if (rest_fits(search, (size_t)(close - octets)))
				return found(search, BODY_INSERTED, line, line + 1);
		}
	}
	return body_change_none();
}

/* One block before each of two places, the first one nearer to the start of the body. */
static struct body_change pair_before(
	struct body_search *search, struct digest_stream *between, size_t first, size_t second)
{
	const size_t *starts = search->lines.starts;
	size_t low = first > PAIR_LINES_MAX ? first - PAIR_LINES_MAX : 0, near;

	near = second - first > PAIR_LINES_MAX ? second - PAIR_LINES_MAX : first;
	digest_stream_reset(between);
	if (!body_search_hash(search, between, 0, starts[low]))
		return body_change_none();
	for (size_t from = low; from < first && !search->out_of_budget; from++) {
		digest_stream_copy(search->stream, between);
		if (!body_search_hash(search, search->stream, starts[first], starts[near]))
			break;
		for (size_t also = near; also < second && !search->out_of_budget; also++) {
			if (rest_fits(search, starts[second]))
				return found(search, BODY_INSERTED, from, first);
			(void)body_search_hash(search, search->stream, starts[also], starts[also + 1]);
		}
		(void)body_search_hash(search, between, starts[from], starts[from + 1]);
	}
	return body_change_none();
}

static struct body_change pairs_before(struct body_search *search, const struct places *ends)
{
	struct body_change change = body_change_none();
	struct digest_stream *between = digest_stream_new(search->facts->digest_kind);
	size_t count = ends->count < PAIR_ENDS_MAX ? ends->count : PAIR_ENDS_MAX;

	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count && change.kind == BODY_UNKNOWN; j++)
			if (ends->lines[i] > ends->lines[j] + 1)
				change = pair_before(search, between, ends->lines[j], ends->lines[i]);
	digest_stream_free(&between);
	return change;
}

struct body_change body_excision(struct body_search *search)
{
	struct places ends = closing_places(search), openings = opening_places(search);
	struct body_change change = tags_before(search, &ends);

	if (change.kind == BODY_UNKNOWN)
		change = blocks_before(search, &ends);
	if (change.kind == BODY_UNKNOWN)
		change = blocks_behind(search, &openings);
	if (change.kind == BODY_UNKNOWN && !search->out_of_budget)
		change = pairs_before(search, &ends);
	return change;
}
