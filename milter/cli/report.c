#include "cli/report.h"

#include "base/arena.h"
#include "base/clock.h"
#include "cli/bureau.h"
#include "cli/exit_status.h"
#include "cli/history_import.h"
#include "cli/options.h"
#include "feedback/delivery.h"
#include "feedback/failure_delivery.h"
#include "feedback/gather.h"
#include "feedback/ledger.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	DAY_S = 86400,
	SETTLE_S = 120, /* a row is in the store by then: the diagnosis behind the answer included */
};

static const char usage[] =
	"usage: sekisho report aggregate [--day DAY] [--domain NAME] [--out FOLDER] [--send] [OPTION...]\n"
	"       sekisho report failure [--day DAY] [--domain NAME] [--out FOLDER | --send] [OPTION...]\n"
	"       sekisho report refuse ADDRESS [--again]\n"
	"       sekisho report import-opendmarc FILE [--store WHERE]\n"
	"DMARC reports from the store, for the domains whose record asks for them (aggregate: rua=, "
	"failure:\n"
	"ruf=, when failure-reports is on).\n"
	"  --day 2026-11-21    a day in UTC (default: aggregate: yesterday; failure: what came since it was\n"
	"                      sent last, at most 24 hours)\n"
	"  --domain NAME       only this policy domain\n"
	"  --out FOLDER        write each report as NAME.xml.gz or NAME.eml\n"
	"  --send              mail them, once, to those who have agreed, through the sendmail command\n"
	"  --form rfc9990|rfc7489  of the XML (default: rfc9990)\n"
	"  --store WHERE       sqlite:/PATH or postgresql:CONNINFO (default: store of the configuration)\n"
	"  --zone FILE         answer DNS from this file: for tests\n"
	"  --config FILE       (default: " SYSCONF_DIR "/sekisho.conf)\n"
	"Without --out and --send it only says for whom there is something. refuse: send nothing to this "
	"address\n"
	"any more, because its mail came back; --again takes that back. import-opendmarc: put the messages "
	"of\n"
	"OpenDMARC's HistoryFile into the store, each once; run it as the user of sekishod.\n"
	"Examples:\n"
	"  sekisho report aggregate --out /tmp/reports\n"
	"  sekisho report aggregate --send\n"
	"  sekisho report failure --send\n"
	"Exit status: 0 done, 1 some could not be written or sent, 2 usage, 3 no store.\n";

struct request {
	const char *day, *domain, *form, *verb, *address;
	struct bureau_request bureau;
	bool again;
};

/* What each verb is for. */
struct verb {
	const char *name;
	int words; /* itself included */
	int (*run)(const struct request *request, struct bureau *bureau, int64_t now);
};

/* The period to report: a day, which from was set to, or what is due. */
static struct gathering gathering_of(const struct request *request, int64_t from, int64_t until)
{
	return (struct gathering){
		.from = from, .until = until, .domain = request->domain != NULL ? request->domain : ""};
}

/* "2026-11-21" in UTC → its first second. */
static bool day_of(const char *text, int64_t *from)
{
	struct tm date = {0};
	const char *end = strptime(text, "%Y-%m-%d", &date);

	if (end == NULL || *end != '\0')
		return false;
	*from = (int64_t)timegm(&date);
	return true;
}

static bool gather_all(struct bureau *bureau, const struct gathering *gathering)
{
	struct fault fault = {""};
	bool good = gather(bureau->database, gathering, &fault);

	if (!good)
		fprintf(stderr, "sekisho report: %s\n", fault.text);
	return good;
}

static void take_aggregate(void *self, const struct sums *sums)
{
	deliver_report(self, sums);
}

static int aggregate(const struct request *request, struct bureau *bureau, int64_t now)
{
	const struct settings *settings = bureau->settings;
	struct post post = bureau_post(bureau, &request->bureau, now);
	struct gathering gathering = gathering_of(request, (now / DAY_S - 1) * DAY_S, 0);
	struct delivery delivery = {.post = post,
		.facts = {.form = request->form != NULL && strcmp(request->form, "rfc7489") == 0
					  ? FORM_RFC7489
					  : FORM_RFC9990,
			.organization = settings->report_organization[0] != '\0'
						? settings->report_organization
						: post.receiver,
			.email = post.email,
			.psl_discovery = settings->dmarc_discovery == DISCOVERY_PSL}};
	bool good;

	if (request->day != NULL)
		(void)day_of(request->day, &gathering.from);
	gathering.until = gathering.from + DAY_S;
	delivery.facts.from = gathering.from;
	delivery.facts.until = gathering.until;
	gathering.take = take_aggregate;
	gathering.self = &delivery;
	good = gather_all(bureau, &gathering);
	printf("%" PRIu64 " domains, %" PRIu64 " messages, %" PRIu64 " reports written, %" PRIu64
	       " sent, %" PRIu64 " failed\n",
		delivery.domains, delivery.messages, delivery.post.written, delivery.post.sent,
		delivery.post.failed);
	return !good ? EXIT_UNREADABLE : delivery.post.failed > 0 ? EXIT_DIFFERS : EXIT_DONE;
}

