/* What main.cf and master.cf say about milters. */
#include "base/arena.h"
#include "base/text.h"
#include "doctor/checks.h"
#include "doctor/examination.h"
#include "doctor/main_cf.h"
#include "settings/settings.h"

#include <stdlib.h>
#include <string.h>

enum mine {
	MINE_NO,
	MINE_YES,
	MINE_BEHIND_CHROOT, /* the right path, but smtpd sees another folder as "/" */
};

static bool host_is_here(const char *host)
{
	return host[0] == '\0' || strcmp(host, "*") == 0 || text_equal(host, "localhost") ||
	       strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
}

static bool is_our_port(const struct examination *examination, const char *endpoint)
{
	const struct listen_address *ours = &examination->address;
	const char *host = endpoint + strlen("inet:"), *port = strrchr(host, ':');
	const char *name;

	if (ours->kind == LISTEN_UNIX || port == NULL || strcmp(port + 1, ours->port) != 0)
		return false;
	name = arena_copy(examination->arena, host, (size_t)(port - host));
	if (name[0] == '[')
		name = arena_copy(examination->arena, name + 1, strcspn(name + 1, "]"));
	return text_equal(name, ours->host) || (host_is_here(name) && host_is_here(ours->host));
}

static enum mine whose(const struct examination *examination, const char *endpoint, bool chrooted)
{
	const char *queue = main_cf_value(examination->postfix, "queue_directory", examination->arena);
	const char *ours = examination->address.path, *path;

	if (!examination->address_known)
		return MINE_NO;
	if (text_starts(endpoint, "inet:"))
		return is_our_port(examination, endpoint) ? MINE_YES : MINE_NO;
	if (!text_starts(endpoint, "unix:") || examination->address.kind != LISTEN_UNIX)
		return MINE_NO;
	path = endpoint + strlen("unix:");
	if (path[0] == '/' && !chrooted)
		return strcmp(path, ours) == 0 ? MINE_YES : MINE_NO;
	if (strcmp(arena_printf(examination->arena, "%s%s%s", queue, path[0] == '/' ? "" : "/", path),
		    ours) == 0)
		return MINE_YES;
	return strcmp(path, ours) == 0 ? MINE_BEHIND_CHROOT : MINE_NO;
}

/* The milters for mail from outside. */
struct list {
	struct milter items[MILTERS_MAX];
	size_t count;
	size_t ours; /* its index; count when it is not there */
	enum mine mine;
};

static struct list milters_asked(const struct examination *examination)
{
	const struct main_cf *postfix = examination->postfix;
	const struct service *smtpd = main_cf_smtpd(postfix);
	const char *value = smtpd != NULL && smtpd->milters != NULL
				    ? smtpd->milters
				    : main_cf_value(postfix, "smtpd_milters", examination->arena);
	struct list list = {.mine = MINE_NO};

	list.count = milters_of(value, list.items, examination->arena);
	list.ours = list.count;
	for (size_t i = 0; i < list.count && list.mine == MINE_NO; i++) {
		list.mine = whose(examination, list.items[i].endpoint, smtpd != NULL && smtpd->chrooted);
		if (list.mine != MINE_NO)
			list.ours = i;
	}
	return list;
}

void check_milters(struct examination *examination)
{
	struct list list = milters_asked(examination);
	const char *queue = main_cf_value(examination->postfix, "queue_directory", examination->arena);
	const char *value = main_cf_value(examination->postfix, "smtpd_milters", examination->arena);

	switch (list.mine) {
	case MINE_YES:
		note_fine(examination, "Postfix asks sekisho (%s)", list.items[list.ours].endpoint);
		break;
	case MINE_BEHIND_CHROOT:
		note_problem(examination,
			arena_printf(examination->arena,
				"Put the socket into %s (socket = unix:%s/sekisho/sekisho.sock) and write "
				"smtpd_milters = unix:sekisho/sekisho.sock.",
				queue, queue),
			"smtpd runs in the chroot %s and cannot see %s", queue, examination->address.path);
		break;
	default:
		note_problem(examination,
			arena_printf(examination->arena,
				"Run \"sekisho-postfix enable\": it puts the socket of sekisho.conf (%s) "
				"first "
				"into smtpd_milters, and reloads Postfix.",
				examination->settings->socket),
			"Postfix does not ask sekisho: smtpd_milters = %s",
			value[0] == '\0' ? "(empty)" : value);
	}
}

