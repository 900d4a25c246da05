/* sekisho config: which settings are in effect. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

/* argv[0] is "config". Returns the exit status. */
int config_run(int argc, char **argv);

#endif
