#include "cli/report.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/suffixes.h"
#include "cli/exit_status.h"
#include "cli/history_import.h"
#include "cli/usual_settings.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "feedback/delivery.h"
#include "feedback/gather.h"
#include "feedback/ledger.h"
#include "store/database.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400 };

static const char usage[] =
	"usage: sekisho report aggregate [--day DAY] [--domain NAME] [--out FOLDER] [--send] [OPTION...]\n"
	"       sekisho report refuse ADDRESS [--again]\n"
	"       sekisho report import-opendmarc FILE [--store WHERE]\n"
	"DMARC aggregate reports from the store, for the domains whose record asks for them (rua=).\n"
	"  --day 2026-11-21    a day in UTC (default: yesterday)\n"
	"  --domain NAME       only this policy domain\n"
	"  --out FOLDER        write each report as NAME.xml.gz\n"
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
	"Exit status: 0 done, 1 some could not be written or sent, 2 usage, 3 no store.\n";

enum { OPT_DAY = 1, OPT_DOMAIN, OPT_OUT, OPT_SEND, OPT_FORM, OPT_STORE, OPT_ZONE, OPT_CONFIG, OPT_AGAIN };

struct request {
	const char *day, *domain, *out, *form, *store, *zone_path, *config_path, *verb, *address;
	bool send, again;
};

/* What all reports share, opened in this order. */
struct bureau {
	const struct request *request;
	struct arena *arena;
	struct settings *settings;
	struct database *database;
	struct suffixes *suffixes;
	struct dns *dns;
	struct ledger *ledger;
	char host[256];
};

static bool take_option(struct request *request, int option, const char *value)
{
	const char **texts[] = {[OPT_DAY] = &request->day,
		[OPT_DOMAIN] = &request->domain,
		[OPT_OUT] = &request->out,
		[OPT_FORM] = &request->form,
		[OPT_STORE] = &request->store,
		[OPT_ZONE] = &request->zone_path,
		[OPT_CONFIG] = &request->config_path};

	if (option == OPT_SEND)
		request->send = true;
	else if (option == OPT_AGAIN)
		request->again = true;
	else if (option > 0 && (size_t)option < sizeof texts / sizeof texts[0] && texts[option] != NULL)
		*texts[option] = value;
	else
		return false;
	return true;
}

static bool is_import(const struct request *request)
{
	return strcmp(request->verb, "import-opendmarc") == 0;
}

