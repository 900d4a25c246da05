/* One word behind "sekisho". */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

struct command {
	const char *name;
	const char *summary;               /* for "sekisho --help" */
	int (*run)(int argc, char **argv); /* argv[0] is the name; returns the exit status */
};

#endif
