/* A .case file: one mail as the milter saw it, with the session, the DNS of that moment, the
 * settings and, in tests, what is expected (sekisho.case(5)). */
#ifndef REPLAY_CASE_FILE_H
#define REPLAY_CASE_FILE_H

#include "base/fault.h"
#include "base/netaddr.h"
#include "facts/body_digest.h"
#include "facts/remembered_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct settings;
struct zone;

struct case_pair {
	const char *name, *value; /* option and value, or "spf" and "softfail", "cause" and code */
};

struct case_file {
	const char *about;
	int64_t now;
	struct netaddr client;
	const char *client_name; /* "" */
	const char *helo;
	const char *mail_from; /* as in the file, "<>" for the null sender */
	const char *auth_user; /* "" */
	bool smtputf8;
	const char *const *recipients;
	size_t recipient_count;
	const struct case_pair *options;
	size_t option_count;
	const struct case_pair *expectations;
	size_t expectation_count;
	struct remembered_keys seen_keys; /* the key memory */
	struct body_digests body_digests; /* when the message has no body */
	struct zone *zone;
	const char *message_path; /* resolved against the case file's folder */
};

/* Everything in the arena. NULL with "FILE:LINE: what is wrong" in fault. */
struct case_file *case_file_read(const char *path, struct arena *arena, struct fault *fault);

/* Applies the option lines. */
bool case_file_apply_options(const struct case_file *file, struct settings *settings, struct fault *fault);

#endif
