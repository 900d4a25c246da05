#include "survey/spf_chart.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "diagnose/known_answers.h"
#include "dns/dns.h"
#include "records/spf_record.h"
#include "verify/verify.h"

#include <string.h>

enum {
	MX_NAMES_MAX = 10, /* RFC 7208 section 4.6.4 */
	NAMES_SHOWN = 4,
};

/* The record being drawn; the chain of them leads to the domain's own. */
struct place {
	const struct place *parent;
	const char *domain;
	int depth;
};

struct drawing {
	const struct work *work;
	struct spf_chart chart;
};

static void chart_record(struct drawing *drawing, const struct place *place, const struct rdata *text);

/* The one record of the answer; NULL with the reason in *note. */
static const struct rdata *record_in(const struct answer *answer, enum chart_note *note)
{
	const struct rdata *found = NULL;

	*note = answer_is_trouble(answer)        ? CHART_TROUBLE
		: answer->kind == ANSWER_NO_NAME ? CHART_NO_NAME
						 : CHART_NO_RECORD;
	for (size_t i = 0; answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		if (!spf_record_claims(answer->values[i].text, answer->values[i].len))
			continue;
		if (found != NULL) {
			*note = CHART_SEVERAL_RECORDS;
			return NULL;
		}
		found = &answer->values[i];
	}
	return found;
}

static bool is_on_the_way(const struct place *place, const char *domain)
{
	for (; place != NULL; place = place->parent)
		if (strcmp(place->domain, domain) == 0)
			return true;
	return false;
}

/* Adds the values, the first ones only; MX without their preference. */
static void detail_add(struct buf *detail, const struct answer *answer)
{
	for (size_t i = 0; answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		if (i == NAMES_SHOWN) {
			buf_printf(detail, " and %zu more", answer->count - i);
			return;
		}
		buf_printf(detail, "%s%s", detail->len > 0 ? ", " : "",
			answer->asked.type == RR_MX ? known_mx_host(&answer->values[i])
						    : answer->values[i].text);
	}
}

static const struct answer *ask(struct drawing *drawing, const char *name, enum rr_type type)
{
	return dns_ask(drawing->work->client, name, type);
}

static void note_answer(struct chart_line *line, const struct answer *answer)
{
	if (answer_is_trouble(answer)) {
		line->note = CHART_TROUBLE;
	} else if (answer_is_negative(answer)) {
		line->note = answer->kind == ANSWER_NO_NAME ? CHART_NO_NAME : CHART_NO_RECORD;
		line->voids = 1;
	}
}

/* Void only when neither family has an address: which of them is asked depends on the sender. */
static void chart_address(struct drawing *drawing, struct chart_line *line, const char *target)
{
	const struct answer *four = ask(drawing, target, RR_A), *six = ask(drawing, target, RR_AAAA);
	struct buf detail = buf_in(drawing->work->arena);

	note_answer(line, four->kind == ANSWER_RECORDS || answer_is_trouble(four) ? four : six);
	detail_add(&detail, four);
	detail_add(&detail, six);
	line->detail = detail.data;
}

static void chart_exchangers(struct drawing *drawing, struct chart_line *line, const char *target)
{
	const struct answer *answer = ask(drawing, target, RR_MX);
	struct buf detail = buf_in(drawing->work->arena);

	note_answer(line, answer);
	if (answer->kind == ANSWER_RECORDS && answer->count > MX_NAMES_MAX)
		line->note = CHART_TOO_MANY;
	detail_add(&detail, answer);
	line->detail = detail.data;
}

/* include: and redirect=: what is behind them goes into the lines that follow. */
static void chart_branch(struct drawing *drawing, const struct place *place, size_t index, const char *target)
{
	const struct place inner = {.parent = place, .domain = target, .depth = place->depth + 1};
	enum chart_note note = CHART_LOOP;
	const struct rdata *record;
	unsigned lookups = drawing->chart.lookups, voids = drawing->chart.voids;

	if (is_on_the_way(place, target)) {
		drawing->chart.lines[index].note = CHART_LOOP;
		return;
	}
	record = record_in(ask(drawing, target, RR_TXT), &note);
	if (record == NULL) {
		drawing->chart.lines[index].note = note;
		drawing->chart.lines[index].voids = note == CHART_NO_NAME;
		drawing->chart.voids += note == CHART_NO_NAME;
		return;
	}
	if (inner.depth > CHART_DEPTH_MAX || drawing->chart.records == CHART_RECORDS_MAX) {
		drawing->chart.lines[index].note = CHART_CUT;
		drawing->chart.cut = true;
		return;
	}
	chart_record(drawing, &inner, record);
	drawing->chart.lines[index].lookups += drawing->chart.lookups - lookups;
	drawing->chart.lines[index].voids += drawing->chart.voids - voids;
}

