#include "cli/evaluation.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "cli/file.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "inspect/inspection.h"
#include "message/header_list.h"
#include "replay/case_file.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <unistd.h>

struct evaluation {
	struct arena *arena;
	struct settings *settings;
	struct suffixes *suffixes;
	struct libraries *libraries;
	struct dns *dns;
	struct inspector inspector;
	struct inspection *inspection;

	struct netaddr client;
	const char *helo, *mail_from, *auth_user;
	bool smtputf8;
	const char *const *recipients;
	size_t recipient_count;
	struct remembered_keys remembered;
	struct body_digests body_digests;
	char *message;
	size_t message_len;
};

static const char *authserv_id_of(const struct settings *settings, struct arena *arena)
{
	char name[256] = "";

	if (settings->authserv_id[0] != '\0')
		return settings->authserv_id;
	if (gethostname(name, sizeof name - 1) != 0)
		return "localhost";
	return arena_text(arena, name);
}

/* What is the same for cases and files. zone NULL asks the network. */
static bool open_inspector(
	struct evaluation *evaluation, const struct zone *zone, int64_t now, struct fault *fault)
{
	const struct settings *settings = evaluation->settings;

	evaluation->suffixes = suffixes_open(settings->public_suffix_file, settings->public_suffixes.items,
		settings->public_suffixes.count, fault);
	if (evaluation->suffixes == NULL)
		return false;
	evaluation->libraries = libraries_open(now, fault);
	if (evaluation->libraries == NULL)
		return false;
	evaluation->dns = zone != NULL ? dns_open_zone(zone) : dns_open_network(settings, fault);
	if (evaluation->dns == NULL)
		return false;
	evaluation->inspector = (struct inspector){
		.settings = settings,
		.suffixes = evaluation->suffixes,
		.libraries = evaluation->libraries,
		.dns = evaluation->dns,
		.authserv_id = authserv_id_of(settings, evaluation->arena),
		.fixed_now = now,
		.remembered = evaluation->remembered,
		.body_digests = evaluation->body_digests,
	};
	evaluation->inspection = inspection_new(&evaluation->inspector);
	return true;
}

static struct evaluation *evaluation_new(struct settings *settings)
{
	struct evaluation *evaluation = calloc(1, sizeof *evaluation);

	if (evaluation == NULL)
		abort();
	evaluation->arena = arena_new();
	evaluation->settings = settings;
	return evaluation;
}

static bool read_message(struct evaluation *evaluation, const char *path, struct fault *fault)
{
	evaluation->message = file_read(path, &evaluation->message_len, fault);
	return evaluation->message != NULL;
}

static bool read_session(
	struct evaluation *evaluation, const struct session_facts *session, struct fault *fault)
{
	if (session->client[0] != '\0' && !netaddr_parse(session->client, &evaluation->client)) {
		fault_set(fault, "\"%s\" is not an IP address", session->client);
		return false;
	}
	evaluation->helo = session->helo;
	evaluation->mail_from = session->mail_from;
	evaluation->auth_user = session->auth_user;
	evaluation->smtputf8 = session->smtputf8;
	return true;
}

struct evaluation *evaluation_open(struct settings *settings, const struct session_facts *session,
	const char *message_path, struct fault *fault)
{
	struct evaluation *evaluation = evaluation_new(settings);
	struct zone *zone = NULL;
	bool done = read_session(evaluation, session, fault) && read_message(evaluation, message_path, fault);

	if (done && session->zone_path[0] != '\0') {
		zone = zone_new(evaluation->arena);
		done = zone_read_file(zone, session->zone_path, fault);
	}
	if (!done || !open_inspector(evaluation, zone, session->now, fault))
		evaluation_close(&evaluation);
	return evaluation;
}

struct evaluation *evaluation_open_case(
	struct settings *settings, const struct case_file *file, struct fault *fault)
{
	struct evaluation *evaluation = evaluation_new(settings);

	evaluation->client = file->client;
	evaluation->helo = file->helo;
	evaluation->mail_from = file->mail_from;
	evaluation->auth_user = file->auth_user;
	evaluation->smtputf8 = file->smtputf8;
	evaluation->recipients = file->recipients;
	evaluation->recipient_count = file->recipient_count;
	evaluation->remembered = file->seen_keys;
	evaluation->body_digests = file->body_digests;
	if (!case_file_apply_options(file, settings, fault) ||
		!read_message(evaluation, file->message_path, fault) ||
		!open_inspector(evaluation, file->zone, file->now, fault))
		evaluation_close(&evaluation);
	return evaluation;
}

void evaluation_close(struct evaluation **evaluation)
{
	struct evaluation *closing;

	if (evaluation == NULL || *evaluation == NULL)
		return;
	closing = *evaluation;
	inspection_free(&closing->inspection);
	dns_close(&closing->dns);
	libraries_close(&closing->libraries);
	suffixes_close(&closing->suffixes);
	settings_free(&closing->settings);
	arena_free(&closing->arena);
	free(closing->message);
	free(closing);
	*evaluation = NULL;
}

/* Feeds the fields as the MTA would; returns the offset of the body. */
static size_t feed_header(struct evaluation *evaluation)
{
	struct header_list header = header_list_new(evaluation->arena);
	size_t body = header_list_read(&header, evaluation->message, evaluation->message_len);

	for (size_t i = 0; i < header.count; i++)
		inspection_header(evaluation->inspection, header.fields[i].name, header.fields[i].value,
			header.fields[i].value_len);
	inspection_headers_done(evaluation->inspection);
	return body;
}

const struct findings *evaluation_run(struct evaluation *evaluation)
{
	struct inspection *inspection = evaluation->inspection;
	size_t body;

	inspection_connect(inspection, evaluation->client, "");
	inspection_helo(inspection, evaluation->helo);
	inspection_begin(inspection, evaluation->mail_from, evaluation->auth_user, evaluation->smtputf8);
	for (size_t i = 0; i < evaluation->recipient_count; i++)
		inspection_recipient(inspection, evaluation->recipients[i]);
	body = feed_header(evaluation);
	if (inspection_wants_body(inspection) && body < evaluation->message_len)
		inspection_body(inspection, evaluation->message + body, evaluation->message_len - body);
	(void)inspection_finish(inspection, "");
	return inspection_deepen(inspection);
}

const struct settings *evaluation_settings(const struct evaluation *evaluation)
{
	return evaluation->settings;
}

const char *evaluation_message(const struct evaluation *evaluation, size_t *len)
{
	*len = evaluation->message_len;
	return evaluation->message;
}

struct arena *evaluation_arena(struct evaluation *evaluation)
{
	return evaluation->arena;
}
