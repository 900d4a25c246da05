#include "verify/spf_check.h"

#include "base/arena.h"
#include "message/envelope.h"

#include <string.h>

enum { FIRST_ROWS = 32 };

static size_t row_add(struct spf_check *check, const struct spf_frame *frame,
	const struct spf_record_term *term, enum term_outcome outcome)
{
	if (check->row_count == check->row_size) {
		size_t size = check->row_size == 0 ? FIRST_ROWS : 2 * check->row_size;
		struct spf_term *rows = arena_array(check->arena, size, sizeof *rows);

		if (check->row_count > 0)
			memcpy(rows, check->rows, check->row_count * sizeof *rows);
		check->rows = rows;
		check->row_size = size;
	}
	check->rows[check->row_count] = (struct spf_term){
		.domain = frame->domain,
		.text = term->text,
		.position = term->position,
		.depth = frame->depth,
		.qualifier = term->qualifier,
		.outcome = outcome,
		.target = "",
	};
	return check->row_count++;
}

/* Traces ip4, ip6 and all up to the term with index end, as the engine has passed them: it stops at
 * the first that covers the client. Terms that look up have traced themselves. */
static void frame_run(struct spf_check *check, struct spf_frame *frame, size_t end)
{
	const struct spf_record *record = &frame->record;

	for (; frame->match == SPFROW_NONE && frame->next_term < end; frame->next_term++) {
		const struct spf_record_term *term = &record->terms[frame->next_term];
		bool covers = spf_term_covers(term, &check->work->envelope->client);

		if (term->kind != SPFTERM_ALL && term->kind != SPFTERM_IP4 && term->kind != SPFTERM_IP6)
			continue;
		row_add(check, frame, term, covers ? TERM_MATCH : TERM_NO_MATCH);
		if (covers)
			frame->match = check->row_count - 1;
	}
}

/* The engine has left the newest record: so what led there matched, or not. */
static void frame_close(struct spf_check *check)
{
	struct spf_frame *frame = check->top, *parent = frame->parent;

	frame_run(check, frame, frame->record.term_count);
	check->top = parent;
	if (parent == NULL)
		return;
	if (frame->redirected) { /* the other record's result is this one's */
		check->rows[frame->entry].outcome = TERM_MATCH;
		parent->match = frame->match;
		parent->next_term = parent->record.term_count;
	} else if (frame->match != SPFROW_NONE && check->rows[frame->match].qualifier == '+') {
		check->rows[frame->entry].outcome = TERM_MATCH;
		parent->match = frame->entry;
	} else {
		check->rows[frame->entry].outcome = TERM_NO_MATCH;
	}
}

size_t spf_trace_reach(struct spf_check *check, const struct spf_token *token)
{
	struct spf_frame *frame = token->frame;
	size_t index = (size_t)(token->term - frame->record.terms);

	while (check->top != frame)
		frame_close(check);
	if (token->term->kind == SPFTERM_REDIRECT) { /* comes last, wherever it stands (section 6.1) */
		frame_run(check, frame, frame->record.term_count);
	} else {
		frame_run(check, frame, index);
		frame->next_term = index + 1;
	}
	return row_add(check, frame, token->term, TERM_NOT_REACHED);
}

void spf_trace_finish(struct spf_check *check, enum result result)
{
	struct spf_frame *own = check->top;
	bool temporary = result == RESULT_TEMPERROR;

	if (temporary || result == RESULT_PERMERROR) {
		for (struct spf_frame *frame = check->top; frame != NULL; frame = frame->parent)
			if (frame->parent != NULL)
				check->rows[frame->entry].outcome =
					temporary ? TERM_TEMPERROR : TERM_PERMERROR;
	} else if (own != NULL) {
		while (own->parent != NULL)
			own = own->parent;
		while (check->top != NULL)
			frame_close(check);
		if (own->match != SPFROW_NONE)
			check->verdict.decided_by = &check->rows[own->match];
	}
	check->verdict.terms = check->rows;
	check->verdict.term_count = check->row_count;
}
