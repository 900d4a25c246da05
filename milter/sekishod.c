/* sekishod, the daemon: reads its arguments, then is a supervisor, a worker, or a check. */
#include "base/fault.h"
#include "service/configuration.h"
#include "service/exporter.h"
#include "service/supervisor.h"
#include "service/worker.h"
#include "service/writer.h"
#include "settings/settings.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arguments {
	const char *config_path;
	char zone_path[PATH_MAX]; /* "" without --zone */
	bool test, worker, announce, exporter, writer;
};

static const char usage[] =
	"usage: sekishod [-c FILE] [-t] [--zone FILE]\n"
	"  -c, --config FILE   the configuration (default: " SYSCONF_DIR "/sekisho.conf)\n"
	"  -t, --test          only check the configuration; exit status 0 or 78\n"
	"  -f, --foreground    stay in the foreground, which is always so\n"
	"      --zone FILE     answer DNS from a zone file: for tests, never for real mail\n"
	"  -V, --version       print the version\n"
	"  -h, --help          print this\n"
	"Examples:\n"
	"  sekishod -t                   is the configuration good?\n"
	"  systemctl reload sekishod     take it over, without losing a message\n"
	"Signals: SIGHUP or SIGUSR1 reload, SIGTERM stops when messages in progress are done.\n"
	"See sekishod(8) and sekisho.conf(5).\n";

/* Descriptors 0 to 2 must be something: what opens next would become standard error. */
static void hold_standard_descriptors(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDWR);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

/* Returns -1 to go on, else the exit status. */
static int read_arguments(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"test", no_argument, NULL, 't'},
		{"foreground", no_argument, NULL, 'f'},
		{"zone", required_argument, NULL, 'z'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{"worker", no_argument, NULL, 'w'},   /* how the supervisor calls us */
		{"announce", no_argument, NULL, 'a'}, /* likewise */
		{"exporter", no_argument, NULL, 'e'}, /* likewise */
		{"writer", no_argument, NULL, 'W'},   /* likewise */
		{NULL, 0, NULL, 0},
	};
	int found;

	while ((found = getopt_long(argc, argv, "c:tfVh", options, NULL)) != -1) {
		switch (found) {
		case 'c':
			arguments->config_path = optarg;
			break;
		case 'z':
			if (realpath(optarg, arguments->zone_path) == NULL) {
				perror(optarg);
				return EXIT_CONFIG;
			}
			break;
		case 't':
			arguments->test = true;
			break;
		case 'f':
			break;
		case 'w':
			arguments->worker = true;
			break;
		case 'a':
			arguments->announce = true;
			break;
		case 'e':
			arguments->exporter = true;
			break;
		case 'W':
			arguments->writer = true;
			break;
		case 'V':
			return puts("sekishod " PACKAGE_VERSION) < 0;
		case 'h':
			return fputs(usage, stdout) < 0;
		default:
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	(void)fprintf(stderr, "sekishod: what is \"%s\"?\n%s", argv[optind], usage);
	return EXIT_USAGE;
}

static int check_configuration(const struct arguments *arguments)
{
	struct configuration configuration;
	struct fault fault = {""};

	if (!configuration_load(&configuration, arguments->config_path, arguments->zone_path, &fault)) {
		(void)fprintf(stderr, "sekishod: %s\n", fault.text);
		return EXIT_CONFIG;
	}
	configuration_free(&configuration);
	return printf("%s is good\n", arguments->config_path) < 0;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.config_path = SYSCONF_DIR "/sekisho.conf"};
	char program[PATH_MAX];
	char config[PATH_MAX];
	int status;

	hold_standard_descriptors();
	status = read_arguments(argc, argv, &arguments);
	if (status >= 0)
		return status;
	if (arguments.worker)
		return worker_run(arguments.zone_path, arguments.announce);
	if (arguments.exporter)
		return exporter_run();
	if (arguments.writer)
		return writer_run();
	if (arguments.test)
		return check_configuration(&arguments);
	/* the paths must hold for the next program of an upgrade, and wherever we are */
	if (realpath("/proc/self/exe", program) == NULL)
		(void)snprintf(program, sizeof program, "%s", argv[0]);
	if (realpath(arguments.config_path, config) != NULL)
		arguments.config_path = config;
	return supervisor_run(&(struct supervision){
		.program = program, .config_path = arguments.config_path, .zone_path = arguments.zone_path});
}