/* A day; else what came since the last time something was sent, but no old stories. */
static struct gathering failures_due(const struct request *request, struct bureau *bureau, int64_t now)
{
	struct gathering gathering = gathering_of(request, now - DAY_S, now - SETTLE_S);

	if (request->day != NULL) {
		(void)day_of(request->day, &gathering.from);
		gathering.until = gathering.from + DAY_S;
	} else if (request->bureau.send) {
		int64_t until = ledger_failures_until(bureau->ledger);

		if (until > gathering.from && until <= now) /* else the clock was set back */
			gathering.from = until;
	} else {
		gathering.until = INT64_MAX;
	}
	return gathering;
}

static void take_failures(void *self, const struct sums *sums)
{
	deliver_failures(self, sums);
}

/* Behind the reading: a store that could not be read is read again the next time, and what went before it
 * failed is known by its kind. */
static bool note_due(const struct request *request, struct bureau *bureau, int64_t until)
{
	if (!request->bureau.send || request->day != NULL || request->domain != NULL ||
		ledger_note_failures_until(bureau->ledger, until))
		return true;
	fprintf(stderr, "sekisho report: the ledger cannot be written\n");
	return false;
}

static int failure(const struct request *request, struct bureau *bureau, int64_t now)
{
	struct failure_delivery delivery = {.post = bureau_post(bureau, &request->bureau, now),
		.most = (uint64_t)bureau->settings->failure_report_limit,
		.most_of_domain = (uint64_t)bureau->settings->failure_report_domain_limit};
	struct gathering gathering = failures_due(request, bureau, now);
	bool good;

	gathering.failures = true;
	gathering.take = take_failures;
	gathering.self = &delivery;
	good = gather_all(bureau, &gathering) && note_due(request, bureau, gathering.until);
	printf("%" PRIu64 " domains, %" PRIu64 " messages, %" PRIu64 " reports written, %" PRIu64
	       " sent, %" PRIu64 " failed, %" PRIu64 " held back by a limit\n",
		delivery.domains, delivery.messages, delivery.post.written, delivery.post.sent,
		delivery.post.failed, delivery.held_back);
	return !good ? EXIT_UNREADABLE : delivery.post.failed > 0 ? EXIT_DIFFERS : EXIT_DONE;
}

static int refuse(const struct request *request, struct bureau *bureau, int64_t now)
{
	if (ledger_refuse(bureau->ledger, request->address, "told by hand", now, request->again))
		return EXIT_DONE;
	fprintf(stderr, "sekisho report: the ledger cannot be written\n");
	return EXIT_UNREADABLE;
}

static int import_history(const struct request *request, struct bureau *bureau, int64_t now)
{
	(void)now;
	return history_import(request->address, bureau->database);
}

static const struct verb verbs[] = {{"aggregate", 1, aggregate}, {"failure", 1, failure},
	{"refuse", 2, refuse}, {"import-opendmarc", 2, import_history}};

/* NULL for one that is none, or has too many words, or too few. */
static const struct verb *verb_of(const char *name, int words)
{
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (words == verbs[i].words && strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

/* Whether what was asked for makes sense. */
static bool is_sound(const struct request *request)
{
	int64_t day;

	return (request->day == NULL || day_of(request->day, &day)) &&
	       (request->form == NULL || strcmp(request->form, "rfc9990") == 0 ||
		       strcmp(request->form, "rfc7489") == 0) &&
	       !(strcmp(request->verb, "failure") == 0 && request->bureau.send &&
		       request->bureau.folder != NULL);
}

static int read_arguments(int argc, char **argv, struct request *request, const struct verb **verb)
{
	const struct cli_option options[] = {
		{"day", .text = &request->day},
		{"domain", .text = &request->domain},
		{"out", .text = &request->bureau.folder},
		{"send", .flag = &request->bureau.send},
		{"form", .text = &request->form},
		{"store", .text = &request->bureau.store},
		{"zone", .text = &request->bureau.zone_path},
		{"config", .text = &request->bureau.config_path},
		{"again", .flag = &request->again},
		{.name = NULL},
	};
	int status = options_read(argc, argv, usage, options, EXIT_USAGE), words = argc - optind;

	if (status != EXIT_DONE)
		return status;
	request->verb = words > 0 ? argv[optind] : "";
	request->address = words > 1 ? argv[optind + 1] : "";
	*verb = verb_of(request->verb, words);
	request->bureau.ledger_alone = *verb != NULL && (*verb)->run == refuse;
	request->bureau.may_write = *verb != NULL && (*verb)->run == import_history;
	if (*verb != NULL && is_sound(request))
		return EXIT_DONE;
	(void)fputs(usage, stderr);
	return EXIT_USAGE;
}

int report_run(int argc, char **argv)
{
	struct request request = {.verb = ""};
	const struct verb *verb = NULL;
	struct fault fault = {""};
	struct bureau bureau;
	int status = read_arguments(argc, argv, &request, &verb);

	if (status != EXIT_DONE)
		return status < 0 ? EXIT_DONE : status;
	if (!bureau_open(&bureau, &request.bureau, &fault)) {
		fprintf(stderr, "sekisho report: %s\n", fault.text);
		status = EXIT_UNREADABLE;
	} else {
		status = verb->run(&request, &bureau, clock_wall());
	}
	bureau_close(&bureau);
	return status;
}
