/* sekisho report: DMARC aggregate reports for the domains that asked for them. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

/* argv[0] is "report". Returns the exit status. */
int report_run(int argc, char **argv);

#endif
