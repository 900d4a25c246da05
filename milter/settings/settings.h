/* The configuration: immutable after it was read, shared by all threads. */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include "base/fault.h"
#include "base/netaddr.h"

#include <stdbool.h>
#include <stddef.h>

enum action { ACTION_ACCEPT, ACTION_QUARANTINE, ACTION_REJECT, ACTION_TEMPFAIL };
enum header_from { HEADER_FROM_RECORD, HEADER_FROM_AUTHOR };
enum unsigned_tail { UNSIGNED_TAIL_POLICY, UNSIGNED_TAIL_PASS };
enum discovery { DISCOVERY_TREE, DISCOVERY_PSL };
enum evidence_keep { EVIDENCE_KEEP_HEADERS, EVIDENCE_KEEP_BODIES, EVIDENCE_KEEP_NONE };
enum evidence_of { EVIDENCE_OF_CAUSES, EVIDENCE_OF_ALL };
enum log_sink { LOG_SINK_AUTO, LOG_SINK_JOURNAL, LOG_SINK_SYSLOG, LOG_SINK_JSON, LOG_SINK_NONE };

struct text_list {
	const char *const *items;
	size_t count;
};

struct network_list {
	const struct network *items;
	size_t count;
};

struct settings {
#define SECTION(title)
#define TEXT(field, name, shape, initial, help) const char *field;
#define FLAG(field, name, initial, help) bool field;
#define NUMBER(field, name, initial, least, most, help) long field;
#define CHOICE(field, name, initial, words, help) int field;
#define LIST(field, name, shape, initial, help) struct text_list field;
#define NETWORKS(field, name, initial, help) struct network_list field;
#include "settings/options.def"
#undef SECTION
#undef TEXT
#undef FLAG
#undef NUMBER
#undef CHOICE
#undef LIST
#undef NETWORKS
};

/* All options at their defaults. */
struct settings *settings_new(void);

/* Reads a file over the defaults: "name = value" lines, "name += value" to add to a list. NULL with
 * "FILE:LINE: what is wrong" in fault. */
struct settings *settings_read(const char *path, struct fault *fault);
void settings_free(struct settings **settings);

/* Sets one option from text. A list option gets the item, or the items with commas between, in
 * addition to those it has; empty text empties it. For .case files and the command line, before the
 * settings are shared. False with the reason in fault, which names the option. */
bool settings_set(struct settings *settings, const char *name, const char *value, struct fault *fault);

bool network_list_contains(const struct network_list *list, const struct netaddr *addr);

#endif
