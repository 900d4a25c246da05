/* The records of a check: fetched, parsed, and turned into programs for the engine. */
#include "verify/spf_check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "dns/dns.h"
#include "message/envelope.h"

#include <string.h>

/* Questions sent ahead in one check; a tree of hostile records shall not make us shout. */
enum { WARMED_MAX = 20 };

/* A trial's record, in place of what the domain publishes (facts/trial.h). */
static bool record_assumed(struct spf_check *check, const char *domain, const struct rdata **record)
{
	const struct work *work = check->work;
	struct rdata *assumed;

	if (work->assumed_record == NULL || work->assumed_record[0] == '\0' ||
		strcmp(domain, work->assumed_domain) != 0)
		return false;
	assumed = arena_alloc(check->arena, sizeof *assumed);
	assumed->text = work->assumed_record;
	assumed->len = strlen(work->assumed_record);
	*record = assumed;
	return true;
}

/* Exactly one TXT record that claims to be SPF (RFC 7208 section 4.5). */
static enum spf_step record_pick(struct spf_check *check, const char *domain, const struct rdata **record)
{
	const struct answer *answer;
	size_t count = 0;

	if (record_assumed(check, domain, record))
		return SPFSTEP_YES;
	answer = dns_ask(check->work->client, domain, RR_TXT);
	if (answer_is_trouble(answer))
		return spf_fault_dns(check, answer);
	for (size_t i = 0; i < answer->count; i++) {
		if (!spf_record_claims(answer->values[i].text, answer->values[i].len))
			continue;
		*record = &answer->values[i];
		count++;
	}
	if (count > 1) {
		struct spf_frame place = {
			.domain = domain, .depth = check->top == NULL ? 0 : check->top->depth + 1};

		return spf_fault_set(check, &place, SPFAULT_SEVERAL_RECORDS,
			arena_printf(check->arena, "%zu records", count), 0);
	}
	return count == 1 ? SPFSTEP_YES : SPFSTEP_NO;
}

/* Is the name one that RFC 7208 section 4.3 lets check_host() take? DNS refuses what else is wrong. */
static bool is_checkable(const char *domain)
{
	return domain_labels(domain) >= 2;
}

/* What "no record" means for the term that led here; by is NULL for the checked domain itself. */
static enum spf_step record_missing(struct spf_check *check, const struct spf_token *by, const char *domain)
{
	struct spf_frame own = {.domain = domain};
	bool no_name =
		!is_checkable(domain) || dns_ask(check->work->client, domain, RR_TXT)->kind == ANSWER_NO_NAME;
	enum spf_fault fault = no_name ? SPFAULT_INCLUDE_NO_NAME : SPFAULT_INCLUDE_NO_RECORD;

	if (by == NULL) {
		(void)spf_fault_set(check, &own, no_name ? SPFAULT_NO_NAME : SPFAULT_NO_RECORD, "", 0);
		return SPFSTEP_NO;
	}
	if (by->term->kind == SPFTERM_REDIRECT)
		fault = SPFAULT_REDIRECT_NO_RECORD;
	return spf_fault_set(check, by->frame, fault, by->term->text, by->term->position);
}

static void record_note(struct spf_check *check, const struct spf_frame *frame, const struct rdata *rdata)
{
	const char *text = arena_copy(check->arena, rdata->text, rdata->len);

	if (frame->parent == NULL)
		check->verdict.record = text;
	check->seen[check->verdict.record_count++] =
		(struct spf_record_seen){.domain = frame->domain, .text = text, .depth = frame->depth};
}

/* A domain that is already on the way here would lead here again, until the lookups are used up. */
static const struct spf_frame *loop_find(const struct spf_check *check, const char *domain)
{
	for (const struct spf_frame *frame = check->top; frame != NULL; frame = frame->parent)
		if (strcmp(frame->domain, domain) == 0)
			return frame;
	return NULL;
}

/* "a.example -> b.example -> a.example" */
static const char *loop_text(struct spf_check *check, const struct spf_frame *first)
{
	const char *text = first->domain;

	for (const struct spf_frame *frame = check->top; frame != first; frame = frame->parent)
		text = arena_printf(check->arena, "%s -> %s", frame->domain, text);
	return arena_printf(check->arena, "%s -> %s", first->domain, text);
}

static unsigned token_new(
	struct spf_check *check, struct spf_frame *frame, const struct spf_record_term *term)
{
	check->tokens[++check->token_count] = (struct spf_token){.frame = frame, .term = term};
	return check->token_count;
}

static bool is_covering(const struct spf_check *check, const struct spf_record_term *term)
{
	return spf_term_covers(term, &check->work->envelope->client);
}

/* What of the record can still be reached, in the engine's words: the terms that look up as tokens,
 * one more than may be evaluated, and the first other term that covers the client. */
static const char *program_of(struct spf_check *check, struct spf_frame *frame)
{
	const struct spf_record *record = &frame->record;
	struct buf program = buf_in(check->arena);
	char client[NETADDR_TEXT_SIZE];
	unsigned lookups = 0;

	buf_text(&program, "v=spf1");
	for (size_t i = 0; i < record->term_count; i++) {
		const struct spf_record_term *term = &record->terms[i];
		bool include = term->kind == SPFTERM_INCLUDE;

		if (term->kind == SPFTERM_REDIRECT)
			continue;
		if (spf_term_looks_up(term)) {
			buf_printf(&program, " %c%s:" SPFTOKEN_FORMAT, term->qualifier,
				include ? "include" : "exists", token_new(check, frame, term));
			if (++lookups > SPFLOOKUPS_MAX)
				return program.data;
		} else if (is_covering(check, term)) {
			if (term->kind == SPFTERM_ALL)
				buf_printf(&program, " %call", term->qualifier);
			else
				buf_printf(&program, " %c%s:%s", term->qualifier,
					term->kind == SPFTERM_IP4 ? "ip4" : "ip6",
					netaddr_format(&check->work->envelope->client, client));
			return program.data;
		}
	}
	if (record->redirect != NULL) /* there is no all (RFC 7208 section 6.1) */
		buf_printf(&program, " redirect=" SPFTOKEN_FORMAT, token_new(check, frame, record->redirect));
	return program.data;
}

