#include "cli/doctor.h"

#include "base/arena.h"
#include "cli/options.h"
#include "doctor/doctor.h"
#include "report/escape.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: sekisho doctor [--config FILE] [--postfix-config FOLDER] [--skip CHECK]...\n"
	"                      [--signed-name NAME] [--large-name NAME] [--json]\n"
	"Looks whether sekisho, Postfix and DNS are set up as they should be, and says what to do.\n"
	"Changes nothing. Run it as root to see all permissions.\n"
	"  --config FILE            default: " SYSCONF_DIR "/sekisho.conf\n"
	"  --postfix-config FOLDER  where main.cf is (default: /etc/postfix)\n"
	"  --skip CHECK             leave a check out: the word in the second column\n"
	"  --signed-name NAME       ask for its TXT, to see whether DNSSEC is validated\n"
	"  --large-name NAME        ask for its TXT, of more than 1232 octets\n"
	"  --json                   print one JSON object\n"
	"Exit status: 0 all is well, 1 warnings, 2 problems, 3 usage.\n";

enum { SKIPPED_MAX = 32 };

/* As monitoring wants it; usage must not look like a warning. */
enum { EXIT_WELL = 0, EXIT_WARNINGS = 1, EXIT_PROBLEMS = 2, EXIT_NOT_UNDERSTOOD = 3 };

struct arguments {
	struct doctor_request request;
	const char *skipped[SKIPPED_MAX];
	bool json;
};

static const char *const words[] = {
	[CONDITION_OK] = "ok", [CONDITION_WARNING] = "warning", [CONDITION_PROBLEM] = "problem"};

static bool is_check(const char *name)
{
	const char *known;

	for (size_t i = 0; (known = doctor_check_name(i)) != NULL; i++)
		if (strcmp(known, name) == 0)
			return true;
	fprintf(stderr, "sekisho doctor: there is no check \"%s\"\n", name);
	return false;
}

static bool take_skipped(void *self, const char *value)
{
	struct arguments *arguments = self;

	if (arguments->request.skipped_count == SKIPPED_MAX || !is_check(value))
		return false;
	arguments->skipped[arguments->request.skipped_count++] = value;
	return true;
}

/* EXIT_WELL to go on, -1 when the help was all, or EXIT_NOT_UNDERSTOOD. */
static int read_arguments(int argc, char **argv, struct arguments *arguments)
{
	struct doctor_request *request = &arguments->request;
	const struct cli_option options[] = {
		{"config", .text = &request->config_path},
		{"postfix-config", .text = &request->postfix_folder},
		{"skip", .take = take_skipped, .self = arguments},
		{"signed-name", .text = &request->signed_name},
		{"large-name", .text = &request->large_name},
		{"json", .flag = &arguments->json},
		{.name = NULL},
	};
	int status = options_read(argc, argv, usage, options, EXIT_NOT_UNDERSTOOD);

	if (status != EXIT_WELL)
		return status;
	if (optind == argc)
		return EXIT_WELL;
	(void)fputs(usage, stderr);
	return EXIT_NOT_UNDERSTOOD;
}

/* A main.cf may hold any octet. */
static const char *safe(const char *text, struct arena *arena)
{
	return escape_sentence(text, 1000, arena);
}

static const char *color(enum condition condition, bool colored)
{
	if (!colored)
		return "";
	return condition == CONDITION_PROBLEM   ? "\033[31m"
	       : condition == CONDITION_WARNING ? "\033[33m"
						: "\033[32m";
}

static void print_text(const struct examination *examination, struct arena *arena)
{
	bool colored = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
	size_t problems = examination_count(examination, CONDITION_PROBLEM);
	size_t warnings = examination_count(examination, CONDITION_WARNING);

	for (size_t i = 0; i < examination->count; i++) {
		const struct note *note = &examination->notes[i];

		printf("%s%-8s%s %-15s  %s\n", color(note->condition, colored), words[note->condition],
			colored ? "\033[0m" : "", note->check, safe(note->text, arena));
		if (note->advice[0] != '\0')
			printf("%26s→ %s\n", "", safe(note->advice, arena));
	}
	if (problems + warnings == 0)
		printf("\nAll is well.\n");
	else
		printf("\n%zu problem%s, %zu warning%s\n", problems, problems == 1 ? "" : "s", warnings,
			warnings == 1 ? "" : "s");
}

static void print_json(const struct examination *examination, struct arena *arena)
{
	json_t *object = json_object(), *array = json_array();
	char *text;

	for (size_t i = 0; i < examination->count; i++) {
		const struct note *note = &examination->notes[i];
		json_t *one = json_object();

		json_object_set_new(one, "check", json_string(note->check));
		json_object_set_new(one, "state", json_string(words[note->condition]));
		json_object_set_new(one, "text", json_string(safe(note->text, arena)));
		json_object_set_new(one, "advice", json_string(safe(note->advice, arena)));
		json_array_append_new(array, one);
	}
	json_object_set_new(object, "state", json_string(words[examination_condition(examination)]));
	json_object_set_new(object, "checks", array);
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		abort(); /* memory is at its end: as in base/arena.h */
	printf("%s\n", text);
	free(text);
}

int doctor_run(int argc, char **argv)
{
	static const int statuses[] = {[CONDITION_OK] = EXIT_WELL,
		[CONDITION_WARNING] = EXIT_WARNINGS,
		[CONDITION_PROBLEM] = EXIT_PROBLEMS};
	struct arguments arguments = {.request = {.config_path = SYSCONF_DIR "/sekisho.conf",
					      .postfix_folder = "/etc/postfix",
					      .signed_name = "",
					      .large_name = ""}};
	int status = read_arguments(argc, argv, &arguments);
	const struct examination *examination;
	struct arena *arena;

	if (status != EXIT_WELL)
		return status < 0 ? EXIT_WELL : status;
	arguments.request.skipped = arguments.skipped;
	arena = arena_new();
	examination = doctor_examine(&arguments.request, arena);
	if (arguments.json)
		print_json(examination, arena);
	else
		print_text(examination, arena);
	status = statuses[examination_condition(examination)];
	arena_free(&arena);
	return status;
}