/* EXIT_DONE to go on, -1 when the help was all, else EXIT_USAGE. */
static int read_arguments(int argc, char **argv, struct request *request)
{
	static const struct option options[] = {
		{"day", required_argument, NULL, OPT_DAY},
		{"domain", required_argument, NULL, OPT_DOMAIN},
		{"out", required_argument, NULL, OPT_OUT},
		{"send", no_argument, NULL, OPT_SEND},
		{"form", required_argument, NULL, OPT_FORM},
		{"store", required_argument, NULL, OPT_STORE},
		{"zone", required_argument, NULL, OPT_ZONE},
		{"config", required_argument, NULL, OPT_CONFIG},
		{"again", no_argument, NULL, OPT_AGAIN},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int words;

	for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		if (option == 'h') {
			(void)fputs(usage, stdout);
			return -1;
		}
		if (option == '?' || !take_option(request, option, optarg)) {
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	words = argc - optind;
	request->verb = words > 0 ? argv[optind] : "";
	request->address = words > 1 ? argv[optind + 1] : "";
	if ((strcmp(request->verb, "aggregate") == 0 && words == 1) ||
		((strcmp(request->verb, "refuse") == 0 || is_import(request)) && words == 2))
		return EXIT_DONE;
	(void)fputs(usage, stderr);
	return EXIT_USAGE;
}

/* "2026-11-21" in UTC → its first second; yesterday when text is NULL. */
static bool day_of(const char *text, int64_t now, int64_t *from)
{
	struct tm date = {0};
	const char *end;

	*from = (now / DAY_S - 1) * DAY_S;
	if (text == NULL)
		return true;
	end = strptime(text, "%Y-%m-%d", &date);
	if (end == NULL || *end != '\0')
		return false;
	*from = (int64_t)timegm(&date);
	return true;
}

static const char *receiver_of(struct bureau *bureau)
{
	if (bureau->settings->authserv_id[0] != '\0')
		return bureau->settings->authserv_id;
	if (gethostname(bureau->host, sizeof bureau->host - 1) != 0)
		(void)snprintf(bureau->host, sizeof bureau->host, "localhost");
	return bureau->host;
}

static bool open_for_sending(struct bureau *bureau, struct fault *fault)
{
	const struct settings *settings = bureau->settings;

	bureau->suffixes = suffixes_open(settings->public_suffix_file, settings->public_suffixes.items,
		settings->public_suffixes.count, fault);
	if (bureau->suffixes == NULL)
		return false;
	if (bureau->request->zone_path != NULL) {
		struct zone *zone = zone_new(bureau->arena);

		if (!zone_read_file(zone, bureau->request->zone_path, fault))
			return false;
		bureau->dns = dns_open_zone(zone);
	} else {
		bureau->dns = dns_open_network(settings, fault);
	}
	return bureau->dns != NULL;
}

static bool bureau_open(struct bureau *bureau, struct fault *fault)
{
	const struct request *request = bureau->request;
	const char *store;

	bureau->settings = usual_settings(request->config_path, fault);
	if (bureau->settings == NULL)
		return false;
	if (request->send || strcmp(request->verb, "refuse") == 0) {
		bureau->ledger = ledger_open(bureau->settings->report_ledger, fault);
		if (bureau->ledger == NULL)
			return false;
	}
	if (strcmp(request->verb, "refuse") == 0)
		return true;
	store = request->store != NULL ? request->store : bureau->settings->store;
	bureau->database = database_open(store, is_import(request), fault);
	return bureau->database != NULL && (!request->send || open_for_sending(bureau, fault));
}

static void bureau_close(struct bureau *bureau)
{
	ledger_close(&bureau->ledger);
	dns_close(&bureau->dns);
	suffixes_close(&bureau->suffixes);
	database_close(&bureau->database);
	settings_free(&bureau->settings);
}

static void take_sums(void *self, const struct sums *sums)
{
	deliver_report(self, sums);
}

static int aggregate(struct bureau *bureau, int64_t from, int64_t now)
{
	const struct request *request = bureau->request;
	const struct settings *settings = bureau->settings;
	const char *receiver = receiver_of(bureau);
	struct delivery delivery = {
		.facts = {.form = request->form != NULL && strcmp(request->form, "rfc7489") == 0
					  ? FORM_RFC7489
					  : FORM_RFC9990,
			.organization = settings->report_organization[0] != '\0'
						? settings->report_organization
						: receiver,
			.email = settings->report_email[0] != '\0'
					 ? settings->report_email
					 : arena_printf(bureau->arena, "postmaster@%s", receiver),
			.from = from,
			.until = from + DAY_S,
			.psl_discovery = settings->dmarc_discovery == DISCOVERY_PSL},
		.receiver = receiver,
		.folder = request->out != NULL ? request->out : "",
		.send = request->send,
		.sendmail = settings->report_sendmail,
		.opt_out = settings->report_opt_out,
		.dns = bureau->dns,
		.suffixes = bureau->suffixes,
		.ledger = bureau->ledger,
		.now = now,
		.out = stdout,
	};
	struct gathering gathering = {.from = from,
		.until = from + DAY_S,
		.domain = request->domain != NULL ? request->domain : "",
		.take = take_sums,
		.self = &delivery};
	struct fault fault = {""};
	bool good = gather(bureau->database, &gathering, &fault);

	if (!good)
		fprintf(stderr, "sekisho report: %s\n", fault.text);
	printf("%" PRIu64 " domains, %" PRIu64 " messages, %" PRIu64 " reports written, %" PRIu64
	       " sent, %" PRIu64 " failed\n",
		delivery.domains, delivery.messages, delivery.written, delivery.sent, delivery.failed);
	return !good ? EXIT_UNREADABLE : delivery.failed > 0 ? EXIT_DIFFERS : EXIT_DONE;
}

static int refuse(struct bureau *bureau, int64_t now)
{
	const struct request *request = bureau->request;

	if (ledger_refuse(bureau->ledger, request->address, "told by hand", now, request->again))
		return EXIT_DONE;
	fprintf(stderr, "sekisho report: the ledger cannot be written\n");
	return EXIT_UNREADABLE;
}

int report_run(int argc, char **argv)
{
	struct request request = {.verb = ""};
	struct fault fault = {""};
	int64_t now = clock_wall(), from;
	int status = read_arguments(argc, argv, &request);
	struct bureau bureau = {.request = &request};

	if (status != EXIT_DONE)
		return status < 0 ? EXIT_DONE : status;
	if (!day_of(request.day, now, &from) ||
		(request.form != NULL && strcmp(request.form, "rfc9990") != 0 &&
			strcmp(request.form, "rfc7489") != 0)) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	bureau.arena = arena_new();
	if (!bureau_open(&bureau, &fault)) {
		fprintf(stderr, "sekisho report: %s\n", fault.text);
		status = EXIT_UNREADABLE;
	} else if (strcmp(request.verb, "refuse") == 0) {
		status = refuse(&bureau, now);
	} else if (is_import(&request)) {
		status = history_import(request.address, bureau.database);
	} else {
		status = aggregate(&bureau, from, now);
	}
	bureau_close(&bureau);
	arena_free(&bureau.arena);
	return status;
}
