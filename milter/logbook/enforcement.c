#include "logbook/enforcement.h"

#include "base/arena.h"
#include "base/netaddr.h"
#include "logbook/stamp.h"
#include "logbook/words.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 7, NAMES_KEPT = 20000, NAMES_SHOWN = 15, NAME_MAX_OCTETS = 255 };

struct option_wish {
	const char *name;
	bool (*holds)(const struct entry *entry);
	bool bears_trouble; /* nobody's trouble but the sender's (report/action.c) */
	enum census_action action;
};

struct enforcement {
	struct option_wish options[OPTIONS_MAX];
	uint64_t counts[DONE_COUNT];
	uint64_t spared;                /* the trouble is ours */
	uint64_t by_act[2];             /* of those touched: somebody could mend it, nobody can */
	struct tally *causes, *domains; /* of those touched */
};

static bool dmarc_asks(const struct entry *entry, const char *policy)
{
	return entry_says(entry->fields[FIELD_DMARC], "fail") &&
	       entry_says(entry->fields[FIELD_DMARC_POLICY], policy) &&
	       entry->fields[FIELD_DMARC_OVERRIDE].len == 0;
}

static bool asks_reject(const struct entry *entry)
{
	return dmarc_asks(entry, "reject");
}

static bool asks_quarantine(const struct entry *entry)
{
	return dmarc_asks(entry, "quarantine");
}

static bool from_is_bad(const struct entry *entry)
{
	return entry->fields[FIELD_FROM_WHY_NOT].len > 0;
}

static bool spf_fails(const struct entry *entry)
{
	return entry_says(entry->fields[FIELD_SPF], "fail");
}

static bool spf_softfails(const struct entry *entry)
{
	return entry_says(entry->fields[FIELD_SPF], "softfail");
}

/* Some signatures that could not be judged have the word policy too; then the option would not act. */
static bool dkim_fails(const struct entry *entry)
{
	enum result result = result_of_word(entry->fields[FIELD_DKIM]);

	return result != RESULT_NONE && result != RESULT_PASS && result != RESULT_TEMPERROR;
}

static bool is_undecided(const struct entry *entry)
{
	if (result_of_word(entry->fields[FIELD_DMARC]) == RESULT_NONE)
		return entry_says(entry->fields[FIELD_SPF], "temperror");
	return entry_says(entry->fields[FIELD_DMARC], "temperror");
}

static const struct option_wish all_options[OPTIONS_MAX] = {
	{"bad-from", from_is_bad, true, DONE_ACCEPT},
	{"dmarc-reject-policy", asks_reject, false, DONE_ACCEPT},
	{"dmarc-quarantine-policy", asks_quarantine, false, DONE_ACCEPT},
	{"spf-fail", spf_fails, false, DONE_ACCEPT},
	{"spf-softfail", spf_softfails, false, DONE_ACCEPT},
	{"dkim-fail", dkim_fails, false, DONE_ACCEPT},
	{"temperror", is_undecided, false, DONE_ACCEPT},
};

static bool set_option(struct enforcement *enforcement, struct span name, enum census_action action)
{
	for (size_t i = 0; i < OPTIONS_MAX; i++)
		if (entry_says(name, enforcement->options[i].name)) {
			enforcement->options[i].action = action;
			return true;
		}
	return false;
}

static bool understand(struct enforcement *enforcement, const char *wish)
{
	const char *equals = strchr(wish, '=');
	enum census_action action;

	if (strcmp(wish, "reject") == 0 || strcmp(wish, "quarantine") == 0) {
		action = action_of_word(span_of(wish));
		return set_option(enforcement, span_of("dmarc-reject-policy"), action) &&
		       set_option(enforcement, span_of("dmarc-quarantine-policy"), DONE_QUARANTINE);
	}
	if (equals == NULL)
		return false;
	action = action_of_word(span_of(equals + 1));
	return action != DONE_ACCEPT &&
	       set_option(enforcement, (struct span){wish, (size_t)(equals - wish)}, action);
}

struct enforcement *enforcement_new(const char *wish, struct fault *fault)
{
	struct enforcement *enforcement = calloc(1, sizeof *enforcement);

	if (enforcement == NULL)
		abort();
	memcpy(enforcement->options, all_options, sizeof all_options);
	enforcement->causes = tally_new(NAMES_KEPT);
	enforcement->domains = tally_new(NAMES_KEPT);
	if (!understand(enforcement, wish)) {
		fault_set(fault,
			"--would takes reject, quarantine, or an action option as OPTION=ACTION, not \"%s\"",
			wish);
		enforcement_free(&enforcement);
	}
	return enforcement;
}

