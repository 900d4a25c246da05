#include "dns/zone.h"

#include "base/arena.h"
#include "base/text.h"
#include "dns/name.h"
#include "dns/presentation.h"
#include "dns/zone_data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_BUCKETS = 64,
	TTL_MAX = 0x7fffffff,     /* RFC 2181 section 8 */
	LINE_MAX_OCTETS = 300000, /* the largest TXT record with every octet escaped */
};

struct zone *zone_new(struct arena *arena)
{
	struct zone *zone = arena_alloc(arena, sizeof *zone);

	zone->arena = arena;
	zone->bucket_count = FIRST_BUCKETS;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	zone->buckets = arena_array(arena, zone->bucket_count, sizeof *zone->buckets);
	return zone;
}

static struct zone_name **bucket_of(const struct zone *zone, const char *name)
{
	static const uint64_t keys[2]; /* zones are our own: nobody floods their tables */
	uint64_t hash = name_hash(keys, name, strlen(name));

	return &zone->buckets[hash & (zone->bucket_count - 1)];
}

const struct zone_name *zone_find(const struct zone *zone, const char *name)
{
	const struct zone_name *at = *bucket_of(zone, name);

	while (at != NULL && strcmp(at->name, name) != 0)
		at = at->next;
	return at;
}

static void double_buckets(struct zone *zone)
{
	struct zone_name **old = zone->buckets;
	size_t old_count = zone->bucket_count;

	zone->bucket_count *= 2;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	zone->buckets = arena_array(zone->arena, zone->bucket_count, sizeof *zone->buckets);
	for (size_t i = 0; i < old_count; i++) {
		struct zone_name *at = old[i], *next;

		for (; at != NULL; at = next) {
			struct zone_name **bucket = bucket_of(zone, at->name);

			next = at->next;
			at->next = *bucket;
			*bucket = at;
		}
	}
}

static struct zone_name *new_name(struct zone *zone, const char *name)
{
	struct zone_name *made = arena_alloc(zone->arena, sizeof *made), **bucket;

	if (zone->name_count >= zone->bucket_count)
		double_buckets(zone);
	bucket = bucket_of(zone, name);
	made->name = name;
	made->next = *bucket;
	*bucket = made;
	zone->name_count++;
	return made;
}

/* The name, made with all names above it when it is new: those exist too (RFC 4592 section 2.2.2). */
static struct zone_name *name_in(struct zone *zone, const char *name)
{
	struct zone_name *found = (struct zone_name *)zone_find(zone, name);
	const char *above = name;

	if (found != NULL)
		return found;
	while (above[0] != '\0') {
		above = strchr(above, '.');
		above = above == NULL ? "" : above + 1;
		if (zone_find(zone, above) != NULL)
			break;
		(void)new_name(zone, above);
	}
	return new_name(zone, name);
}

static bool read_type(struct span word, struct arena *arena, enum rr_type *type, struct fault *fault)
{
	*type = rr_type_of(span_text(arena, word));
	if (*type != 0)
		return true;
	if (word.len == 0)
		fault_set(fault, "the type is missing");
	else
		fault_set(fault, "unknown type \"%.*s\" (A AAAA MX NS TXT PTR CNAME SPF)", (int)word.len,
			word.at);
	return false;
}

bool zone_add_record(struct zone *zone, const char *line, struct fault *fault)
{
	struct span rest = span_of(line), word = presentation_word(&rest);
	const char *name = presentation_name(word, zone->arena, fault);
	unsigned long ttl = ZONE_TTL;
	struct zone_record *record;
	struct zone_name *owner;

	if (name == NULL)
		return false;
	record = arena_alloc(zone->arena, sizeof *record);
	word = presentation_word(&rest);
	if (span_number(word, TTL_MAX, &ttl))
		word = presentation_word(&rest);
	record->ttl = (uint32_t)ttl;
	if (span_is(word, "IN"))
		word = presentation_word(&rest);
	if (!read_type(word, zone->arena, &record->type, fault))
		return false;
	if (!presentation_rdata(record->type, rest, zone->arena, &record->data, fault))
		return false;
	owner = name_in(zone, name);
	if (owner->last == NULL)
		owner->first = record;
	else
		owner->last->next = record;
	owner->last = record;
	return true;
}

