#include "logbook/census_json.h"

#include "base/timestamp.h"
#include "diagnose/diagnosis.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_GOOD] = "authenticated",
	[OUTCOME_WEAK] = "not_authenticated",
	[OUTCOME_FAIL] = "dmarc_fail",
	[OUTCOME_UNDECIDED] = "undecided",
	[OUTCOME_SKIPPED] = "skipped",
};

static void set(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

/* A stranger may have put no UTF-8 into somebody else's log. */
static json_t *text_json(const char *text)
{
	json_t *value = json_string(text);

	return value != NULL ? value : json_string("?");
}

static json_t *time_json(int64_t time)
{
	char text[TIMESTAMP_SIZE];

	return time == 0 ? json_null() : json_string(timestamp_format(time, text));
}

static json_t *row_json(const struct tally_row *row, const char *name)
{
	json_t *object = json_object();

	set(object, name, text_json(row->key));
	set(object, "messages", json_integer(row->count));
	if (row->at_least)
		set(object, "at_least", json_true());
	set(object, "first", time_json(row->first));
	set(object, "last", time_json(row->last));
	for (int i = 0; i < OUTCOME_COUNT; i++)
		set(object, outcome_names[i], json_integer(row->outcomes[i]));
	set(object, "spf_bad", json_integer(row->spf_bad));
	set(object, "dkim_bad", json_integer(row->dkim_bad));
	return object;
}

static json_t *rows_json(const struct tally *tally, const char *name, size_t most, bool by_key)
{
	size_t size = tally_size(tally), count = most == 0 || most > size ? size : most;
	const struct tally_row **rows = calloc(size + 1, sizeof(const struct tally_row *));
	json_t *list = json_array();

	if (rows == NULL)
		abort();
	if (by_key)
		count = tally_sorted_by_key(tally, rows, size);
	else
		count = tally_top(tally, rows, count);
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, row_json(rows[i], name));
	free(rows);
	return list;
}

/* With what the table of causes says of each. */
static json_t *causes_json(const struct census *census, size_t most)
{
	json_t *list = rows_json(census->causes, "cause", most, false);

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *object = json_array_get(list, i);
		const char *code = json_string_value(json_object_get(object, "cause"));
		const struct tally_row *row = tally_find(census->causes, span_of(code));

		set(object, "act", json_string(cause_row(cause_of_code(code))->act));
		set(object, "domains", json_integer((json_int_t)census_domain_count(census, code)));
		if (row == NULL)
			continue;
		set(object, "main", json_integer(row->main));
		set(object, "example", text_json(row->note));
		set(object, "fix", text_json(row->more));
	}
	return list;
}

static json_t *others_json(const struct tally *tally)
{
	json_t *object = json_object();

	set(object, "messages", json_integer(tally_others(tally)->count));
	set(object, "each_at_most", json_integer(tally_others_most(tally)));
	return object;
}

static json_t *verdicts_json(const struct census *census)
{
	static const char *const names[] = {
		[METHOD_SPF] = "spf", [METHOD_DKIM] = "dkim", [METHOD_DMARC] = "dmarc"};
	json_t *methods = json_object();

	for (int method = METHOD_SPF; method < METHOD_COUNT; method++) {
		json_t *counts = json_object();

		for (int result = RESULT_NONE; result < RESULT_WORDS; result++)
			set(counts, result_word((enum result)result),
				json_integer((json_int_t)census->verdicts[method][result]));
		set(methods, names[method], counts);
	}
	return methods;
}

static json_t *counts_json(const uint64_t *counts, const char *const *names, int count)
{
	json_t *object = json_object();

	for (int i = 0; i < count; i++)
		set(object, names[i], json_integer((json_int_t)counts[i]));
	return object;
}

static json_t *lines_json(const struct census *census)
{
	static const char *const names[] = {
		[LINE_RECORD] = "records",
		[LINE_REMARK] = "remarks",
		[LINE_FOREIGN] = "foreign",
		[LINE_BROKEN] = "broken",
	};

	return counts_json(census->lines, names, LINE_BROKEN + 1);
}

void census_print_json(FILE *file, const struct census *census, size_t most)
{
	static const char *const actions[] = {
		[DONE_ACCEPT] = "accept",
		[DONE_QUARANTINE] = "quarantine",
		[DONE_REJECT] = "reject",
		[DONE_TEMPFAIL] = "tempfail",
	};
	json_t *object = json_object(), *others = json_object();

	set(object, "messages", json_integer((json_int_t)census->records));
	set(object, "first", time_json(census->first));
	set(object, "last", time_json(census->last));
	set(object, "lines", lines_json(census));
	set(object, "undated", json_integer((json_int_t)census->undated));
	set(object, "outcomes", counts_json(census->outcomes, outcome_names, OUTCOME_COUNT));
	set(object, "with_cause", json_integer((json_int_t)census->caused));
	set(object, "verdicts", verdicts_json(census));
	set(object, "actions", counts_json(census->actions, actions, DONE_COUNT));
	set(object, "would", counts_json(census->would, actions, DONE_COUNT));
	set(object, "causes", causes_json(census, most));
	set(object, "domains", rows_json(census->domains, "domain", most, false));
	set(object, "clients", rows_json(census->clients, "client", most, false));
	set(object, "skipped", rows_json(census->skipped, "reason", most, false));
	set(object, "days", rows_json(census->days, "day", 0, true));
	set(others, "domains", others_json(census->domains));
	set(others, "clients", others_json(census->clients));
	set(object, "others", others);
	(void)json_dumpf(object, file, JSON_INDENT(2));
	(void)fputc('\n', file);
	json_decref(object);
}