/* By its name, or the port that its manual proposes: does it change or sign mail? */
static bool is_signer(const char *endpoint)
{
	static const char *const traces[] = {
		"opendkim", "dkim", ":8891", ":12301", "signing", "amavis", "arc"};

	for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++)
		if (text_find(endpoint, strlen(endpoint), traces[i]) != NULL)
			return true;
	return false;
}

void check_order(struct examination *examination)
{
	struct list list = milters_asked(examination);

	for (size_t i = 0; i < list.ours && list.mine != MINE_NO; i++) {
		if (!is_signer(list.items[i].endpoint))
			continue;
		note_problem(examination, "Put sekisho first in smtpd_milters.",
			"%s signs or changes mail before sekisho sees it", list.items[i].endpoint);
		return;
	}
	if (list.mine != MINE_NO && list.ours > 0)
		note_warning(examination, "Put sekisho first in smtpd_milters.",
			"%s sees mail before sekisho; what it changes looks like a broken signature",
			list.items[0].endpoint);
	else
		note_fine(examination, "no milter comes before sekisho");
}

void check_default_action(struct examination *examination)
{
	struct list list = milters_asked(examination);
	const char *action = list.ours < list.count ? list.items[list.ours].default_action : "";

	if (action[0] == '\0')
		action = main_cf_value(examination->postfix, "milter_default_action", examination->arena);
	if (text_equal(action, "reject") || text_equal(action, "shutdown"))
		note_problem(examination, "Write { unix:..., default_action = tempfail }, or accept.",
			"while sekisho is away, mail is lost: the default action is %s", action);
	else if (text_equal(action, "accept") || text_equal(action, "tempfail"))
		note_fine(examination, "%s while sekisho is away", action);
	else
		note_warning(examination, "Write tempfail or accept.",
			"the default action is %s: mail needs somebody's hand while sekisho is away", action);
}

void check_local_mail(struct examination *examination)
{
	const char *value = main_cf_value(examination->postfix, "non_smtpd_milters", examination->arena);
	struct milter milters[MILTERS_MAX];
	size_t count = milters_of(value, milters, examination->arena);

	for (size_t i = 0; i < count; i++)
		if (whose(examination, milters[i].endpoint, false) != MINE_NO) {
			note_warning(examination, "Take sekisho out of non_smtpd_milters.",
				"mail of local programs goes through sekisho and has no client to check");
			return;
		}
	note_fine(examination, "mail of local programs does not go through sekisho");
}

void check_submission(struct examination *examination)
{
	const struct main_cf *postfix = examination->postfix;

	if (!postfix->master_read) {
		note_warning(examination, "Give the folder of main.cf and master.cf.",
			"there is no master.cf in %s", postfix->folder);
		return;
	}
	for (size_t i = 0; i < postfix->service_count; i++) {
		const struct service *service = &postfix->services[i];

		if (text_starts(service->name, "submission") && service->milters == NULL &&
			!examination->settings->skip_authenticated) {
			note_warning(examination,
				"Set skip-authenticated = yes, or -o smtpd_milters= for this service in "
				"master.cf.",
				"mail of your own users (%s) is checked as if it came from outside",
				service->name);
			return;
		}
	}
	note_fine(examination, "mail of your own users is not checked");
}

/* "300s", "5m", "1h" in seconds. */
static long seconds_of(const char *text)
{
	char *unit;
	long number = strtol(text, &unit, 10);

	return *unit == 'm'   ? number * 60
	       : *unit == 'h' ? number * 3600
	       : *unit == 'd' ? number * 86400
			      : number;
}

void check_protocol(struct examination *examination)
{
	const char *version = main_cf_value(examination->postfix, "milter_protocol", examination->arena);
	const char *content =
		main_cf_value(examination->postfix, "milter_content_timeout", examination->arena);
	const char *macros = main_cf_value(examination->postfix, "milter_mail_macros", examination->arena);
	long deadline = examination->settings->message_deadline_ms / 1000;

	if (strtol(version, NULL, 10) < 6)
		note_problem(examination, "Set milter_protocol = 6.", "milter_protocol is %s", version);
	else if (seconds_of(content) < deadline + 10)
		note_problem(examination, "Set milter_content_timeout to its default, 300s.",
			"Postfix gives up after %s; sekisho may wait %ld s for DNS", content, deadline);
	else if (strstr(macros, "auth_authen") == NULL)
		note_warning(examination, "Add {auth_authen} to milter_mail_macros.",
			"Postfix does not say who is authenticated: your users' mail is checked too");
	else
		note_fine(examination, "version %s, %s for the end of a message", version, content);
}