/* The name that the term is about; NULL when it depends on the sender. */
static const char *target_of(
	struct drawing *drawing, const struct place *place, const struct spf_record_term *term)
{
	struct domain target;

	if (term->domain.len == 0)
		return place->domain;
	if (memchr(term->domain.at, '%', term->domain.len) != NULL)
		return NULL;
	target = domain_of(drawing->work->arena, term->domain.at, term->domain.len);
	return target.name[0] != '\0' ? target.name : span_text(drawing->work->arena, term->domain);
}

static void chart_lookup(
	struct drawing *drawing, const struct place *place, size_t index, const struct spf_record_term *term)
{
	struct chart_line *line = &drawing->chart.lines[index];
	const char *target = target_of(drawing, place, term);

	line->lookups = 1;
	drawing->chart.lookups++;
	if (target == NULL) {
		line->note = CHART_PER_SENDER;
		return;
	}
	switch (term->kind) {
	case SPFTERM_INCLUDE:
	case SPFTERM_REDIRECT:
		chart_branch(drawing, place, index, target);
		return;
	case SPFTERM_A:
		chart_address(drawing, line, target);
		break;
	case SPFTERM_MX:
		chart_exchangers(drawing, line, target);
		break;
	case SPFTERM_EXISTS:
		note_answer(line, ask(drawing, target, RR_A));
		break;
	default:
		line->note = CHART_DISCOURAGED;
		break;
	}
	drawing->chart.voids += line->voids;
}

static void chart_term(struct drawing *drawing, const struct place *place, const struct spf_record_term *term,
	bool behind_all, bool has_all)
{
	size_t index = drawing->chart.count++;
	struct chart_line *line = &drawing->chart.lines[index];

	*line = (struct chart_line){.depth = place->depth, .text = term->text, .detail = ""};
	if (term->kind == SPFTERM_BROKEN)
		line->note = CHART_BROKEN;
	else if (term->kind == SPFTERM_UNKNOWN_MODIFIER || (term->kind == SPFTERM_REDIRECT && has_all))
		line->note = CHART_IGNORED;
	else if (behind_all && term->kind != SPFTERM_EXP)
		line->note = CHART_NOT_REACHED;
	else if (spf_term_looks_up(term))
		chart_lookup(drawing, place, index, term);
}

static enum rr_type type_of(const struct spf_record_term *term)
{
	return term->kind == SPFTERM_INCLUDE || term->kind == SPFTERM_REDIRECT ? RR_TXT
	       : term->kind == SPFTERM_MX                                      ? RR_MX
									       : RR_A;
}

/* All questions of the record are on their way before the first is waited for. */
static void warm(struct drawing *drawing, const struct place *place, const struct spf_record *record)
{
	for (size_t i = 0; i < record->term_count && i < CHART_RECORDS_MAX; i++) {
		const struct spf_record_term *term = &record->terms[i];
		const char *target;

		if (term->kind == SPFTERM_BROKEN || !spf_term_looks_up(term))
			continue;
		target = target_of(drawing, place, term);
		if (target == NULL)
			continue;
		dns_warm(drawing->work->dns, target, type_of(term));
		if (term->kind == SPFTERM_A)
			dns_warm(drawing->work->dns, target, RR_AAAA);
	}
}

static void chart_record(struct drawing *drawing, const struct place *place, const struct rdata *text)
{
	struct spf_record record = spf_record_parse(drawing->work->arena, text->text, text->len);
	const struct spf_record_term *redirect = record.redirect;
	bool behind_all = false;
	size_t last = drawing->chart.count;

	drawing->chart.records++;
	warm(drawing, place, &record);
	/* redirect= counts last, wherever it is written (RFC 7208 section 6.1) */
	for (size_t i = 0; i <= record.term_count; i++) {
		const struct spf_record_term *term = i < record.term_count ? &record.terms[i] : redirect;

		if (term == NULL || (term == redirect && i < record.term_count))
			continue;
		if (drawing->chart.count == CHART_LINES_MAX) {
			drawing->chart.cut = true;
			break;
		}
		last = drawing->chart.count;
		chart_term(drawing, place, term, behind_all, record.has_all);
		behind_all = behind_all || term->kind == SPFTERM_ALL;
	}
	if (last < drawing->chart.count)
		drawing->chart.lines[last].last = true;
}

struct spf_chart spf_chart_of(const struct work *work, const char *domain)
{
	struct drawing drawing = {.work = work, .chart = {.record = ""}};
	struct place own = {.domain = domain};
	enum chart_note note;
	const struct rdata *record = record_in(dns_ask(work->client, domain, RR_TXT), &note);

	drawing.chart.lines = arena_array(work->arena, CHART_LINES_MAX, sizeof *drawing.chart.lines);
	if (record == NULL)
		return drawing.chart;
	drawing.chart.record = record->text;
	drawing.chart.record_octets = record->len;
	chart_record(&drawing, &own, record);
	return drawing.chart;
}
