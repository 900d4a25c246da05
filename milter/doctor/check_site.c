/* The configuration, and what it names: our id, the account, folders, the log. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "doctor/checks.h"
#include "doctor/examination.h"
#include "doctor/main_cf.h"
#include "doctor/person.h"
#include "report/journal.h"
#include "service/host_name.h"
#include "settings/settings.h"

#include <string.h>
#include <sys/stat.h>

void check_configuration(struct examination *examination)
{
	if (examination->config_trouble[0] != '\0')
		note_problem(examination,
			"Mend the file (\"sekishod -t\" checks it); what follows looks at the defaults.",
			"%s", examination->config_trouble);
	else
		note_fine(examination, "%s is good", examination->config_path);
}

/* Names that mail systems of others put into the header: whoever claims one has its results removed or,
 * worse, believed. */
static bool is_of_others(const char *id)
{
	static const char *const others[] = {"google.com", "gmail.com", "outlook.com", "hotmail.com",
		"yahoo.com", "yahoo.co.jp", "icloud.com", "apple.com", "docomo.ne.jp", "microsoft.com"};

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (domain_is_below(id, others[i]))
			return true;
	return false;
}

static bool same_organization(const struct suffixes *suffixes, const char *a, const char *b)
{
	return strcmp(suffixes_organization(suffixes, a), suffixes_organization(suffixes, b)) == 0;
}

/* Does Postfix call itself something else altogether? */
static const char *other_name(struct examination *examination, const char *id)
{
	struct fault fault;
	struct suffixes *suffixes;
	const char *name = "";
	bool same;

	if (examination->postfix == NULL)
		return "";
	name = main_cf_value(examination->postfix, "myhostname", examination->arena);
	name = domain_of(examination->arena, name, strlen(name)).name;
	if (domain_labels(name) < 2)
		return "";
	suffixes = suffixes_open(examination->settings->public_suffix_file, NULL, 0, &fault);
	same = suffixes == NULL || same_organization(suffixes, name, id);
	suffixes_close(&suffixes);
	return same ? "" : name;
}

void check_authserv_id(struct examination *examination)
{
	const char *given = examination->settings->authserv_id, *other;
	bool by_host = given[0] == '\0';
	char host[HOST_NAME_SIZE];
	const char *id = by_host ? host_name(host) : given;
	struct domain domain = domain_of(examination->arena, id, strlen(id));

	if (text_starts(id, "localhost") || domain.name[0] == '\0' || domain_labels(domain.name) < 2) {
		note_problem(examination,
			"Set authserv-id to the full name of this mail server, such as mx.example.com.",
			"\"%s\"%s is no name by which others know this server", id,
			by_host ? " (the host name)" : "");
		return;
	}
	if (is_of_others(domain.name)) {
		note_problem(examination, "Set authserv-id to a name of your own.",
			"\"%s\" is the name of somebody else's mail system", id);
		return;
	}
	other = other_name(examination, domain.name);
	if (other[0] != '\0')
		note_warning(examination, "Set authserv-id to a name of this site, unless that is meant.",
			"\"%s\" is of another organisation than Postfix's myhostname, %s", id, other);
	else
		note_fine(examination, "%s%s", id, by_host ? " (the host name)" : "");
}

void check_user(struct examination *examination)
{
	const char *user = examination->settings->user;
	struct person person = person_named(user);

	if (!person.known)
		note_problem(examination,
			"Create it (systemd-sysusers does, from sekisho.sysusers.conf), or set user.",
			"there is no account \"%s\" for the workers", user);
	else if (person.user == 0 && user[0] != '\0')
		note_problem(examination, "Set user to an account without rights, such as sekisho.",
			"the workers run as root");
	else
		note_fine(examination, "%s", user[0] == '\0' ? "unchanged" : user);
}

static const char *folder_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
}

/* May the workers write there? Notes it and says false when not. */
static bool folder_is_good(struct examination *examination, const char *path, const char *option)
{
	struct person person = person_named(examination->settings->user);
	const char *folder = folder_of(path, examination->arena);
	const char *name = examination->settings->user[0] == '\0' ? "this user" : examination->settings->user;
	struct access_result result;

	if (!person.known)
		return true; /* check_user says it */
	result = person_may(&person, folder, ACCESS_WRITE | ACCESS_ENTER);
	if (result.answer == ACCESS_NOT_THERE)
		note_problem(examination,
			arena_printf(examination->arena, "Create %s for the user %s, or change %s.", folder,
				name, option),
			"%s does not exist", result.where);
	else if (result.answer == ACCESS_NO)
		note_problem(examination,
			arena_printf(examination->arena, "Give %s to the user %s, or change %s.",
				result.where, name, option),
			"%s cannot write to %s", name, result.where);
	return result.answer == ACCESS_YES;
}

void check_state(struct examination *examination)
{
	const char *memory = examination->settings->key_memory;
	struct person person = person_named(examination->settings->user);
	struct access_result file;

	if (memory[0] == '\0') {
		note_fine(examination, "nothing is kept: key-memory is empty");
		return;
	}
	if (!person.known) {
		note_fine(examination, "not looked at: see user");
		return;
	}
	if (!folder_is_good(examination, memory, "key-memory"))
		return;
	file = person_may(&person, memory, ACCESS_READ | ACCESS_WRITE);
	if (file.answer == ACCESS_NO)
		note_problem(examination, "Give the file to the user of the workers, or delete it.",
			"%s belongs to somebody else", memory);
	else
		note_fine(examination, "%s", memory);
}

static bool is_socket(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

static void check_log_file(struct examination *examination)
{
	const char *path = examination->settings->log_file;
	struct person person = person_named(examination->settings->user);
	struct access_result file = {.answer = ACCESS_NOT_THERE};

	if (path[0] == '\0') {
		note_fine(examination, "JSON lines on standard output");
		return;
	}
	if (person.known)
		file = person_may(&person, path, ACCESS_WRITE);
	if (file.answer == ACCESS_NO)
		note_problem(examination, "Give the file to the user of the workers.", "%s cannot be written",
			path);
	else if (file.answer == ACCESS_YES || folder_is_good(examination, path, "log-file"))
		note_fine(examination, "JSON lines in %s", path);
}

void check_log(struct examination *examination)
{
	switch ((enum log_sink)examination->settings->log_sink) {
	case LOG_SINK_NONE:
		note_warning(examination, "Set log-sink to auto.", "nothing is logged: log-sink is none");
		return;
	case LOG_SINK_JSON:
		check_log_file(examination);
		return;
	case LOG_SINK_AUTO:
		if (journal_is_there()) {
			note_fine(examination, "the journal");
			return;
		}
		break;
	case LOG_SINK_JOURNAL:
		if (journal_is_there())
			note_fine(examination, "the journal");
		else
			note_problem(examination, "Set log-sink to auto or syslog.",
				"there is no journal on this machine");
		return;
	case LOG_SINK_SYSLOG:
		break;
	}
	if (is_socket("/dev/log"))
		note_fine(examination, "syslog");
	else
		note_problem(examination, "Start a syslog daemon, or set log-sink to json with a log-file.",
			"nobody listens to syslog: there is no /dev/log");
}
