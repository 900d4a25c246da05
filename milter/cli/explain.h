/* sekisho explain: the causes there are, and what to do about each. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

/* argv[0] is "explain". Returns the exit status. */
int explain_run(int argc, char **argv);

#endif
