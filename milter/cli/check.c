/* sekisho check: one message, its verdicts, header and causes. */
#include "cli/check.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "cli/evaluation.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "diagnose/findings.h"
#include "diagnose/fix_layout.h"
#include "replay/case_file.h"
#include "replay/case_writer.h"
#include "report/action.h"
#include "report/authres.h"
#include "report/findings_json.h"
#include "settings/settings.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: sekisho check --case FILE.case [--json] [--record OUT.case]\n"
	"       sekisho check MESSAGE.eml --client IP --helo NAME --mail-from ADDRESS\n"
	"                     [--zone FILE] [--now TIME] [--json] [--record OUT.case]\n"
	"Verifies one message as the milter would and says what is wrong, why, and who must act.\n"
	"  --case FILE       a recorded message with its session and DNS (sekisho.case(5))\n"
	"  --client IP       address of the SMTP client\n"
	"  --helo NAME       what it said in HELO\n"
	"  --mail-from ADDR  envelope sender, <> for the null sender\n"
	"  --zone FILE       answer DNS from this zone file instead of the network\n"
	"  --now TIME        take this for the present: 2026-03-01T09:00:00Z\n"
	"  --config FILE     settings (default: built in)\n"
	"  --option NAME=VALUE  one setting\n"
	"  --json            print one JSON object\n"
	"  --record OUT.case write the verdict with every DNS answer used, for replay\n"
	"Examples:\n"
	"  sekisho check mail.eml --client 192.0.2.25 --helo mail.example.com --mail-from taro@example.com\n"
	"      why did this mail get that verdict? (the session is in the mail server's log)\n"
	"  sekisho check mail.eml --client 192.0.2.25 --mail-from taro@example.com --record odd.case\n"
	"      and keep it, with every DNS answer, for a bug report or the sender's admin\n"
	"  sekisho check --case odd.case --option log-language=ja\n"
	"      the same once more, elsewhere or later, in Japanese\n"
	"Exit status: 0 evaluated, 2 usage, 3 unreadable input.\n";

struct request {
	const char *case_path, *message_path, *record_path, *config_path;
	struct session_facts session;
	bool json;
	const char *options[64];
	size_t option_count;
};

static bool take_time(void *self, const char *value)
{
	struct request *request = self;

	if (timestamp_parse(value, &request->session.now))
		return true;
	fprintf(stderr, "sekisho check: \"%s\" is not a time like 2026-03-01T09:00:00Z\n", value);
	return false;
}

static bool take_setting(void *self, const char *value)
{
	struct request *request = self;

	if (request->option_count == sizeof request->options / sizeof request->options[0])
		return false;
	request->options[request->option_count++] = value;
	return true;
}

/* False after a word about what is missing. */
static bool is_complete(const struct request *request)
{
	if ((request->case_path == NULL) == (request->message_path == NULL))
		(void)fputs("sekisho check: give either --case FILE or a message\n", stderr);
	else if (request->case_path == NULL && request->session.mail_from == NULL)
		(void)fputs("sekisho check: --mail-from is needed with a message (<> for the null sender)\n",
			stderr);
	else if (request->case_path == NULL && request->session.client[0] == '\0')
		(void)fputs("sekisho check: --client is needed with a message\n", stderr);
	else
		return true;
	return false;
}

