/* The long options of a command, and what each does. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* One of text, flag and take; an option with a flag has no value. The last row has no name. */
struct cli_option {
	const char *name;
	const char **text;                           /* gets the value */
	bool *flag;                                  /* becomes true */
	bool (*take)(void *self, const char *value); /* false: it does not go */
	void *self;
};

/* Our limit: more rows are left out. */
enum { CLI_OPTIONS_MAX = 24 };

/* Reads what begins with "-"; the words begin at argv[optind] then. 0 to go on; -1 after --help, which prints
 * usage; else refused, with usage on standard error: take says itself what is wrong. */
int options_read(int argc, char **argv, const char *usage, const struct cli_option *options, int refused);

#endif
