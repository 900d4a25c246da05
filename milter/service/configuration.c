#include "service/configuration.h"

#include "base/clock.h"
#include "service/worker.h"
#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opening everything takes milliseconds; a public suffix list of some servers a second. */
enum { TRIAL_MS = 20000 };

static bool copy_into(int from, int to)
{
	char piece[4096];
	ssize_t got;

	while ((got = read(from, piece, sizeof piece)) > 0)
		if (write(to, piece, (size_t)got) != got)
			return false;
	return got == 0;
}

static int sealed_copy(const char *path, struct fault *fault)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int copy = memfd_create("sekisho.conf", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (file >= 0 && copy >= 0 && copy_into(file, copy) &&
		fcntl(copy, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0) {
		(void)close(file);
		return copy;
	}
	fault_set(fault, "%s cannot be read as uid %u: %s", path, (unsigned)geteuid(), strerror(errno));
	if (file >= 0)
		(void)close(file);
	if (copy >= 0)
		(void)close(copy);
	return -1;
}

/* The child of a trial: tells its fault through the pipe and by its status. */
static void try_in_child(const struct settings *settings, const char *zone_path, int tell)
{
	struct fault fault = {""};
	bool good;

	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	good = worker_try(settings, zone_path, &fault);
	if (!good)
		(void)!write(tell, fault.text, strlen(fault.text));
	_exit(good ? EXIT_SUCCESS : EXIT_CONFIG);
}

/* What the child tells until it ends, or until it took too long: the supervisor has others to look after. */
static size_t listen_to(int end, char *told, size_t size, bool *in_time)
{
	int64_t until_ms = clock_monotonic_ms() + TRIAL_MS;
	struct pollfd asked = {.fd = end, .events = POLLIN};
	size_t len = 0;

	for (;;) {
		int64_t left_ms = until_ms - clock_monotonic_ms();
		ssize_t got;

		*in_time = left_ms > 0;
		if (!*in_time)
			return len;
		if (poll(&asked, 1, (int)left_ms) <= 0)
			continue;
		got = read(end, told + len, size - 1 - len);
		if (got == 0 || (got < 0 && errno != EINTR))
			return len;
		len += got > 0 ? (size_t)got : 0;
	}
}

/* The libraries start threads and keep global state: none of that belongs into the supervisor. */
static bool trial(const struct settings *settings, const char *zone_path, struct fault *fault)
{
	char told[sizeof fault->text] = "";
	size_t len = 0;
	bool in_time = true;
	int ends[2];
	int status = 0;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0 || (child = fork()) < 0) {
		fault_set(fault, "no process to try the configuration in: %s", strerror(errno));
		return false;
	}
	if (child == 0)
		try_in_child(settings, zone_path, ends[1]);
	(void)close(ends[1]);
	len = listen_to(ends[0], told, sizeof told, &in_time);
	(void)close(ends[0]);
	if (!in_time)
		(void)kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		return true;
	if (!in_time)
		fault_set(fault,
			"trying these settings took longer than %d s: a file or server that does not answer",
			TRIAL_MS / 1000);
	else if (len > 0)
		fault_set(fault, "%s", told);
	else
		fault_set(fault, "a worker would not start: it ended with %s %d",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return false;
}

/* What is checked is what the workers will read, also when somebody saves the file just now. The file itself
 * is read for its name in the fault only. */
static struct settings *read_copy(int copy_fd, const char *path, struct fault *fault)
{
	struct settings *settings;
	char copy[32];

	(void)snprintf(copy, sizeof copy, "/proc/self/fd/%d", copy_fd);
	settings = settings_read(copy, fault);
	if (settings != NULL)
		return settings;
	settings = settings_read(path, fault);
	if (settings != NULL)
		fault_set(fault, "%s was changed while it was read: try again", path);
	settings_free(&settings);
	return NULL;
}

bool configuration_load(
	struct configuration *configuration, const char *path, const char *zone_path, struct fault *fault)
{
	struct configuration loaded = {.copy_fd = -1};

	loaded.copy_fd = sealed_copy(path, fault);
	if (loaded.copy_fd < 0)
		return false;
	loaded.settings = read_copy(loaded.copy_fd, path, fault);
	if (loaded.settings == NULL ||
		!listen_address_parse(loaded.settings->socket, &loaded.address, fault) ||
		!listen_owner_of(loaded.settings, &loaded.owner, fault) ||
		!trial(loaded.settings, zone_path, fault)) {
		configuration_free(&loaded);
		return false;
	}
	*configuration = loaded;
	return true;
}

void configuration_free(struct configuration *configuration)
{
	settings_free(&configuration->settings);
	if (configuration->copy_fd >= 0)
		(void)close(configuration->copy_fd);
	configuration->copy_fd = -1;
}
