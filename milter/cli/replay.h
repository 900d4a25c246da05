/* sekisho replay: runs .case files and compares with what they expect. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

/* argv[0] is "replay". Returns the exit status. */
int replay_run(int argc, char **argv);

#endif