static enum rr_type type_of_term(const struct spf_check *check, const struct spf_record_term *term)
{
	switch (term->kind) {
	case SPFTERM_INCLUDE:
	case SPFTERM_REDIRECT:
		return RR_TXT;
	case SPFTERM_MX:
		return RR_MX;
	case SPFTERM_EXISTS:
		return RR_A;
	default:
		return client_address_type(&check->work->envelope->client);
	}
}

/* Sends the questions of the record's terms ahead, so that their answers are there when the engine
 * comes to them. Names with macros wait for their turn. */
static void frame_warm(struct spf_check *check, const struct spf_frame *frame, unsigned first_token)
{
	for (unsigned i = first_token; i <= check->token_count && check->warmed < WARMED_MAX; i++) {
		const struct spf_record_term *term = check->tokens[i].term;
		struct span spec = term->domain;
		const char *name = frame->domain;

		if (term->kind == SPFTERM_PTR ||
			memchr(spec.at == NULL ? "" : spec.at, '%', spec.len) != NULL)
			continue;
		if (spec.len > 0)
			name = text_lower(check->arena, spec.at, spec.len);
		dns_warm(check->work->dns, name, type_of_term(check, term));
		check->warmed++;
	}
}

/* Fetches and parses the record of a domain and makes it the newest. by as in record_missing(). */
static enum spf_step frame_enter(
	struct spf_check *check, const struct spf_token *by, const char *domain, const char **program)
{
	struct spf_frame *frame = arena_alloc(check->arena, sizeof *frame);
	const struct rdata *rdata = NULL;
	enum spf_step step = is_checkable(domain) ? record_pick(check, domain, &rdata) : SPFSTEP_NO;
	unsigned first_token = check->token_count + 1;

	if (step == SPFSTEP_NO)
		return record_missing(check, by, domain);
	if (step != SPFSTEP_YES || rdata == NULL)
		return step;
	*frame = (struct spf_frame){.parent = check->top, .domain = domain, .match = SPFROW_NONE};
	if (by != NULL) {
		frame->depth = by->frame->depth + 1;
		frame->redirected = by->term->kind == SPFTERM_REDIRECT;
		frame->entry = check->row_count - 1;
	}
	record_note(check, frame, rdata);
	frame->record = spf_record_parse(check->arena, rdata->text, rdata->len);
	if (frame->record.fault != SPFAULT_NONE)
		return spf_fault_set(check, frame, frame->record.fault, frame->record.fault_text,
			frame->record.fault_position);
	if (check->top == NULL || (frame->redirected && check->speaker == check->top))
		check->speaker = frame;
	check->top = frame;
	*program = program_of(check, frame);
	if (check->work->dns != NULL)
		frame_warm(check, frame, first_token);
	return SPFSTEP_YES;
}

static enum spf_step frame_follow(
	struct spf_check *check, const struct spf_token *by, const char *domain, const char **program)
{
	const struct spf_frame *first = loop_find(check, domain);

	if (first != NULL)
		return spf_fault_set(
			check, by->frame, SPFAULT_LOOP, loop_text(check, first), by->term->position);
	return frame_enter(check, by, domain, program);
}

static enum term_outcome outcome_of(enum spf_step step)
{
	static const enum term_outcome outcomes[] = {
		[SPFSTEP_YES] = TERM_MATCH,
		[SPFSTEP_NO] = TERM_NO_MATCH,
		[SPFSTEP_TEMPERROR] = TERM_TEMPERROR,
		[SPFSTEP_PERMERROR] = TERM_PERMERROR,
	};

	return outcomes[step];
}

/* An include is a match only when its record says so: until then the row says "not reached". */
enum spf_step spf_tree_load(void *host, unsigned token, const char **program)
{
	struct spf_check *check = host;
	const struct spf_token *by = &check->tokens[token];
	const char *domain = check->verdict.domain;
	enum spf_step step;
	size_t row;

	if (token == SPFTOKEN_START)
		return frame_enter(check, NULL, domain, program);
	if (token > check->token_count)
		return SPFSTEP_PERMERROR;
	row = spf_trace_reach(check, by);
	step = spf_lookup_count(check, by);
	if (step == SPFSTEP_YES) {
		domain = check->rows[row].target = spf_target_of(check, by);
		step = frame_follow(check, by, domain, program);
	}
	if (step != SPFSTEP_YES)
		check->rows[row].outcome = outcome_of(step);
	return step;
}

enum spf_step spf_tree_match(void *host, unsigned token)
{
	struct spf_check *check = host;
	const struct spf_token *found = &check->tokens[token];
	enum spf_step step;
	size_t row;

	if (token == SPFTOKEN_START || token > check->token_count)
		return SPFSTEP_NO;
	row = spf_trace_reach(check, found);
	step = spf_lookup_count(check, found);
	if (step == SPFSTEP_YES) {
		const char *target = check->rows[row].target = spf_target_of(check, found);

		step = spf_term_match(check, found, target);
	}
	check->rows[row].outcome = outcome_of(step);
	if (step == SPFSTEP_YES)
		found->frame->match = row;
	return step;
}
