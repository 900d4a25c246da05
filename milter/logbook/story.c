#include "logbook/story.h"

#include "base/arena.h"
#include "base/timestamp.h"
#include "diagnose/fix_layout.h"
#include "logbook/stamp.h"
#include "logbook/translation.h"
#include "logbook/words.h"

#include <jansson.h>
#include <string.h>

enum { NAME_COLUMNS = 20, VALUE_SHOWN = 1300 };

static bool is_any_of(struct span name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (entry_says(name, names[i]))
			return true;
	return false;
}

/* The first line of each group of fields, as they follow each other in a record. */
static bool begins_group(struct span name)
{
	static const char *const first[] = {"from", "spf", "skipped", "action"};

	return is_any_of(name, first, sizeof first / sizeof first[0]);
}

static enum ink ink_of(const struct entry_pair *pair)
{
	static const char *const verdicts[] = {"spf", "dkim", "dmarc", "arc", "iprev"};

	if (!is_any_of(pair->name, verdicts, sizeof verdicts / sizeof verdicts[0]))
		return INK_PLAIN;
	if (entry_says(pair->value, "pass"))
		return INK_GOOD;
	return entry_says(pair->value, "none") ? INK_WARN : INK_BAD;
}

static void print_pair(const struct paper *paper, const struct entry_pair *pair)
{
	if (begins_group(pair->name))
		(void)fputc('\n', paper->file);
	(void)fputs("  ", paper->file);
	paper_left(
		paper, INK_FAINT, paper_safe(paper, span_text(paper->arena, pair->name), 60), NAME_COLUMNS);
	paper_text(paper, ink_of(pair), paper_safe(paper, span_text(paper->arena, pair->value), VALUE_SHOWN));
	(void)fputc('\n', paper->file);
}

static void print_cause(const struct paper *paper, const struct entry_cause *cause)
{
	struct arena *arena = paper->arena;
	const char *code = paper_safe(paper, span_text(arena, cause->code), VALUE_SHOWN);
	const char *act = span_text(arena, cause->act);
	const char *fix = fix_in(paper->language, code, span_text(arena, cause->fix), arena);
	const char *text = sentence_in(paper->language, code, span_text(arena, cause->text), arena);

	(void)fputc('\n', paper->file);
	paper_text(paper, INK_STRONG, code);
	(void)fprintf(paper->file, " (%s)\n", paper_safe(paper, span_text(arena, cause->conf), 20));
	paper_paragraph(paper, INK_PLAIN, paper_safe(paper, text, VALUE_SHOWN), 2);
	if (cause->fix.len == 0) {
		(void)fprintf(paper->file, "  %s\n", word_of(WORD_NO_FIX, paper->language));
		return;
	}
	(void)fprintf(paper->file, "  %s: %s\n  %s: %s\n", word_of(WORD_ACT, paper->language),
		cause_actor_name(act, paper->language), word_of(WORD_FIX, paper->language),
		fix_layout(paper_safe(paper, fix, VALUE_SHOWN), "    ", arena));
}

void story_print(const struct paper *paper, const struct entry *entry)
{
	char time[STAMP_SIZE];

	if (entry->dated)
		paper_text(paper, INK_STRONG, stamp_second(entry->time, time));
	(void)fputc('\n', paper->file);
	for (size_t i = 0; i < entry->pair_count; i++)
		if (entry->pairs[i].cause == 0)
			print_pair(paper, &entry->pairs[i]);
	for (size_t i = 0; i < entry->cause_count; i++)
		print_cause(paper, &entry->causes[i]);
	if (entry->cause_count == 0)
		(void)fprintf(paper->file, "\n%s\n", word_of(WORD_NO_CAUSES, paper->language));
}

/* As report/record.c writes it; what is no UTF-8 was not written by us. */
static json_t *value_json(const struct entry_pair *pair)
{
	static const char *const numbers[] = {"recipients", "dkim_more", "arc_sets", "causes_more", "forged",
		"took_ms", "dns_ms", "dns_questions", "diagnosis_ms"};
	unsigned long number;
	json_t *text;

	if (is_any_of(pair->name, numbers, sizeof numbers / sizeof numbers[0]) &&
		span_number(pair->value, 1000000000, &number))
		return json_integer((json_int_t)number);
	text = json_stringn(pair->value.at, pair->value.len);
	return text != NULL ? text : json_string("?");
}

static void set(json_t *object, struct span name, json_t *value)
{
	char text[64] = "";

	if (name.len < sizeof text) {
		memcpy(text, name.at, name.len);
		(void)json_object_set_new(object, text, value);
	} else {
		json_decref(value);
	}
}

void story_print_json(FILE *file, const struct entry *entry)
{
	json_t *object = json_object(), *causes = json_array();
	char time[TIMESTAMP_SIZE];

	if (entry->dated)
		(void)json_object_set_new(object, "time", json_string(timestamp_format(entry->time, time)));
	for (size_t i = 0; i < entry->pair_count; i++) {
		const struct entry_pair *pair = &entry->pairs[i];

		while (json_array_size(causes) < pair->cause)
			(void)json_array_append_new(causes, json_object());
		set(pair->cause > 0 ? json_array_get(causes, pair->cause - 1) : object, pair->name,
			value_json(pair));
	}
	if (json_array_size(causes) > 0)
		(void)json_object_set(object, "causes", causes);
	json_decref(causes);
	(void)json_dumpf(object, file, JSON_COMPACT);
	(void)fputc('\n', file);
	json_decref(object);
}

bool story_mentions(struct span line, const char *queue_id)
{
	size_t len = strlen(queue_id);
	const char *at = line.at, *end = line.at + line.len;

	while ((size_t)(end - at) > len && (at = memmem(at, (size_t)(end - at), queue_id, len)) != NULL) {
		bool begins = at == line.at || at[-1] == ' ';

		at += len;
		if (begins && at < end && *at == ':')
			return true;
	}
	return false;
}
