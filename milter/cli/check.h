/* sekisho check: one message, its verdicts, header and causes. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

/* argv[0] is "check". Returns the exit status. */
int check_run(int argc, char **argv);

#endif
