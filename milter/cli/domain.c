#include "cli/domain.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "cli/domain_json.h"
#include "cli/domain_text.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/usual_settings.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "memory/key_memory.h"
#include "settings/settings.h"
#include "survey/survey.h"
#include "verify/verify.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: sekisho domain NAME [--selector S]... [--client IP] [--zone FILE]\n"
	"                      [--language en|ja] [--config FILE] [--json]\n"
	"Shows what a domain publishes for mail - SPF as a tree, MX, DKIM keys, DMARC - and says\n"
	"what is wrong with it, who must act, and what to publish.\n"
	"  --selector S   look for this DKIM selector too, and explain when it has no key;\n"
	"                 may be given several times (s= in a DKIM-Signature field)\n"
	"  --client IP    what would SPF say of mail from this address, and what is to be published?\n"
	"  --zone FILE    answer DNS from this zone file instead of the network\n"
	"  --language     of the sentences: en or ja (default: log-language of the settings)\n"
	"  --config FILE  settings: name servers, key memory (default: " SYSCONF_DIR
	"/sekisho.conf if there)\n"
	"  --json         print one JSON object\n"
	"Example:\n"
	"  sekisho domain example.com --selector default --client 192.0.2.25\n"
	"      may this host send for the domain, and is the key where it should be?\n"
	"Exit status: 0 nothing is wrong, 1 something is, 2 usage, 3 unreadable input.\n";

enum { SELECTORS_GIVEN_MAX = 16 };

struct request {
	const char *name, *zone_path, *config_path, *language;
	const char *selectors[SELECTORS_GIVEN_MAX];
	size_t selector_count;
	const char *client;
	bool json;
};

/* What a survey stands on; closed together. */
struct stand {
	struct arena *arena;
	struct settings *settings;
	struct suffixes *suffixes;
	struct libraries *libraries;
	struct dns *dns;
	struct key_memory *memory;
};

static void stand_close(struct stand *stand)
{
	key_memory_close(&stand->memory);
	dns_close(&stand->dns);
	libraries_close(&stand->libraries);
	suffixes_close(&stand->suffixes);
	settings_free(&stand->settings);
	arena_free(&stand->arena);
}

/* Only a memory that is there: looking at a domain begins none. With a zone file it would not fit. */
static void open_memory(struct stand *stand, const struct request *request)
{
	const struct key_memory_listener silent = {.complain = NULL};
	const char *path = stand->settings->key_memory;

	if (path[0] != '\0' && request->zone_path == NULL && access(path, R_OK | W_OK) == 0)
		stand->memory = key_memory_open(path, silent);
}

static bool stand_open(struct stand *stand, const struct request *request, struct fault *fault)
{
	const struct settings *settings;
	struct zone *zone = NULL;

	stand->settings = usual_settings(request->config_path, fault);
	settings = stand->settings;
	if (settings == NULL)
		return false;
	stand->suffixes = suffixes_open(settings->public_suffix_file, settings->public_suffixes.items,
		settings->public_suffixes.count, fault);
	stand->libraries = stand->suffixes == NULL ? NULL : libraries_open(0, fault);
	if (stand->libraries == NULL)
		return false;
	if (request->zone_path != NULL) {
		zone = zone_new(stand->arena);
		if (!zone_read_file(zone, request->zone_path, fault))
			return false;
	}
	stand->dns = zone != NULL ? dns_open_zone(zone) : dns_open_network(settings, fault);
	open_memory(stand, request);
	return stand->dns != NULL;
}

static bool take_selector(void *self, const char *value)
{
	struct request *request = self;

	if (request->selector_count == SELECTORS_GIVEN_MAX)
		return false;
	request->selectors[request->selector_count++] = value;
	return true;
}

static bool take_language(void *self, const char *value)
{
	struct request *request = self;

	request->language = value;
	return strcmp(value, "en") == 0 || strcmp(value, "ja") == 0;
}

