/* Postfix's main.cf and master.cf as far as milters are concerned: read, never written. What postconf(1)
 * would say, without running it: continuation lines, the last setting of a name counts, $name is expanded. */
#ifndef DOCTOR_MAIN_CF_H
#define DOCTOR_MAIN_CF_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum { PARAMETERS_MAX = 600, SERVICES_MAX = 200, MILTERS_MAX = 32 }; /* ours */

struct parameter {
	const char *name, *value;
};

/* A service of master.cf that runs smtpd. */
struct service {
	const char *name; /* "smtp", "submission", "127.0.0.1:10025" */
	bool chrooted;
	const char *milters; /* of -o smtpd_milters=; NULL when main.cf decides */
};

struct main_cf {
	const char *folder;
	struct parameter *parameters;
	size_t parameter_count;
	struct service *services;
	size_t service_count;
	bool master_read;
};

/* NULL when there is no main.cf. */
const struct main_cf *main_cf_read(const char *folder, struct arena *arena);

/* Expanded; Postfix's default when it is not set ("" for those that we do not know). */
const char *main_cf_value(const struct main_cf *postfix, const char *name, struct arena *arena);

/* One milter of a list: "{ unix:/x, default_action = accept }" or "inet:host:port". */
struct milter {
	const char *endpoint;       /* "unix:/x" */
	const char *default_action; /* "" when the common one counts */
};
size_t milters_of(const char *value, struct milter milters[MILTERS_MAX], struct arena *arena);

/* The service that takes mail from outside; NULL when there is none. */
const struct service *main_cf_smtpd(const struct main_cf *postfix);

#endif
