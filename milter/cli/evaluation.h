/* One message evaluated outside the MTA: from a .case file, or a message file with the session on
 * the command line. Opens what an inspection needs, keeps it until closed. */
#ifndef CLI_EVALUATION_H
#define CLI_EVALUATION_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct case_file;
struct evaluation;
struct findings;
struct settings;

/* The session around the message. Borrowed while the evaluation lives. */
struct session_facts {
	const char *client, *helo, *mail_from, *auth_user; /* client "" when unknown */
	bool smtputf8;
	int64_t now;           /* 0: the present */
	const char *zone_path; /* "" asks the network */
};

/* Both take the settings over, also when they fail. NULL with the reason in fault. */
struct evaluation *evaluation_open(struct settings *settings, const struct session_facts *session,
	const char *message_path, struct fault *fault);
struct evaluation *evaluation_open_case(
	struct settings *settings, const struct case_file *file, struct fault *fault);
void evaluation_close(struct evaluation **evaluation);

/* Never fails: a message gets a verdict. The findings live as long as the evaluation. */
const struct findings *evaluation_run(struct evaluation *evaluation);

/* For rendering and recording. */
const struct settings *evaluation_settings(const struct evaluation *evaluation);
const char *evaluation_message(const struct evaluation *evaluation, size_t *len);
struct arena *evaluation_arena(struct evaluation *evaluation);

#endif
