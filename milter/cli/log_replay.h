/* sekisho log --queue-id QID --replay: the evidence of a verdict, run again. */
#ifndef CLI_LOG_REPLAY_H
#define CLI_LOG_REPLAY_H

struct log_request;
struct settings;

/* Prints what was found then and what is found now from the same header and DNS answers. The exit status:
 * EXIT_DIFFERS when they differ, but for what rests on a body that was not kept. */
int log_replay(const struct log_request *request, const struct settings *settings);

#endif