/* EXIT_DONE, or -1 when the help was all, or EXIT_USAGE. */
static int read_arguments(int argc, char **argv, struct request *request)
{
	const struct cli_option options[] = {
		{"selector", .take = take_selector, .self = request},
		{"client", .text = &request->client},
		{"zone", .text = &request->zone_path},
		{"language", .take = take_language, .self = request},
		{"config", .text = &request->config_path},
		{"json", .flag = &request->json},
		{.name = NULL},
	};
	int status = options_read(argc, argv, usage, options, EXIT_USAGE);

	if (status != EXIT_DONE)
		return status;
	if (argc - optind != 1) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	request->name = argv[optind];
	return EXIT_DONE;
}

/* A whole address or key name may be pasted: what is behind "@" or "._domainkey." is the domain. */
static struct domain domain_given(const char *text, struct arena *arena)
{
	const char *at = strrchr(text, '@'), *key = text_find(text, strlen(text), "._domainkey.");

	if (key != NULL)
		text = key + strlen("._domainkey.");
	else if (at != NULL)
		text = at + 1;
	return domain_of(arena, text, strlen(text));
}

/* Usable as a part of a name, whatever was typed. */
static bool check_selectors(const struct request *request, struct arena *arena, struct fault *fault)
{
	for (size_t i = 0; i < request->selector_count; i++) {
		const char *selector = request->selectors[i];

		if (domain_of(arena, selector, strlen(selector)).name[0] != '\0')
			continue;
		fault_set(fault, "\"%s\" cannot be a DKIM selector", selector);
		return false;
	}
	return true;
}

static bool survey_set(const struct request *request, struct stand *stand, struct survey_request *survey,
	struct fault *fault)
{
	struct domain domain = domain_given(request->name, stand->arena);

	if (domain.name[0] == '\0') {
		fault_set(fault, "\"%s\" is not a domain name: %s", request->name, domain.why_not);
		return false;
	}
	*survey = (struct survey_request){
		.domain = domain.name,
		.selectors = {request->selectors, request->selector_count},
		.language = request->language == NULL
				    ? (enum language)stand->settings->log_language
				    : (strcmp(request->language, "ja") == 0 ? LANGUAGE_JA : LANGUAGE_EN),
	};
	if (request->client != NULL && !netaddr_parse(request->client, &survey->client)) {
		fault_set(fault, "\"%s\" is not an IP address", request->client);
		return false;
	}
	if (netaddr_is_private(&survey->client)) {
		fault_set(fault, "%s is a private address: nobody on the Internet sees mail come from it",
			request->client);
		return false;
	}
	if (stand->memory != NULL)
		survey->remembered = key_memory_of(stand->memory, domain.name, stand->arena);
	return check_selectors(request, stand->arena, fault);
}

static int show(const struct request *request, struct stand *stand, const struct survey_request *wanted)
{
	const struct work tools = {
		.libraries = stand->libraries,
		.settings = stand->settings,
		.suffixes = stand->suffixes,
		.dns = stand->dns,
		.arena = stand->arena,
		.now = clock_wall(),
	};
	const struct survey *survey = survey_make(&tools, wanted);

	if (request->json)
		printf("%s\n", domain_json(survey, stand->arena));
	else
		domain_text_print(survey, wanted->language, stand->arena, stdout);
	return survey_is_bad(survey) ? EXIT_DIFFERS : EXIT_DONE;
}

int domain_run(int argc, char **argv)
{
	struct request request = {.name = NULL};
	struct fault fault = {""};
	struct survey_request wanted;
	int status = read_arguments(argc, argv, &request);
	struct stand stand = {.arena = NULL};

	if (status != EXIT_DONE)
		return status < 0 ? EXIT_DONE : status;
	stand.arena = arena_new();
	if (stand_open(&stand, &request, &fault) && survey_set(&request, &stand, &wanted, &fault)) {
		status = show(&request, &stand, &wanted);
	} else {
		fprintf(stderr, "sekisho domain: %s\n", fault.text);
		status = EXIT_UNREADABLE;
	}
	stand_close(&stand);
	return status;
}