void enforcement_free(struct enforcement **enforcement)
{
	if (enforcement == NULL || *enforcement == NULL)
		return;
	tally_free(&(*enforcement)->causes);
	tally_free(&(*enforcement)->domains);
	free(*enforcement);
	*enforcement = NULL;
}

enum trouble { TROUBLE_NONE_OF_OURS, TROUBLE_PASSING, TROUBLE_LASTING };

/* As report/action.c has it: a private client, or a cause of group 1, which is our own side. */
static enum trouble trouble_of(const struct entry *entry)
{
	char text[NETADDR_TEXT_SIZE] = "";
	struct span client = entry->fields[FIELD_CLIENT];
	struct netaddr address = {.family = NETADDR_NONE};
	enum trouble worst = TROUBLE_NONE_OF_OURS;

	if (client.len < sizeof text)
		memcpy(text, client.at, client.len);
	if (!netaddr_parse(text, &address) || netaddr_is_private(&address))
		return TROUBLE_LASTING;
	for (size_t i = 0; i < entry->cause_count; i++) {
		struct span code = entry->causes[i].code;
		char name[64] = "";
		enum cause cause;

		if (code.len >= sizeof name)
			continue;
		memcpy(name, code.at, code.len);
		cause = cause_of_code(name);
		if (cause == CAUSE_NONE || cause_row(cause)->group != 1)
			continue;
		if (cause != CAUSE_RX_RESOLVER_FAILURE && cause != CAUSE_RX_CLOCK_SKEW)
			return TROUBLE_LASTING;
		worst = TROUBLE_PASSING;
	}
	return worst;
}

static int strictness(enum census_action action)
{
	static const int strictnesses[DONE_COUNT] = {
		[DONE_ACCEPT] = 0, [DONE_QUARANTINE] = 1, [DONE_TEMPFAIL] = 2, [DONE_REJECT] = 3};

	return strictnesses[action];
}

/* spared: an option asked for more than is done, for the trouble is ours. */
static enum census_action action_for(
	const struct enforcement *enforcement, const struct entry *entry, bool *spared)
{
	enum census_action strictest = DONE_ACCEPT;
	enum trouble trouble = trouble_of(entry);

	*spared = false;
	for (size_t i = 0; i < OPTIONS_MAX; i++) {
		const struct option_wish *option = &enforcement->options[i];
		enum census_action action = option->action;

		if (action == DONE_ACCEPT || !option->holds(entry))
			continue;
		if (!option->bears_trouble && trouble == TROUBLE_LASTING)
			action = DONE_ACCEPT;
		else if (!option->bears_trouble && trouble == TROUBLE_PASSING && action == DONE_REJECT)
			action = DONE_TEMPFAIL;
		*spared = *spared || action != option->action;
		if (strictness(action) > strictness(strictest))
			strictest = action;
	}
	return strictest;
}

void enforcement_add(struct enforcement *enforcement, const struct entry *entry)
{
	bool spared, nobody;
	enum census_action action;
	struct span domain = entry_domain(entry), code = {"", 0}, act = {"", 0};
	struct tally_row *row;

	if (entry->fields[FIELD_SKIPPED].len > 0)
		return;
	action = action_for(enforcement, entry, &spared);
	enforcement->counts[action]++;
	enforcement->spared += spared;
	if (action == DONE_ACCEPT)
		return;
	if (entry->cause_count > 0) {
		code = entry->causes[0].code;
		act = entry->causes[0].act;
	}
	nobody = act.len == 0 || entry_says(act, "nobody");
	enforcement->by_act[nobody]++;
	if (domain.len > NAME_MAX_OCTETS)
		domain.len = NAME_MAX_OCTETS;
	row = tally_add(enforcement->domains, domain, entry->time);
	if (row->count == 1)
		tally_note(row, code, act, NAME_MAX_OCTETS);
	row = tally_add(enforcement->causes, code, entry->time);
	if (row->count == 1)
		tally_note(row, act, (struct span){"", 0}, NAME_MAX_OCTETS);
}

static const char *say(const struct paper *paper, enum word word)
{
	return word_of(word, paper->language);
}

static void print_options(const struct paper *paper, const struct enforcement *enforcement)
{
	static const char *const words[] = {"accept", "quarantine", "reject", "tempfail"};
	const char *between = "";

	for (size_t i = 0; i < OPTIONS_MAX; i++) {
		const struct option_wish *option = &enforcement->options[i];

		if (option->action == DONE_ACCEPT)
			continue;
		(void)fputs(between, paper->file);
		paper_text(paper, INK_STRONG,
			arena_printf(paper->arena, "%s = %s", option->name, words[option->action]));
		between = ", ";
	}
	(void)fprintf(paper->file, " %s\n", say(paper, WORD_WOULD_HAVE));
}

