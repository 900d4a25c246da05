#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>

/* The rows as getopt_long wants them, numbered from 1. */
static void translate(const struct cli_option *options, struct option translated[CLI_OPTIONS_MAX + 2])
{
	int count = 0;

	for (; count < CLI_OPTIONS_MAX && options[count].name != NULL; count++)
		translated[count] = (struct option){options[count].name,
			options[count].flag != NULL ? no_argument : required_argument, NULL, count + 1};
	translated[count] = (struct option){"help", no_argument, NULL, 'h'};
	translated[count + 1] = (struct option){NULL, 0, NULL, 0};
}

static bool take(const struct cli_option *option, const char *value)
{
	if (option->take != NULL)
		return option->take(option->self, value);
	if (option->flag != NULL)
		*option->flag = true;
	else
		*option->text = value;
	return true;
}

int options_read(int argc, char **argv, const char *usage, const struct cli_option *options, int refused)
{
	struct option translated[CLI_OPTIONS_MAX + 2];

	translate(options, translated);
	for (int option; (option = getopt_long(argc, argv, "h", translated, NULL)) != -1;) {
		if (option == 'h') {
			(void)fputs(usage, stdout);
			return -1;
		}
		if (option == '?' || !take(&options[option - 1], optarg)) {
			(void)fputs(usage, stderr);
			return refused;
		}
	}
	return 0;
}
