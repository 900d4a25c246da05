#include "cli/bureau.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "cli/usual_settings.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "feedback/ledger.h"
#include "store/database.h"

#include <unistd.h>

static const char *receiver_of(struct bureau *bureau)
{
	if (bureau->settings->authserv_id[0] != '\0')
		return bureau->settings->authserv_id;
	if (gethostname(bureau->host, sizeof bureau->host - 1) != 0)
		(void)snprintf(bureau->host, sizeof bureau->host, "localhost");
	return bureau->host;
}

static bool open_for_sending(struct bureau *bureau, const struct bureau_request *request, struct fault *fault)
{
	const struct settings *settings = bureau->settings;

	bureau->suffixes = suffixes_open(settings->public_suffix_file, settings->public_suffixes.items,
		settings->public_suffixes.count, fault);
	if (bureau->suffixes == NULL)
		return false;
	if (request->zone_path != NULL) {
		struct zone *zone = zone_new(bureau->arena);

		if (!zone_read_file(zone, request->zone_path, fault))
			return false;
		bureau->dns = dns_open_zone(zone);
	} else {
		bureau->dns = dns_open_network(settings, fault);
	}
	return bureau->dns != NULL;
}

bool bureau_open(struct bureau *bureau, const struct bureau_request *request, struct fault *fault)
{
	const char *store;

	*bureau = (struct bureau){.arena = arena_new()};
	bureau->settings = usual_settings(request->config_path, fault);
	if (bureau->settings == NULL)
		return false;
	if (request->send || request->ledger_alone) {
		bureau->ledger = ledger_open(bureau->settings->report_ledger, fault);
		if (bureau->ledger == NULL)
			return false;
	}
	if (request->ledger_alone)
		return true;
	store = request->store != NULL ? request->store : bureau->settings->store;
	bureau->database = database_open(store, request->may_write, fault);
	return bureau->database != NULL && (!request->send || open_for_sending(bureau, request, fault));
}

void bureau_close(struct bureau *bureau)
{
	ledger_close(&bureau->ledger);
	dns_close(&bureau->dns);
	suffixes_close(&bureau->suffixes);
	database_close(&bureau->database);
	settings_free(&bureau->settings);
	arena_free(&bureau->arena);
}

struct post bureau_post(struct bureau *bureau, const struct bureau_request *request, int64_t now)
{
	const struct settings *settings = bureau->settings;
	const char *receiver = receiver_of(bureau);

	return (struct post){
		.receiver = receiver,
		.email = settings->report_email[0] != '\0'
				 ? settings->report_email
				 : arena_printf(bureau->arena, "postmaster@%s", receiver),
		.folder = request->folder != NULL ? request->folder : "",
		.send = request->send,
		.sendmail = settings->report_sendmail,
		.opt_out = settings->report_opt_out,
		.dns = bureau->dns,
		.suffixes = bureau->suffixes,
		.ledger = bureau->ledger,
		.now = now,
		.out = stdout,
	};
}
