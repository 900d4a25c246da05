#include "logbook/forwarder.h"

#include <string.h>

const struct entry_cause *forwarding_cause(const struct entry *entry)
{
	for (size_t i = 0; i < entry->cause_count; i++)
		if (entry_says(entry->causes[i].act, "fw"))
			return &entry->causes[i];
	return NULL;
}

/* Does it look like a suffix below which others have names: "jp", "co.jp", "com.au"? A list would know
 * better; here it is about nothing but what is counted together. */
static bool is_suffix(struct span name)
{
	const char *dot = memchr(name.at, '.', name.len);
	size_t first = dot != NULL ? (size_t)(dot - name.at) : 0;

	return dot == NULL || (first <= 3 && name.len - first - 1 == 2);
}

static struct span without_host(struct span name)
{
	const char *dot = memchr(name.at, '.', name.len);
	struct span rest = name;

	if (dot != NULL)
		rest = (struct span){dot + 1, name.len - (size_t)(dot + 1 - name.at)};
	return is_suffix(rest) ? name : rest;
}

struct span forwarder_of(const struct entry *entry)
{
	struct span name = entry->fields[FIELD_CLIENT_NAME];

	if (forwarding_cause(entry) == NULL && entry->fields[FIELD_DMARC_OVERRIDE].len == 0)
		return (struct span){"", 0};
	return name.len > 0 ? without_host(name) : entry->fields[FIELD_CLIENT];
}
