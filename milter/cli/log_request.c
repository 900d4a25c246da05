/* The arguments of sekisho log. */
#include "cli/log_request.h"

#include "base/clock.h"
#include "base/domain.h"
#include "cli/exit_status.h"
#include "cli/options.h"
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

int log_refuse(const char *what, const char *value)
{
	fprintf(stderr, "sekisho log: %s \"%s\"; see \"sekisho log --help\"\n", what, value);
	return EXIT_USAGE;
}

static bool take_limit(void *self, const char *value)
{
	struct log_request *request = self;

	if (span_number(span_of(value), 1000000, &request->limit))
		return true;
	(void)log_refuse("--limit takes a number, not", value);
	return false;
}

static int read_words(int argc, char **argv, struct log_request *request)
{
	const struct cli_option options[] = {
		{"since", .text = &request->since},
		{"until", .text = &request->until},
		{"domain", .text = &request->filter.domain},
		{"cause", .text = &request->filter.cause},
		{"by", .text = &request->by},
		{"limit", .take = take_limit, .self = request},
		{"queue-id", .text = &request->filter.queue_id},
		{"replay", .flag = &request->replay},
		{"would", .text = &request->would},
		{"notice", .text = &request->notice},
		{"html", .text = &request->html},
		{"json", .flag = &request->json},
		{"language", .text = &request->language},
		{"config", .text = &request->config_path},
		{.name = NULL},
	};
	int status = options_read(argc, argv, usage, options, EXIT_USAGE);

	request->files = argv + optind;
	request->file_count = argc - optind;
	return status;
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