static bool read_fault_kind(struct span word, enum zone_fault_kind *kind, struct fault *fault)
{
	static const struct {
		const char *word;
		enum zone_fault_kind kind;
	} kinds[] = {
		{"servfail", ZONE_SERVFAIL},
		{"timeout", ZONE_TIMEOUT},
		{"bogus", ZONE_BOGUS},
		{"tcp-blocked", ZONE_TCP_BLOCKED},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (span_is(word, kinds[i].word)) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	fault_set(fault, "\"%.*s\" is none of servfail, timeout, bogus, tcp-blocked", (int)word.len, word.at);
	return false;
}

bool zone_add_fault(struct zone *zone, const char *line, struct fault *fault)
{
	struct span rest = span_of(line), name = presentation_word(&rest), type = presentation_word(&rest);
	struct zone_fault *added = arena_alloc(zone->arena, sizeof *added);

	added->name = span_is(name, "*") ? "*" : presentation_name(name, zone->arena, fault);
	if (added->name == NULL)
		return false;
	if (!span_is(type, "*") && !read_type(type, zone->arena, &added->type, fault))
		return false;
	if (!read_fault_kind(rest, &added->kind, fault))
		return false;
	if (zone->last_fault == NULL)
		zone->first_fault = added;
	else
		zone->last_fault->next = added;
	zone->last_fault = added;
	return true;
}

/* "[ns1.example.net.]" or "[parent]". */
static const char *read_server(struct span word, struct arena *arena, struct fault *fault)
{
	if (span_is(word, "[parent]"))
		return "[parent]";
	if (word.len < 3 || word.at[word.len - 1] != ']') {
		fault_set(fault, "\"%.*s\" is not a server in brackets", (int)word.len, word.at);
		return NULL;
	}
	return presentation_name((struct span){.at = word.at + 1, .len = word.len - 2}, arena, fault);
}

bool zone_add_authority(struct zone *zone, const char *line, struct fault *fault)
{
	struct span rest = span_of(line), word = presentation_word(&rest);
	struct zone_authority *added = arena_alloc(zone->arena, sizeof *added);

	added->server = "";
	if (word.len > 0 && word.at[0] == '[') {
		added->server = read_server(word, zone->arena, fault);
		if (added->server == NULL)
			return false;
		word = presentation_word(&rest);
	}
	added->name = presentation_name(word, zone->arena, fault);
	if (added->name == NULL || !read_type(presentation_word(&rest), zone->arena, &added->type, fault))
		return false;
	added->absent = span_is(rest, "-");
	if (!added->absent && !presentation_rdata(added->type, rest, zone->arena, &added->data, fault))
		return false;
	if (zone->last_authority == NULL)
		zone->first_authority = added;
	else
		zone->last_authority->next = added;
	zone->last_authority = added;
	return true;
}

static bool read_line(struct zone *zone, const char *line, size_t len, struct fault *fault)
{
	struct span text = span_trim((struct span){.at = line, .len = len});

	if (len > LINE_MAX_OCTETS) {
		fault_set(fault, "the line is too long");
		return false;
	}
	if (memchr(line, '\0', len) != NULL) {
		fault_set(fault, "the line has a NUL octet");
		return false;
	}
	if (text.len == 0 || text.at[0] == ';' || text.at[0] == '#')
		return true;
	return zone_add_record(zone, line, fault);
}

bool zone_read_file(struct zone *zone, const char *path, struct fault *fault)
{
	FILE *file = fopen(path, "re");
	struct fault why = {.text = ""};
	unsigned long number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool good = true;

	if (file == NULL) {
		fault_set(fault, "%s: %s", path, strerror(errno));
		return false;
	}
	while (good && (len = getline(&line, &size, file)) >= 0) {
		number++;
		good = read_line(zone, line, (size_t)len, &why);
	}
	if (!good) {
		fault_set(fault, "%s:%lu: %s", path, number, why.text);
	} else if (ferror(file)) {
		fault_set(fault, "%s: %s", path, strerror(errno));
		good = false;
	}
	free(line);
	(void)fclose(file);
	return good;
}
