#include "logbook/entry.h"

#include <string.h>

/* In the order of the enum. */
static const char *const names[FIELD_COUNT] = {
#define NAME(text)                                                                                           \
	{                                                                                                    \
		text, sizeof text - 1                                                                        \
	}
	[FIELD_QUEUE_ID] = "queue_id",
	[FIELD_CLIENT] = "client",
	[FIELD_CLIENT_NAME] = "client_name",
	[FIELD_HELO] = "helo",
	[FIELD_MAIL_FROM] = "mail_from",
	[FIELD_FROM] = "from",
	[FIELD_FROM_DOMAIN] = "from_domain",
	[FIELD_FROM_WHY_NOT] = "from_why_not",
	[FIELD_SPF] = "spf",
	[FIELD_SPF_DOMAIN] = "spf_domain",
	[FIELD_DKIM] = "dkim",
	[FIELD_DMARC] = "dmarc",
	[FIELD_DMARC_POLICY] = "dmarc_policy",
	[FIELD_DMARC_OVERRIDE] = "dmarc_override",
	[FIELD_IPREV] = "iprev",
	[FIELD_SKIPPED] = "skipped",
	[FIELD_ACTION] = "action",
	[FIELD_WOULD] = "would",
	[FIELD_OPTION] = "option",
	[FIELD_CAUSE] = "cause",
	[FIELD_CONF] = "conf",
	[FIELD_ACT] = "act",
	[FIELD_TEXT] = "text",
	[FIELD_FIX] = "fix",
};

/* By the length of the name; FIELD_COUNT ends each list. */
enum { LENGTH_MAX = 14, SAME_LENGTH_MAX = 6 };
static const unsigned char by_length[LENGTH_MAX + 1][SAME_LENGTH_MAX] = {
	[0] = {FIELD_COUNT},
	[1] = {FIELD_COUNT},
	[2] = {FIELD_COUNT},
	[3] = {FIELD_SPF, FIELD_ACT, FIELD_FIX, FIELD_COUNT},
	[4] = {FIELD_FROM, FIELD_HELO, FIELD_DKIM, FIELD_CONF, FIELD_TEXT, FIELD_COUNT},
	[5] = {FIELD_DMARC, FIELD_IPREV, FIELD_CAUSE, FIELD_WOULD, FIELD_COUNT},
	[6] = {FIELD_CLIENT, FIELD_ACTION, FIELD_OPTION, FIELD_COUNT},
	[7] = {FIELD_SKIPPED, FIELD_COUNT},
	[8] = {FIELD_QUEUE_ID, FIELD_COUNT},
	[9] = {FIELD_MAIL_FROM, FIELD_COUNT},
	[10] = {FIELD_SPF_DOMAIN, FIELD_COUNT},
	[11] = {FIELD_CLIENT_NAME, FIELD_FROM_DOMAIN, FIELD_COUNT},
	[12] = {FIELD_FROM_WHY_NOT, FIELD_DMARC_POLICY, FIELD_COUNT},
	[13] = {FIELD_COUNT},
	[14] = {FIELD_DMARC_OVERRIDE, FIELD_COUNT},
};

/* FIELD_COUNT for a name that is not counted. */
static enum entry_field field_named(struct span name)
{
	if (name.len > LENGTH_MAX)
		return FIELD_COUNT;
	for (const unsigned char *at = by_length[name.len]; *at != FIELD_COUNT; at++)
		if (names[*at][0] == name.at[0] && memcmp(names[*at], name.at, name.len) == 0)
			return (enum entry_field) * at;
	return FIELD_COUNT;
}

void entry_begin(struct entry *entry)
{
	entry->dated = false;
	entry->time = 0;
	entry->cause_count = entry->pair_count = 0;
	for (int i = 0; i < FIELD_COUNT; i++)
		entry->fields[i] = (struct span){"", 0};
}

/* The place for a field of a cause; NULL when it belongs to none. */
static struct span *place_in_cause(struct entry *entry, enum entry_field field)
{
	static const struct entry_cause empty = {{"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}};
	struct entry_cause *cause;

	if (field == FIELD_CAUSE) {
		if (entry->cause_count == ENTRY_CAUSES_MAX)
			return NULL;
		cause = &entry->causes[entry->cause_count++];
		*cause = empty;
		return &cause->code;
	}
	if (entry->cause_count == 0)
		return NULL;
	cause = &entry->causes[entry->cause_count - 1];
	switch (field) {
	case FIELD_CONF:
		return &cause->conf;
	case FIELD_ACT:
		return &cause->act;
	case FIELD_TEXT:
		return &cause->text;
	default:
		return &cause->fix;
	}
}

void entry_add(struct entry *entry, struct span name, struct span value)
{
	enum entry_field field = name.len == 0 ? FIELD_COUNT : field_named(name);
	bool of_cause = field >= FIELD_CAUSE && field < FIELD_COUNT;
	struct span *place = NULL;

	if (of_cause)
		place = place_in_cause(entry, field);
	else if (field < FIELD_COUNT && entry->fields[field].len == 0)
		place = &entry->fields[field]; /* the first counts: nothing behind it can replace it */
	if (place != NULL)
		*place = value;
	if (entry->pair_count < ENTRY_PAIRS_MAX)
		entry->pairs[entry->pair_count++] =
			(struct entry_pair){name, value, of_cause ? (unsigned)entry->cause_count : 0};
}

bool entry_is_record(const struct entry *entry)
{
	return entry->fields[FIELD_CLIENT].len > 0 || entry->fields[FIELD_QUEUE_ID].len > 0;
}

struct span entry_domain(const struct entry *entry)
{
	struct span author = entry->fields[FIELD_FROM_DOMAIN];

	return author.len > 0 ? author : entry->fields[FIELD_SPF_DOMAIN];
}

bool entry_says(struct span span, const char *text)
{
	return strlen(text) == span.len && memcmp(span.at, text, span.len) == 0;
}