/* EXIT_DONE, or -1 when the help was all, or EXIT_USAGE. */
static int read_arguments(int argc, char **argv, struct request *request)
{
	const struct cli_option options[] = {
		{"case", .text = &request->case_path},
		{"client", .text = &request->session.client},
		{"helo", .text = &request->session.helo},
		{"mail-from", .text = &request->session.mail_from},
		{"zone", .text = &request->session.zone_path},
		{"now", .take = take_time, .self = request},
		{"config", .text = &request->config_path},
		{"option", .take = take_setting, .self = request},
		{"json", .flag = &request->json},
		{"record", .text = &request->record_path},
		{.name = NULL},
	};
	int status = options_read(argc, argv, usage, options, EXIT_USAGE);

	if (status != EXIT_DONE)
		return status;
	if (optind < argc)
		request->message_path = argv[optind++];
	if (optind < argc || !is_complete(request)) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static bool apply_options(const struct request *request, struct settings *settings, struct fault *fault)
{
	struct arena *arena = arena_new();
	bool done = true;

	for (size_t i = 0; done && i < request->option_count; i++) {
		const char *equals = strchr(request->options[i], '=');

		if (equals == NULL) {
			fault_set(fault, "--option takes NAME=VALUE, not \"%s\"", request->options[i]);
			done = false;
		} else {
			done = settings_set(settings,
				arena_copy(
					arena, request->options[i], (size_t)(equals - request->options[i])),
				equals + 1, fault);
		}
	}
	arena_free(&arena);
	return done;
}

static struct evaluation *open_evaluation(
	const struct request *request, struct arena *arena, struct fault *fault)
{
	struct settings *settings =
		request->config_path != NULL ? settings_read(request->config_path, fault) : settings_new();
	struct case_file *file;

	if (settings == NULL)
		return NULL;
	if (!apply_options(request, settings, fault)) {
		settings_free(&settings);
		return NULL;
	}
	if (request->case_path == NULL)
		return evaluation_open(settings, &request->session, request->message_path, fault);
	file = case_file_read(request->case_path, arena, fault);
	if (file == NULL) {
		settings_free(&settings);
		return NULL;
	}
	return evaluation_open_case(settings, file, fault);
}

/* The words around the causes, in the language of their sentences. */
struct labels {
	const char *act, *fix, *no_fix, *no_cause;
};

static const struct labels labels[] = {
	[LANGUAGE_EN] = {"who must act", "fix", "nothing is to be done", "Nothing is wrong."},
	[LANGUAGE_JA] = {"対応者", "対処", "対処は不要です", "問題はありません。"},
};

/* Bold on terminals, so that the causes stand out. */
static bool is_plain(void)
{
	const char *no_color = getenv("NO_COLOR");

	return !isatty(STDOUT_FILENO) || (no_color != NULL && no_color[0] != '\0');
}

static void print_cause(const struct diagnosis *diagnosis, enum language language, struct arena *arena)
{
	const bool plain = is_plain();
	const struct cause_row *row = cause_row(diagnosis->cause);
	const struct labels *say = &labels[language];

	printf("\n%s%s%s (%s)\n  %s\n", plain ? "" : "\033[1m", row->code, plain ? "" : "\033[0m",
		confidence_word(diagnosis->confidence), diagnosis->summary);
	if (diagnosis->fix[0] == '\0')
		printf("  %s\n", say->no_fix);
	else
		printf("  %s: %s\n  %s: %s\n", say->act, cause_actor_name(row->act, language), say->fix,
			fix_layout(diagnosis->fix, "    ", arena));
}

static void print_causes(
	const struct findings *findings, const struct settings *settings, struct arena *arena)
{
	enum language language = (enum language)settings->log_language;

	if (findings->diagnoses.count == 0)
		printf("\n%s\n", labels[language].no_cause);
	for (size_t i = 0; i < findings->diagnoses.count; i++)
		print_cause(&findings->diagnoses.items[i], language, arena);
}

static void print_findings(struct evaluation *evaluation, const struct findings *findings, bool json)
{
	struct arena *arena = evaluation_arena(evaluation);
	const struct settings *settings = evaluation_settings(evaluation);
	struct decision decision = decide(findings, settings, arena);
	const char *value = authres_value(findings, settings, decision.action, arena);
	const char *field = value[0] == '\0' ? "" : arena_printf(arena, "Authentication-Results: %s", value);

	if (json) {
		printf("%s\n", findings_json(findings, field, arena));
		return;
	}
	if (findings->verdicts->skipped)
		printf("Not checked: %s.\n", findings->verdicts->skip_reason);
	else
		printf("%s\n%s\n", show_original_table(findings, arena), field);
	print_causes(findings, settings, arena);
}

static bool record_findings(const struct request *request, struct evaluation *evaluation,
	const struct findings *findings, struct fault *fault)
{
	struct arena *arena = evaluation_arena(evaluation);
	size_t len, stem;
	const char *message = evaluation_message(evaluation, &len);
	const char *base = strrchr(request->record_path, '/');
	struct case_recording recording = {
		.now = findings->now,
		.envelope = findings->envelope,
		.settings = evaluation_settings(evaluation),
		.authserv_id = findings->authserv_id,
		.evidence = findings->evidence,
	};

	base = base == NULL ? request->record_path : base + 1;
	stem = strlen(base);
	if (stem > 5 && strcmp(base + stem - 5, ".case") == 0)
		stem -= 5;
	recording.message_name = arena_printf(arena, "%.*s.eml", (int)stem, base);
	return case_write(request->record_path, &recording, message, len, arena, fault);
}

int check_run(int argc, char **argv)
{
	struct request request = {.session = {.client = "", .helo = "", .auth_user = "", .zone_path = ""}};
	struct fault fault = {""};
	int status = read_arguments(argc, argv, &request);
	struct evaluation *evaluation;
	struct arena *arena;

	if (status != EXIT_DONE)
		return status < 0 ? EXIT_DONE : status;
	arena = arena_new();
	evaluation = open_evaluation(&request, arena, &fault);
	if (evaluation != NULL) {
		const struct findings *findings = evaluation_run(evaluation);

		print_findings(evaluation, findings, request.json);
		if (request.record_path != NULL && !record_findings(&request, evaluation, findings, &fault))
			status = EXIT_UNREADABLE;
	} else {
		status = EXIT_UNREADABLE;
	}
	if (status != EXIT_DONE)
		fprintf(stderr, "sekisho check: %s\n", fault.text);
	evaluation_close(&evaluation);
	arena_free(&arena);
	return status;
}
