#include "cli/domain_json.h"

#include "base/arena.h"
#include "report/escape.h"
#include "survey/survey.h"

#include <jansson.h>
#include <stdlib.h>

enum { NAME_SHOWN = 255, RECORD_SHOWN = 4096, SENTENCE_SHOWN = 4000 };

static const char *const chart_notes[] = {
	[CHART_FINE] = "",
	[CHART_NOT_REACHED] = "not-reached",
	[CHART_IGNORED] = "ignored",
	[CHART_BROKEN] = "broken",
	[CHART_NO_NAME] = "no-name",
	[CHART_NO_RECORD] = "no-record",
	[CHART_SEVERAL_RECORDS] = "several-records",
	[CHART_LOOP] = "loop",
	[CHART_PER_SENDER] = "per-sender",
	[CHART_TROUBLE] = "no-answer",
	[CHART_TOO_MANY] = "too-many",
	[CHART_DISCOURAGED] = "discouraged",
	[CHART_CUT] = "cut",
};

static const char *const exchanger_states[] = {
	[EXCHANGER_FINE] = "",
	[EXCHANGER_IS_ADDRESS] = "is-address",
	[EXCHANGER_NULL] = "null",
	[EXCHANGER_IS_ALIAS] = "is-alias",
	[EXCHANGER_WITHOUT_HOST] = "without-address",
	[EXCHANGER_PRIVATE] = "private",
	[EXCHANGER_TROUBLE] = "no-answer",
};

static const char *const sender_roles[] = {
	[SENDER_ASKED] = "asked",
	[SENDER_EXCHANGER] = "mx",
	[SENDER_WEB] = "domain",
	[SENDER_LISTED] = "listed",
	[SENDER_NOBODY] = "nobody",
};

static const char *const origins[] = {
	[SELECTOR_ASKED] = "asked",
	[SELECTOR_REMEMBERED] = "remembered",
	[SELECTOR_PROVIDER] = "provider",
	[SELECTOR_COMMON] = "common",
};

static void set_text(json_t *object, const char *name, const char *text, size_t max, struct arena *arena)
{
	json_object_set_new(object, name, json_string(escape_foreign(text, max, arena)));
}

static void set_count(json_t *object, const char *name, size_t count)
{
	json_object_set_new(object, name, json_integer((json_int_t)count));
}

static void set_word(json_t *object, const char *name, const char *word)
{
	json_object_set_new(object, name, json_string(word));
}

static json_t *chart_json(const struct spf_chart *chart, struct arena *arena)
{
	json_t *tree = json_array();

	for (size_t i = 0; i < chart->count; i++) {
		const struct chart_line *line = &chart->lines[i];
		json_t *object = json_object();

		set_count(object, "depth", (size_t)line->depth);
		set_text(object, "term", line->text, RECORD_SHOWN, arena);
		set_text(object, "detail", line->detail, RECORD_SHOWN, arena);
		set_word(object, "note", chart_notes[line->note]);
		set_count(object, "lookups", line->lookups);
		set_count(object, "voids", line->voids);
		json_array_append_new(tree, object);
	}
	return tree;
}

