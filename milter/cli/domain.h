/* sekisho domain: what a domain publishes for mail, and what is wrong with it. */
#ifndef CLI_DOMAIN_H
#define CLI_DOMAIN_H

/* argv[0] is "domain". Returns the exit status. */
int domain_run(int argc, char **argv);

#endif
