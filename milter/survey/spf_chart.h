/* The whole tree of an SPF record, drawn without a sender: every term that can be reached, what it leads
 * to, and what each branch costs of the ten lookups and the two that may find nothing (RFC 7208 section
 * 4.6.4). The verdict on a sender is verify/; this is the map beside it. */
#ifndef SURVEY_SPF_CHART_H
#define SURVEY_SPF_CHART_H

#include <stdbool.h>
#include <stddef.h>

struct work;

/* Ours: more than fits a page or a patient reader; a bomb of includes ends here. */
enum { CHART_LINES_MAX = 200, CHART_RECORDS_MAX = 40, CHART_DEPTH_MAX = 12 };

enum chart_note {
	CHART_FINE,
	CHART_NOT_REACHED,     /* behind "all" */
	CHART_IGNORED,         /* a modifier that SPF does not know, or redirect= beside "all" */
	CHART_BROKEN,          /* not understood: the record is a permerror */
	CHART_NO_NAME,         /* the target does not exist */
	CHART_NO_RECORD,       /* the target has no SPF record, or no address */
	CHART_SEVERAL_RECORDS, /* the target has several */
	CHART_LOOP,            /* the target includes this record */
	CHART_PER_SENDER,      /* the target has macros */
	CHART_TROUBLE,         /* no answer */
	CHART_TOO_MANY,        /* more than ten names in one mx */
	CHART_DISCOURAGED,     /* ptr, RFC 7208 section 5.5 */
	CHART_CUT,             /* our limit: not followed */
};

/* One term, with what is below it in the lines that follow at a greater depth. */
struct chart_line {
	int depth;          /* 0: the domain's own record */
	bool last;          /* the last one of its record */
	const char *text;   /* as published, foreign text */
	const char *detail; /* addresses or names it stands for, foreign; "" */
	enum chart_note note;
	unsigned lookups, voids; /* of this branch, itself included */
};

struct spf_chart {
	const char *record; /* the domain's own, "" without one; foreign text */
	size_t record_octets;
	struct chart_line *lines;
	size_t count;
	unsigned lookups, voids;
	size_t records; /* met, the own included */
	bool cut;       /* a limit ended it */
};

/* Waits for DNS, within the budget of the work's client. The domain is usable. */
struct spf_chart spf_chart_of(const struct work *work, const char *domain);

#endif
