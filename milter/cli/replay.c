/* sekisho replay: runs .case files and compares with what they expect. */
#include "cli/replay.h"

#include "base/arena.h"
#include "cli/evaluation.h"
#include "cli/exit_status.h"
#include "cli/file.h"
#include "diagnose/findings.h"
#include "replay/case_file.h"
#include "settings/settings.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: sekisho replay [--quiet] [--verdicts] FILE.case...\n"
	"Runs each case and compares the outcome with its \"expect\" lines (sekisho.case(5)).\n"
	"  --quiet     print only what differs, and the count\n"
	"  --verdicts  compare verdicts only, not causes\n"
	"  --pending LIST  a file of case names, one a line, whose causes are not found yet:\n"
	"              the other verdicts are compared; an error when everything is found\n"
	"Example:\n"
	"  sekisho replay --quiet tests/cases/*.case\n"
	"Exit status: 0 everything as expected, 1 something differs, 2 usage, 3 a case cannot be read.\n";

struct tally {
	unsigned right, wrong, unreadable;
};

struct manner {
	bool quiet, verdicts_only;
	char *pending; /* text of the list, or NULL */
};

/* What the findings say for the name of an "expect" line; "" when they say nothing of the kind. */
static const char *outcome_of(const struct findings *findings, const char *name)
{
	const struct verdicts *verdicts = findings->verdicts;
	unsigned long number;

	if (strncmp(name, "dkim[", 5) != 0)
		return verdicts_word(verdicts, name);
	number = strtoul(name + 5, NULL, 10);
	return number >= 1 && number <= verdicts->signature_count
		       ? result_word(verdicts->signatures[number - 1].result)
		       : "";
}

static bool has_cause(const struct findings *findings, const char *code)
{
	for (size_t i = 0; i < findings->diagnoses.count; i++)
		if (strcmp(cause_row(findings->diagnoses.items[i].cause)->code, code) == 0)
			return true;
	return false;
}

static bool is_expected_also(const struct case_file *file, const char *code)
{
	for (size_t i = 0; i < file->expectation_count; i++)
		if (strcmp(file->expectations[i].name, "also") == 0 &&
			strcmp(file->expectations[i].value, code) == 0)
			return true;
	return false;
}

/* The first cause; for "expect cause none" the first that no "also" line names. */
static const char *primary_cause(
	const struct findings *findings, const struct case_file *file, bool ignore_also)
{
	for (size_t i = 0; i < findings->diagnoses.count; i++) {
		const char *code = cause_row(findings->diagnoses.items[i].cause)->code;

		if (!ignore_also || !is_expected_also(file, code))
			return code;
	}
	return "none";
}

/* "" when the expectation is met, else what was found instead. */
static const char *difference(
	const struct case_file *file, const struct case_pair *expected, const struct findings *findings)
{
	const char *found;

	if (strcmp(expected->name, "also") == 0)
		return has_cause(findings, expected->value) ? "" : "absent";
	if (strcmp(expected->name, "cause") == 0)
		found = primary_cause(findings, file, strcmp(expected->value, "none") == 0);
	else
		found = outcome_of(findings, expected->name);
	if (strcmp(found, expected->value) == 0)
		return "";
	return found[0] == '\0' ? "nothing" : found;
}

/* What a pending case may lack. */
static bool may_be_pending(const struct case_pair *expected)
{
	return strcmp(expected->name, "cause") == 0 || strcmp(expected->name, "also") == 0;
}

/* Compares one case and prints each difference; says how many causes were not as expected. */
static unsigned compare(const struct case_file *file, const char *path, const struct findings *findings,
	bool verdicts_only, struct tally *tally)
{
	unsigned other_causes = 0;

	for (size_t i = 0; i < file->expectation_count; i++) {
		const struct case_pair *expected = &file->expectations[i];
		const char *found = difference(file, expected, findings);

		if (found[0] == '\0') {
			tally->right++;
		} else if (verdicts_only && may_be_pending(expected)) {
			other_causes++;
		} else {
			tally->wrong++;
			printf("%s: %s: expected %s, found %s\n", path, expected->name, expected->value,
				found);
		}
	}
	return other_causes;
}

/* Is the case's name, without folder and ending, a line of the list? */
static bool is_pending(const char *list, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	size_t len = strlen(name);

	if (list == NULL)
		return false;
	if (len > 5 && strcmp(name + len - 5, ".case") == 0)
		len -= 5;
	for (const char *line = list; line[0] != '\0';) {
		size_t line_len = strcspn(line, "\n");

		if (line_len == len && memcmp(line, name, len) == 0)
			return true;
		line += line_len + (line[line_len] == '\n');
	}
	return false;
}

static void replay_one(const char *path, const struct manner *manner, struct tally *tally)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};
	struct case_file *file = case_file_read(path, arena, &fault);
	struct evaluation *evaluation =
		file == NULL ? NULL : evaluation_open_case(settings_new(), file, &fault);
	bool pending = is_pending(manner->pending, path);
	unsigned wrong = tally->wrong;

	if (evaluation == NULL) {
		fprintf(stderr, "sekisho: %s\n", fault.text);
		tally->unreadable++;
	} else {
		unsigned other = compare(
			file, path, evaluation_run(evaluation), manner->verdicts_only || pending, tally);

		if (pending && other == 0) {
			tally->wrong++;
			printf("%s: pending, but everything is as expected: take it off the list\n", path);
		} else if (!manner->quiet && tally->wrong == wrong) {
			printf("%s: as expected\n", path);
		}
	}
	evaluation_close(&evaluation);
	arena_free(&arena);
}

/* EXIT_DONE to go on, -1 when the help was all. */
static int read_arguments(int argc, char **argv, struct manner *manner)
{
	static const struct option options[] = {
		{"quiet", no_argument, NULL, 'q'},
		{"verdicts", no_argument, NULL, 'v'},
		{"pending", required_argument, NULL, 'p'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct fault fault = {""};
	size_t len;

	for (int option; (option = getopt_long(argc, argv, "qvp:h", options, NULL)) != -1;) {
		if (option == 'h') {
			(void)fputs(usage, stdout);
			return -1;
		}
		if (option == 'p') {
			free(manner->pending);
			manner->pending = file_read(optarg, &len, &fault);
			if (manner->pending == NULL) {
				fprintf(stderr, "sekisho replay: %s\n", fault.text);
				return EXIT_UNREADABLE;
			}
		} else if (option == '?') {
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
		manner->quiet = manner->quiet || option == 'q';
		manner->verdicts_only = manner->verdicts_only || option == 'v';
	}
	if (optind == argc) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

int replay_run(int argc, char **argv)
{
	struct tally tally = {0, 0, 0};
	struct manner manner = {false, false, NULL};
	int status = read_arguments(argc, argv, &manner);

	if (status == EXIT_DONE) {
		for (int i = optind; i < argc; i++)
			replay_one(argv[i], &manner, &tally);
		printf("%d cases: %u expectations met, %u not, %u cases unreadable\n", argc - optind,
			tally.right, tally.wrong, tally.unreadable);
		status = tally.unreadable > 0 ? EXIT_UNREADABLE : tally.wrong > 0 ? EXIT_DIFFERS : EXIT_DONE;
	}
	free(manner.pending);
	return status < 0 ? EXIT_DONE : status;
}
