/* sekisho: the milter's judgement on the command line. */
#include "cli/check.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/doctor.h"
#include "cli/domain.h"
#include "cli/exit_status.h"
#include "cli/explain.h"
#include "cli/log.h"
#include "cli/replay.h"
#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
	{"check", "verdicts, header and causes of one message", check_run},
	{"doctor", "is this machine set up as it should be?", doctor_run},
	{"domain", "what a domain publishes, and what is wrong with it", domain_run},
	{"replay", "run recorded messages and compare with what they expect", replay_run},
	{"log", "who fails, why, since when: what the log says", log_run},
	{"report", "DMARC aggregate reports from the store", report_run},
	{"explain", "what a cause means, and what to do about it", explain_run},
	{"config", "the settings in effect, a sample file", config_run},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *file)
{
	(void)fputs("usage: sekisho COMMAND [ARGUMENT...]\n"
		    "Verifies mail as the milter does (SPF, DKIM, DMARC) and says what is wrong and why.\n",
		file);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(file, "  %-9s %s\n", commands[i].name, commands[i].summary);
	(void)fputs(
		"Examples:\n"
		"    sekisho check mail.eml --client 192.0.2.25 --mail-from taro@example.com\n"
		"    sekisho explain spf-stale-after-move\n"
		"\"sekisho COMMAND --help\" explains one; \"sekisho --version\" says which sekisho this is.\n"
		"The milter itself is sekishod(8).\n",
		file);
}

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("sekisho %s\n", PACKAGE_VERSION);
		return EXIT_DONE;
	}
	command = command_named(argv[1]);
	if (command != NULL)
		return command->run(argc - 1, argv + 1);
	fprintf(stderr, "sekisho: there is no command \"%s\"; see \"sekisho --help\"\n", argv[1]);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "sekisho: cannot write: %s\n", strerror(errno));
		return EXIT_UNREADABLE;
	}
	return status;
}
