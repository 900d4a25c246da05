/* sekisho doctor: is this machine set up as it should be? */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

/* argv[0] is "doctor". Returns the exit status. */
int doctor_run(int argc, char **argv);

#endif
