/* One record of the log, read back (report/record.h says what is in it): every field in its order, and
 * those that are counted by number. Nothing is copied: the spans point into the line that was read. */
#ifndef LOGBOOK_ENTRY_H
#define LOGBOOK_ENTRY_H

#include "base/text.h"

#include <stdint.h>

enum entry_field {
	FIELD_QUEUE_ID,
	FIELD_CLIENT,
	FIELD_CLIENT_NAME,
	FIELD_HELO,
	FIELD_MAIL_FROM,
	FIELD_FROM,
	FIELD_FROM_DOMAIN,
	FIELD_FROM_WHY_NOT,
	FIELD_SPF,
	FIELD_SPF_DOMAIN,
	FIELD_DKIM,
	FIELD_DMARC,
	FIELD_DMARC_POLICY,
	FIELD_DMARC_OVERRIDE,
	FIELD_IPREV,
	FIELD_SKIPPED,
	FIELD_ACTION,
	FIELD_WOULD,
	FIELD_OPTION,
	/* those of a cause */
	FIELD_CAUSE,
	FIELD_CONF,
	FIELD_ACT,
	FIELD_TEXT,
	FIELD_FIX,
	FIELD_COUNT,
};

enum {
	ENTRY_CAUSES_MAX = 8, /* the daemon logs three */
	ENTRY_PAIRS_MAX = 128 /* the daemon logs fewer than 96 */
};

struct entry_cause {
	struct span code, conf, act, text, fix; /* empty when absent */
};

struct entry_pair {
	struct span name, value;
	unsigned cause; /* 1 for the fields of the first cause …; 0 for all others */
};

struct entry {
	bool dated;
	int64_t time;                    /* seconds since 1970 */
	struct span fields[FIELD_COUNT]; /* empty when absent; those of a cause are in causes */
	struct entry_cause causes[ENTRY_CAUSES_MAX];
	size_t cause_count;
	struct entry_pair pairs[ENTRY_PAIRS_MAX];
	size_t pair_count;
};

void entry_begin(struct entry *entry);

/* Adds a field. A "cause" begins the next cause, to which conf, act, text and fix belong. What is more than
 * the limits is left out. */
void entry_add(struct entry *entry, struct span name, struct span value);

/* A record names its client or its queue id; other lines of the daemon do not. */
bool entry_is_record(const struct entry *entry);

/* The author's domain, else the one that SPF was asked of; empty when there is neither. */
struct span entry_domain(const struct entry *entry);

/* The span is exactly the text (case matters); no span is equal to "" but the empty one. */
bool entry_says(struct span span, const char *text);

#endif
