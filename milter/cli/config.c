#include "cli/config.h"

#include "base/arena.h"
#include "cli/exit_status.h"
#include "settings/print.h"
#include "settings/sample.h"
#include "settings/settings.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

static const char usage[] = "usage: sekisho config [--changed] [FILE]\n"
			    "       sekisho config --defaults | --sample\n"
			    "Prints the settings that a configuration file gives, as a configuration file.\n"
			    "  FILE        default: " SYSCONF_DIR "/sekisho.conf\n"
			    "  --changed   only those that are not at their default\n"
			    "  --defaults  the defaults, whatever the file says\n"
			    "  --sample    the defaults behind \"#\", with a sentence on each option\n"
			    "Examples:\n"
			    "  sekisho config --changed              what did we change here?\n"
			    "  sekisho config --sample >sekisho.conf  a file to begin with\n"
			    "Exit status: 0 printed, 2 usage, 3 the file cannot be read; sekisho.conf(5)\n"
			    "explains the format.\n";

enum { OPT_CHANGED = 1, OPT_DEFAULTS, OPT_SAMPLE };

static int print_settings(const char *path, enum print_what what)
{
	struct fault fault;
	struct settings *settings = path == NULL ? settings_new() : settings_read(path, &fault);
	struct arena *arena;

	if (settings == NULL) {
		fprintf(stderr, "sekisho config: %s\n", fault.text);
		return EXIT_UNREADABLE;
	}
	arena = arena_new();
	(void)fputs(settings_print(settings, what, arena), stdout);
	arena_free(&arena);
	settings_free(&settings);
	return EXIT_DONE;
}

static int print_sample(void)
{
	struct arena *arena = arena_new();

	(void)fputs(settings_sample(arena), stdout);
	arena_free(&arena);
	return EXIT_DONE;
}

static int refuse(const char *reason)
{
	fprintf(stderr, "sekisho config: %s\n%s", reason, usage);
	return EXIT_USAGE;
}

int config_run(int argc, char **argv)
{
	static const struct option options[] = {
		{"changed", no_argument, NULL, OPT_CHANGED},
		{"defaults", no_argument, NULL, OPT_DEFAULTS},
		{"sample", no_argument, NULL, OPT_SAMPLE},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	bool changed = false, defaults = false, sample = false;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case OPT_CHANGED:
			changed = true;
			break;
		case OPT_DEFAULTS:
			defaults = true;
			break;
		case OPT_SAMPLE:
			sample = true;
			break;
		case 'h':
			(void)fputs(usage, stdout);
			return EXIT_DONE;
		default:
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (changed + defaults + sample > 1)
		return refuse("--changed, --defaults and --sample exclude each other");
	if (argc - optind > ((defaults || sample) ? 0 : 1))
		return refuse("too many arguments");
	if (sample)
		return print_sample();
	if (defaults)
		return print_settings(NULL, PRINT_ALL);
	return print_settings(optind < argc ? argv[optind] : SYSCONF_DIR "/sekisho.conf",
		changed ? PRINT_CHANGED : PRINT_ALL);
}