static json_t *senders_json(const struct senders *senders, struct arena *arena)
{
	json_t *array = json_array();

	for (size_t i = 0; i < senders->count; i++) {
		const struct sender *sender = &senders->items[i];
		json_t *object = json_object();
		char address[NETADDR_TEXT_SIZE];

		if (sender->role == SENDER_NOBODY) {
			json_decref(object);
			continue;
		}
		set_word(object, "address", netaddr_format(&sender->address, address));
		set_word(object, "role", sender_roles[sender->role]);
		set_text(object, "ptr", sender->ptr, NAME_SHOWN, arena);
		set_word(object, "result", result_word(sender->spf.result));
		set_text(object, "by", sender->spf.decided_by == NULL ? "" : sender->spf.decided_by->text,
			RECORD_SHOWN, arena);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *spf_json(const struct survey *survey, struct arena *arena)
{
	json_t *object = json_object();

	set_text(object, "record", survey->spf.record, RECORD_SHOWN, arena);
	set_count(object, "lookups", survey->spf.lookups);
	set_count(object, "voids", survey->spf.voids);
	json_object_set_new(object, "tree", chart_json(&survey->spf, arena));
	json_object_set_new(object, "senders", senders_json(&survey->senders, arena));
	set_text(object, "proposal", survey->proposal.line, 2 * RECORD_SHOWN, arena);
	return object;
}

static json_t *exchangers_json(const struct exchangers *exchangers, struct arena *arena)
{
	json_t *array = json_array();

	for (size_t i = 0; i < exchangers->count; i++) {
		const struct exchanger *exchanger = &exchangers->items[i];
		json_t *object = json_object();

		set_count(object, "preference", exchanger->preference);
		set_text(object, "host", exchanger->host, NAME_SHOWN, arena);
		set_text(object, "addresses", exchanger->addresses, RECORD_SHOWN, arena);
		set_text(object, "alias_of", exchanger->alias_of, NAME_SHOWN, arena);
		set_word(object, "fault", exchanger_states[exchanger->state]);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *selectors_json(const struct selectors *selectors, struct arena *arena)
{
	json_t *array = json_array();

	for (size_t i = 0; i < selectors->count; i++) {
		const struct selector *selector = &selectors->items[i];
		json_t *object;

		if (!selector->found && selector->origin != SELECTOR_ASKED)
			continue;
		object = json_object();
		set_text(object, "selector", selector->name, NAME_SHOWN, arena);
		set_word(object, "origin", origins[selector->origin]);
		set_word(object, "result", result_word(selector->key.result));
		set_word(object, "algorithm", selector->key.algorithm);
		set_count(object, "bits", selector->key.key_bits);
		set_text(object, "alias_of", selector->alias_of, NAME_SHOWN, arena);
		set_text(object, "same_as", selector->same_as, NAME_SHOWN, arena);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *policy_json(const struct dmarc_verdict *dmarc, struct arena *arena)
{
	json_t *object = json_object();

	set_text(object, "record", dmarc->record, RECORD_SHOWN, arena);
	set_text(object, "at", dmarc->record_domain, NAME_SHOWN, arena);
	set_word(object, "policy", dmarc->record_domain[0] == '\0' ? "" : dmarc_policy_word(dmarc->policy));
	set_text(object, "organization", dmarc->author_organization, NAME_SHOWN, arena);
	return object;
}

static json_t *findings_of(const struct survey *survey, struct arena *arena)
{
	json_t *array = json_array();

	for (size_t i = 0; i < survey->finding_count; i++) {
		const struct survey_finding *finding = &survey->findings[i];
		const struct diagnosis *diagnosis = &finding->diagnosis;
		const struct cause_row *row = cause_row(diagnosis->cause);
		json_t *object = json_object();

		set_word(object, "code", row->code);
		set_word(object, "severity", row->severity);
		set_word(object, "confidence", confidence_word(diagnosis->confidence));
		set_word(object, "act", row->act);
		set_text(object, "about", finding->about, NAME_SHOWN, arena);
		json_object_set_new(object, "only_if_sends", json_boolean(finding->only_if_sends));
		set_word(object, "summary", escape_sentence(diagnosis->summary, SENTENCE_SHOWN, arena));
		set_word(object, "fix", escape_sentence(diagnosis->fix, SENTENCE_SHOWN, arena));
		json_array_append_new(array, object);
	}
	return array;
}

const char *domain_json(const struct survey *survey, struct arena *arena)
{
	json_t *object = json_object();
	const char *copy;
	char *text;

	set_word(object, "domain", survey->domain);
	json_object_set_new(object, "spf", spf_json(survey, arena));
	json_object_set_new(object, "mx", exchangers_json(&survey->mx, arena));
	json_object_set_new(object, "dkim", selectors_json(&survey->selectors, arena));
	json_object_set_new(object, "dmarc", policy_json(&survey->dmarc, arena));
	json_object_set_new(object, "mta_sts", json_boolean(survey->mta_sts));
	json_object_set_new(object, "tls_reports", json_boolean(survey->tls_reports));
	json_object_set_new(object, "bimi", json_boolean(survey->bimi));
	json_object_set_new(object, "causes", findings_of(survey, arena));
	json_object_set_new(object, "partial", json_boolean(survey->partial));
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		abort(); /* memory is at its end: as in base/arena.h */
	copy = arena_text(arena, text);
	free(text);
	return copy;
}
