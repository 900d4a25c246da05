#include "service/equipment.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "inspect/remark_memory.h"
#include "memory/key_memory.h"
#include "replay/evidence_writer.h"
#include "report/sink.h"
#include "service/site_secret.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <string.h>
#include <syslog.h>

static void complain(void *self, const char *text)
{
	sink_say(self, LOG_WARNING, "%s", text);
}

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
	if (equipment->sink == NULL)
		return false;
	if (settings->key_memory[0] != '\0')
		equipment->key_memory = key_memory_open(settings->key_memory,
			(struct key_memory_listener){.complain = complain, .self = equipment->sink});
	return true;
}

bool equipment_open(struct equipment *equipment, const struct settings *settings, const char *zone_path,
	struct fault *fault)
{
	struct fault masking = {""};

	*equipment = (struct equipment){.settings = settings};
	if (!open_all(equipment, zone_path, fault)) {
		equipment_close(equipment);
		return false;
	}
	question_rate_begin(&equipment->rate);
	equipment->mask =
		site_secret_mask(settings, (enum local_part_kept)settings->log_local_part, &masking);
	equipment->failure_mask = site_secret_mask(
		settings, (enum local_part_kept)settings->failure_report_local_part, &masking);
	if (masking.text[0] != '\0')
		complain(equipment->sink, masking.text);
	equipment->remarks = remark_memory_new();
	equipment->inspector = (struct inspector){
		.settings = settings,
		.suffixes = equipment->suffixes,
		.libraries = equipment->libraries,
		.dns = equipment->dns,
		.rate = &equipment->rate,
		.remarks = equipment->remarks,
		.authserv_id =
			settings->authserv_id[0] != '\0' ? settings->authserv_id : host_name(equipment->host),
		.key_memory = equipment->key_memory,
		.mask = &equipment->mask,
	};
	return true;
}

struct evidence_writer *equipment_open_evidence(const struct equipment *equipment)
{
	const struct settings *settings = equipment->settings;
	const uint64_t megabyte = 1024 * 1024;
	struct arena *arena;
	struct evidence_writer *writer;

	if (settings->key_memory[0] == '\0' || settings->evidence_keep == EVIDENCE_KEEP_NONE)
		return NULL;
	arena = arena_new();
	writer = evidence_writer_open(evidence_folder(settings->key_memory, arena),
		(unsigned)settings->evidence_count, (uint64_t)settings->evidence_megabytes * megabyte,
		(struct evidence_listener){.complain = complain, .self = equipment->sink});
	arena_free(&arena);
	return writer;
}

void equipment_close(struct equipment *equipment)
{
	remark_memory_free(&equipment->remarks);
	key_memory_close(&equipment->key_memory);
	sink_close(&equipment->sink);
	dns_close(&equipment->dns);
	arena_free(&equipment->zone_arena);
	libraries_close(&equipment->libraries);
	suffixes_close(&equipment->suffixes);
}