static void print_count(const struct paper *paper, uint64_t count, uint64_t all, const char *label)
{
	paper_right(paper, INK_STRONG, grouped(count, paper->arena), 10);
	paper_right(paper, INK_FAINT, percent_of(count, all, paper->arena), 8);
	(void)fprintf(paper->file, "  %s\n", label);
}

static void print_names(
	const struct paper *paper, const struct tally *tally, enum word title, bool cause_in_note)
{
	const struct tally_row *rows[NAMES_SHOWN];
	size_t shown = tally_top(tally, rows, NAMES_SHOWN);

	(void)fputc('\n', paper->file);
	paper_text(paper, INK_STRONG, say(paper, title));
	(void)fputc('\n', paper->file);
	for (size_t i = 0; i < shown; i++) {
		const char *act = cause_in_note ? rows[i]->more : rows[i]->note;

		paper_right(paper, INK_PLAIN, grouped(rows[i]->count, paper->arena), 10);
		(void)fputs("  ", paper->file);
		paper_left(paper, INK_PLAIN,
			rows[i]->key[0] == '\0' ? "-" : paper_safe(paper, rows[i]->key, NAME_MAX_OCTETS), 36);
		if (cause_in_note)
			paper_left(paper, INK_PLAIN, paper_safe(paper, rows[i]->note, NAME_MAX_OCTETS), 36);
		(void)fprintf(paper->file, "  → %s\n", cause_actor_name(act, paper->language));
	}
	if (tally_size(tally) > shown)
		(void)fprintf(paper->file, "%*s  … +%s\n", 10, "",
			grouped(tally_size(tally) - shown + (tally_others(tally)->count > 0), paper->arena));
}

void enforcement_print(const struct paper *paper, const struct enforcement *enforcement, uint64_t messages)
{
	uint64_t touched = 0;

	print_options(paper, enforcement);
	for (int action = DONE_QUARANTINE; action < DONE_COUNT; action++)
		touched += enforcement->counts[action];
	(void)fputc('\n', paper->file);
	for (int action = DONE_ACCEPT; action < DONE_COUNT; action++)
		if (action == DONE_ACCEPT || enforcement->counts[action] > 0)
			print_count(paper,
				action == DONE_ACCEPT ? messages - touched : enforcement->counts[action],
				messages, action_words((enum census_action)action, paper->language));
	if (enforcement->spared > 0)
		print_count(paper, enforcement->spared, messages, say(paper, WORD_SPARED));
	if (touched == 0)
		return;
	(void)fputc('\n', paper->file);
	print_count(paper, enforcement->by_act[0], touched, say(paper, WORD_LOST_LEGITIMATE));
	print_count(paper, enforcement->by_act[1], touched, say(paper, WORD_LOST_FORGED));
	print_names(paper, enforcement->causes, WORD_TOP_CAUSES, false);
	print_names(paper, enforcement->domains, WORD_TOP_DOMAINS, true);
}

static json_t *names_json(const struct tally *tally, const char *name)
{
	const struct tally_row *rows[100];
	size_t shown = tally_top(tally, rows, sizeof rows / sizeof rows[0]);
	json_t *list = json_array();

	for (size_t i = 0; i < shown; i++) {
		json_t *text = json_string(rows[i]->key);

		json_array_append_new(
			list, json_pack("{s:o, s:I}", name, text != NULL ? text : json_string("?"),
				      "messages", (json_int_t)rows[i]->count));
	}
	return list;
}

void enforcement_print_json(FILE *file, const struct enforcement *enforcement, uint64_t messages)
{
	json_t *object = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "messages",
		(json_int_t)messages, "reject", (json_int_t)enforcement->counts[DONE_REJECT], "quarantine",
		(json_int_t)enforcement->counts[DONE_QUARANTINE], "tempfail",
		(json_int_t)enforcement->counts[DONE_TEMPFAIL], "spared", (json_int_t)enforcement->spared,
		"somebody_could_mend", (json_int_t)enforcement->by_act[0], "nobody_can",
		(json_int_t)enforcement->by_act[1], "causes", names_json(enforcement->causes, "cause"),
		"domains", names_json(enforcement->domains, "domain"));

	(void)json_dumpf(object, file, JSON_INDENT(2));
	(void)fputc('\n', file);
	json_decref(object);
}
