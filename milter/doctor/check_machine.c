/* The machine: its clock, the public suffix list, libraries, limits. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "base/text_file.h"
#include "doctor/checks.h"
#include "doctor/examination.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timex.h>

enum {
	SUFFIXES_OLD_DAYS = 365,
	DESCRIPTORS_FEW = 1024, /* a connection, a message's DNS: some hundred clients at once */
	DESCRIPTORS_TOO_FEW = 256,
	CLOCK_ERROR_MAX_US = 1000000, /* signatures are judged in seconds */
	PROC_FILE_MAX = 65536,
};

void check_clock(struct examination *examination)
{
	struct timex state = {.modes = 0};
	int clock = adjtimex(&state);

	if (clock_wall() < 1750000000) /* mid 2025: before this was written */
		note_problem(examination, "Set the clock.", "the clock is years behind");
	else if (clock < 0 || (state.status & STA_UNSYNC) != 0)
		note_warning(examination, "Run an NTP client (systemd-timesyncd, chrony, ntpd).",
			"the clock is not synchronised: signatures expire by it");
	else if (state.esterror > CLOCK_ERROR_MAX_US)
		note_warning(examination, "Look at the NTP client.", "the clock may be %ld s wrong",
			state.esterror / 1000000);
	else
		note_fine(examination, "synchronised");
}

void check_suffixes(struct examination *examination)
{
	const struct settings *settings = examination->settings;
	struct fault fault = {""};
	struct suffixes *suffixes = suffixes_open(settings->public_suffix_file,
		settings->public_suffixes.items, settings->public_suffixes.count, &fault);
	int64_t date, age;

	if (suffixes == NULL) {
		note_problem(examination, "Install the package publicsuffix, or mend public-suffix-file.",
			"%s", fault.text);
		return;
	}
	date = (int64_t)suffixes_date(suffixes);
	suffixes_close(&suffixes);
	age = settings->public_suffix_age >= 0 ? settings->public_suffix_age
	      : date > 0                       ? (clock_wall() - date) / 86400
					       : -1;
	if (age > SUFFIXES_OLD_DAYS)
		note_warning(examination, "Upgrade the package publicsuffix.",
			"the public suffix list is %lld days old: organisations may be judged wrongly",
			(long long)age);
	else if (age < 0)
		note_fine(examination, "there, its date is unknown");
	else
		note_fine(examination, "%lld days old", (long long)age);
}

/* "2.11.0" behind the library's name in the line of versions; 0 when it is not there. */
static unsigned long version_in(const char *versions, const char *library)
{
	const char *at = strstr(versions, library);
	unsigned long number = 0;
	char *end;

	if (at == NULL)
		return 0;
	at += strlen(library);
	for (int i = 0; i < 3; i++) {
		number = number * 1000 + strtoul(at, &end, 10);
		at = *end == '.' ? end + 1 : "0";
	}
	return number;
}

/* The oldest that sekisho was measured with; its guards stand in front of the defects known in them. */
static const struct {
	const char *name, *text;
	unsigned long least;
} known_versions[] = {
	{"libspf2 ", "1.2.10", 1002010},
	{"libopendkim ", "2.11.0", 2011000},
	{"OpenSSL ", "3.0.0", 3000000},
};

void check_versions(struct examination *examination)
{
	char versions[256];

	(void)libraries_versions(versions, sizeof versions);
	for (size_t i = 0; i < sizeof known_versions / sizeof known_versions[0]; i++)
		if (version_in(versions, known_versions[i].name) < known_versions[i].least) {
			note_warning(examination, "Upgrade the library.",
				"%s: sekisho knows the defects of %s%s and later", versions,
				known_versions[i].name, known_versions[i].text);
			return;
		}
	note_fine(examination, "sekisho %s, %s", PACKAGE_VERSION, versions);
}

/* The limit of the running sekishod; of this process when it does not run. */
static long descriptors_of(struct examination *examination, bool *running)
{
	const char *pid_file = examination->settings->pid_file;
	struct fault fault;
	const char *pid = pid_file[0] == '\0'
				  ? NULL
				  : text_file_read(pid_file, PROC_FILE_MAX, examination->arena, &fault);
	const char *limits = pid == NULL ? NULL
					 : text_file_read(arena_printf(examination->arena, "/proc/%ld/limits",
								  strtol(pid, NULL, 10)),
						   PROC_FILE_MAX, examination->arena, &fault);
	const char *line = limits == NULL ? NULL : strstr(limits, "Max open files");
	struct rlimit own = {.rlim_max = 0};

	*running = line != NULL;
	if (line == NULL) {
		(void)getrlimit(RLIMIT_NOFILE, &own);
		return own.rlim_max == RLIM_INFINITY ? 1 << 20 : (long)own.rlim_max;
	}
	line += strcspn(line, "0123456789");
	line += strspn(line, "0123456789");
	return strtol(line, NULL, 10); /* the second column: sekishod raises the first to it */
}

void check_descriptors(struct examination *examination)
{
	static const char advice[] = "Set LimitNOFILE= of the service to 65536.";
	bool running;
	long limit = descriptors_of(examination, &running);
	const char *whose = running ? "" : " (of this shell: sekishod does not run)";

	if (limit < DESCRIPTORS_TOO_FEW)
		note_problem(examination, advice, "only %ld file descriptors%s", limit, whose);
	else if (limit < DESCRIPTORS_FEW)
		note_warning(examination, advice, "%ld file descriptors%s", limit, whose);
	else
		note_fine(examination, "%ld%s", limit, whose);
}
