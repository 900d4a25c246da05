/* The messages behind the numbers of a page: found when a log is read for the second time, once it is known
 * which numbers will be shown. Of each the newest are kept, and how many there were in the two halves of the
 * period. Bounded: by the names that were wanted, whatever the log. */
#ifndef LOGBOOK_ALBUM_H
#define LOGBOOK_ALBUM_H

#include "logbook/exposure.h"
#include "logbook/outcome.h"

/* What a name is of. */
enum album_kind {
	ALBUM_ALL,     /* "" */
	ALBUM_CAUSED,  /* "": with any cause */
	ALBUM_OUTCOME, /* the number of the outcome */
	ALBUM_METHOD,  /* "spf fail" */
	ALBUM_CAUSE,   /* a code */
	ALBUM_PAIR,    /* cause TAB domain, as in the census */
	ALBUM_DOMAIN,  /* all of it */
	ALBUM_FAILED,  /* of a domain: those that fail DMARC */
	ALBUM_CLIENT,
	ALBUM_CLIENT_FAILED,
	ALBUM_FORWARDER,
	ALBUM_FORWARDER_FAILED,
	ALBUM_TIME,    /* a day or an hour, as in the census */
	ALBUM_EXPOSED, /* "5 0": enum exposed, enum census_action */
};

/* Our limits: those who read a page look at a few. */
enum { ALBUM_NAMES_MAX = 4096, SIGHTINGS_MAX = 10 };

/* One message. Texts of strangers, as the log had them, cut. */
struct sighting {
	int64_t time;
	const char *queue_id, *client, *domain, *cause;
	enum outcome outcome;
	enum result spf, dkim, dmarc;
	enum census_action action;
};

struct half {
	uint64_t messages, trouble; /* trouble: outcome_is_trouble */
};

struct album_page {
	enum album_kind kind;
	const char *name;
	struct half halves[2];
	size_t number;                                   /* of the page, from 1 */
	bool shown;                                      /* for the one who prints: there is a link to it */
	const struct sighting *sightings[SIGHTINGS_MAX]; /* the newest first, after album_close */
	size_t sighting_count;
};

struct album;

/* Entries from middle on are of the second half; those after last are left out: they came since the first
 * reading. */
struct album *album_new(int64_t middle, int64_t last);
void album_free(struct album **album);

/* Before the reading: this will be shown. Wanted twice is wanted once; what is too much is left out. */
void album_want(struct album *album, enum album_kind kind, const char *name);

void album_add(struct album *album, const struct entry *entry);

/* After the reading: puts the sightings in order. */
void album_close(struct album *album);

int64_t album_middle(const struct album *album);
size_t album_size(const struct album *album);
struct album_page *album_at(const struct album *album, size_t i); /* i < album_size */
struct album_page *album_find(
	const struct album *album, enum album_kind kind, const char *name); /* or NULL */

#endif
