#include "service/equipment.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "report/sink.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <string.h>

static bool open_dns(struct equipment *equipment, const char *zone_path, struct fault *fault)
{
	struct zone *zone;

	if (zone_path[0] == '\0') {
		equipment->dns = dns_open_network(equipment->settings, fault);
		return equipment->dns != NULL;
	}
	equipment->zone_arena = arena_new();
	zone = zone_new(equipment->zone_arena);
	if (!zone_read_file(zone, zone_path, fault))
		return false;
	equipment->dns = dns_open_zone(zone);
	return true;
}

static bool open_all(struct equipment *equipment, const char *zone_path, struct fault *fault)
{
	const struct settings *settings = equipment->settings;

	equipment->suffixes = suffixes_open(settings->public_suffix_file, settings->public_suffixes.items,
		settings->public_suffixes.count, fault);
	if (equipment->suffixes == NULL)
		return false;
	equipment->libraries = libraries_open(0, fault);
	if (equipment->libraries == NULL || !open_dns(equipment, zone_path, fault))
		return false;
	equipment->sink = sink_open(settings, fault);
	return equipment->sink != NULL;
}

bool equipment_open(struct equipment *equipment, const struct settings *settings, const char *zone_path,
	struct fault *fault)
{
	*equipment = (struct equipment){.settings = settings};
	if (!open_all(equipment, zone_path, fault)) {
		equipment_close(equipment);
		return false;
	}
	equipment->inspector = (struct inspector){
		.settings = settings,
		.suffixes = equipment->suffixes,
		.libraries = equipment->libraries,
		.dns = equipment->dns,
		.authserv_id =
			settings->authserv_id[0] != '\0' ? settings->authserv_id : host_name(equipment->host),
	};
	return true;
}

void equipment_close(struct equipment *equipment)
{
	sink_close(&equipment->sink);
	dns_close(&equipment->dns);
	arena_free(&equipment->zone_arena);
	libraries_close(&equipment->libraries);
	suffixes_close(&equipment->suffixes);
}
