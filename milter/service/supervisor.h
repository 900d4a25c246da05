/* The process that owns the listening socket and keeps workers serving on it: restarts those that
 * die, replaces all at a reload, ends them at a stop without cutting off a message. Has no thread
 * and meets no foreign octet. */
#ifndef SERVICE_SUPERVISOR_H
#define SERVICE_SUPERVISOR_H

struct supervision {
	const char *program; /* absolute path of sekishod */
	const char *config_path;
	const char *zone_path; /* "" for real DNS */
};

/* Serves until SIGTERM or SIGINT; SIGHUP and SIGUSR1 reload. Returns the exit status. */
int supervisor_run(const struct supervision *supervision);

#endif
