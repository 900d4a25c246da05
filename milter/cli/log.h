/* sekisho log: what the log says about the mail of some time. */
#ifndef CLI_LOG_H
#define CLI_LOG_H

/* argv[0] is "log". Returns the exit status. */
int log_run(int argc, char **argv);

#endif
