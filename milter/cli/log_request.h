/* The arguments of sekisho log, read and understood. */
#ifndef CLI_LOG_REQUEST_H
#define CLI_LOG_REQUEST_H

#include "logbook/census.h"

struct arena;

struct log_request {
	struct census_filter filter;
	const char *since, *until, *by, *html, *notice, *would, *language, *config_path;
	int table; /* enum screen_by; -1: none */
	unsigned long limit;
	bool json, replay;
	char **files;
	int file_count;
};

/* EXIT_DONE; -1 when the help was all; EXIT_USAGE after a word about it. What was changed is in the arena. */
int log_request_read(int argc, char **argv, struct log_request *request, struct arena *arena);

/* Says "sekisho log: WHAT "VALUE"" and where to read more; returns EXIT_USAGE. */
int log_refuse(const char *what, const char *value);

#endif
