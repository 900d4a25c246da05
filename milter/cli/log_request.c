/* The arguments of sekisho log. */
#include "cli/log_request.h"

#include "base/clock.h"
#include "base/domain.h"
#include "cli/exit_status.h"
#include "diagnose/diagnosis.h"
#include "logbook/screen.h"
#include "logbook/stamp.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: sekisho log [OPTION...] [FILE...]\n"
	"Who fails, why, since when, how many: reads the records of sekishod and counts.\n"
	"FILE is a log of syslog or of JSON lines, also rotated (.gz), or a file of the journal; \"-\" is "
	"standard\n"
	"input; \"store\" is the store of the configuration, sqlite:/PATH or postgresql:CONNINFO another "
	"one.\n"
	"Without FILE: where the configuration lets sekishod log.\n"
	"  --since TIME, --until TIME  2026-11-21, \"2026-11-21 09:30\", today, yesterday, 12h, 7d\n"
	"  --domain NAME       mail of this domain and those below it\n"
	"  --cause CODE        mail with this cause\n"
	"  --by cause|domain|client|day  one table\n"
	"  --limit N           rows of a table (50; 0: all)\n"
	"  --queue-id QID      everything known about one message\n"
	"  --replay            with --queue-id: run the verdict again from its evidence\n"
	"  --would ACTION      what reject, quarantine or OPTION=ACTION would have done\n"
	"  --notice DOMAIN     a mail to the postmaster of that domain, to be read and sent by you\n"
	"  --html FILE         one page with charts\n"
	"  --json              for programs\n"
	"  --language en|ja    of what is printed (default: log-language of the configuration)\n"
	"  --config FILE       (default: " SYSCONF_DIR "/sekisho.conf)\n"
	"Examples:\n"
	"  sekisho log --since 7d\n"
	"  sekisho log --since yesterday --by domain /var/log/mail.log /var/log/mail.log.1.gz\n"
	"  sekisho log --would reject --since 30d\n"
	"  sekisho log --notice example.com --language ja >notice.eml\n"
	"Exit status: 0 done, 1 nothing matches, 2 usage, 3 a log cannot be read.\n";

enum {
	OPT_SINCE = 1,
	OPT_UNTIL,
	OPT_DOMAIN,
	OPT_CAUSE,
	OPT_BY,
	OPT_LIMIT,
	OPT_QUEUE_ID,
	OPT_REPLAY,
	OPT_WOULD,
	OPT_NOTICE,
	OPT_HTML,
	OPT_JSON,
	OPT_LANGUAGE,
	OPT_CONFIG,
};

int log_refuse(const char *what, const char *value)
{
	fprintf(stderr, "sekisho log: %s \"%s\"; see \"sekisho log --help\"\n", what, value);
	return EXIT_USAGE;
}

static const char **place_of(struct log_request *request, int option)
{
	switch (option) {
	case OPT_SINCE:
		return &request->since;
	case OPT_UNTIL:
		return &request->until;
	case OPT_DOMAIN:
		return &request->filter.domain;
	case OPT_CAUSE:
		return &request->filter.cause;
	case OPT_BY:
		return &request->by;
	case OPT_QUEUE_ID:
		return &request->filter.queue_id;
	case OPT_WOULD:
		return &request->would;
	case OPT_NOTICE:
		return &request->notice;
	case OPT_HTML:
		return &request->html;
	case OPT_LANGUAGE:
		return &request->language;
	case OPT_CONFIG:
		return &request->config_path;
	default:
		return NULL;
	}
}

static int read_words(int argc, char **argv, struct log_request *request)
{
	static const struct option options[] = {
		{"since", required_argument, NULL, OPT_SINCE},
		{"until", required_argument, NULL, OPT_UNTIL},
		{"domain", required_argument, NULL, OPT_DOMAIN},
		{"cause", required_argument, NULL, OPT_CAUSE},
		{"by", required_argument, NULL, OPT_BY},
		{"limit", required_argument, NULL, OPT_LIMIT},
		{"queue-id", required_argument, NULL, OPT_QUEUE_ID},
		{"replay", no_argument, NULL, OPT_REPLAY},
		{"would", required_argument, NULL, OPT_WOULD},
		{"notice", required_argument, NULL, OPT_NOTICE},
		{"html", required_argument, NULL, OPT_HTML},
		{"json", no_argument, NULL, OPT_JSON},
		{"language", required_argument, NULL, OPT_LANGUAGE},
		{"config", required_argument, NULL, OPT_CONFIG},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};

	for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		const char **place = place_of(request, option);

		if (option == 'h' || option == '?') {
			(void)fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? -1 : EXIT_USAGE;
		}
		if (place != NULL)
			*place = optarg;
		else if (option == OPT_JSON)
			request->json = true;
		else if (option == OPT_REPLAY)
			request->replay = true;
		else if (!span_number(span_of(optarg), 1000000, &request->limit))
			return log_refuse("--limit takes a number, not", optarg);
	}
	request->files = argv + optind;
	request->file_count = argc - optind;
	return EXIT_DONE;
}

static bool take_time(const char *words, int64_t *time)
{
	if (words == NULL || stamp_of_words(words, clock_wall(), time))
		return true;
	(void)log_refuse("this is no time:", words);
	return false;
}

/* The usable name of what was typed; NULL after a word about it. */
static const char *domain_given(const char *typed, struct arena *arena)
{
	struct domain domain = domain_of(arena, typed, strlen(typed));

	if (domain.name[0] != '\0')
		return domain.name;
	(void)log_refuse("this is no domain:", typed);
	return NULL;
}

/* -1 for a word that is none. */
static int by_of(const char *word)
{
	static const char *const words[] = {
		[BY_CAUSE] = "cause", [BY_DOMAIN] = "domain", [BY_CLIENT] = "client", [BY_DAY] = "day"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(word, words[i]) == 0)
			return (int)i;
	return -1;
}

/* Whether what was asked for makes sense; changes words into what they mean. */
static bool understand(struct log_request *request, struct arena *arena)
{
	struct census_filter *filter = &request->filter;

	if (request->notice != NULL)
		filter->domain = request->notice;
	if (!take_time(request->since, &filter->since) || !take_time(request->until, &filter->until))
		return false;
	if (filter->domain[0] != '\0' && (filter->domain = domain_given(filter->domain, arena)) == NULL)
		return false;
	if (filter->cause[0] != '\0' && cause_of_code(filter->cause) == CAUSE_NONE) {
		(void)log_refuse("there is no cause", filter->cause);
		return false;
	}
	if (request->by != NULL && (request->table = by_of(request->by)) < 0) {
		(void)log_refuse("--by takes cause, domain, client or day, not", request->by);
		return false;
	}
	if (request->replay && filter->queue_id[0] == '\0') {
		(void)log_refuse("--replay wants --queue-id beside it, not", "");
		return false;
	}
	if (request->language != NULL && strcmp(request->language, "en") != 0 &&
		strcmp(request->language, "ja") != 0) {
		(void)log_refuse("--language takes en or ja, not", request->language);
		return false;
	}
	return true;
}

int log_request_read(int argc, char **argv, struct log_request *request, struct arena *arena)
{
	int status;

	*request = (struct log_request){
		.filter = {.domain = "", .cause = "", .queue_id = ""}, .limit = 50, .table = -1};
	status = read_words(argc, argv, request);
	if (status != EXIT_DONE)
		return status;
	return understand(request, arena) ? EXIT_DONE : EXIT_USAGE;
}
