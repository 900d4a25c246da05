/* What the command line returns. */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_DIFFERS = 1, /* replay: not as expected */
	EXIT_USAGE = 2,
	EXIT_UNREADABLE = 3, /* an input cannot be read or makes no sense */
};

#endif
