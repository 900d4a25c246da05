/* Verdicts and evidence → causes: what exactly is wrong, how sure we are, who must act, what to do.
 * Plain data in, plain data out: it names further questions, it never asks them. */
#ifndef DIAGNOSE_DIAGNOSIS_H
#define DIAGNOSE_DIAGNOSIS_H

#include "base/text.h"
#include "facts/remembered_key.h"
#include "facts/trial.h"
#include "facts/verdicts.h"

#include <stdint.h>

struct alterations;
struct arena;
struct author;
struct envelope;
struct header_list;
struct inquiry;
struct network;
struct suffixes;

enum cause {
	CAUSE_NONE,
#define CAUSE(id, code, method, group, severity, act, summary_en, summary_ja, fix_en, fix_ja) CAUSE_##id,
#include "diagnose/causes.def"
#undef CAUSE
	CAUSE_COUNT
};

enum confidence { CONFIDENCE_PROVEN, CONFIDENCE_STRONG, CONFIDENCE_LIKELY };
enum language { LANGUAGE_EN, LANGUAGE_JA };

/* The table's row: constant text only. */
struct cause_row {
	const char *code;     /* "spf-stale-after-move" */
	const char *method;   /* spf dkim dmarc arc iprev helo dns rx */
	int group;            /* order of causes, 1 to 10 (sekisho.case(5)) */
	const char *severity; /* crit high med low info */
	const char *act;      /* sd sm sw tp fw rx us nobody */
	/* templates with {placeholders} */
	const char *summary_en, *summary_ja, *fix_en, *fix_ja;
};

const struct cause_row *cause_row(enum cause cause);
const char *cause_summary(const struct cause_row *row, enum language language);
const char *cause_fix(const struct cause_row *row, enum language language); /* "": nothing is to be done */
enum cause cause_of_code(const char *code);                                 /* CAUSE_NONE when unknown */
const char *cause_actor_name(const char *act, enum language language);      /* "sender's DNS admin" */
const char *confidence_word(enum confidence confidence);

struct diagnosis {
	enum cause cause;
	enum confidence confidence;
	const char *summary; /* one sentence, placeholders filled; foreign text already escaped */
	const char *fix;     /* "" when nothing is to be done */
	int signature;       /* index of the signature it is about, -1 otherwise */
};

struct diagnoses {
	const struct diagnosis *items; /* primary first */
	size_t count;
	bool partial;      /* a budget ended the search */
	bool unremarkable; /* all answers are there, and the sender's zone and host gave no reason for a word
			    */
};

/* What the diagnosis may look at; borrowed. */
struct findings_so_far {
	const struct envelope *envelope;
	const struct header_list *header;
	const struct author *author;
	const struct verdicts *verdicts;
	struct evidence evidence; /* all answers of this message */
	const struct suffixes *suffixes;
	const char *authserv_id;
	const struct network *trusted_relays; /* our own gateways */
	size_t trusted_relay_count;
	size_t forged_results; /* incoming results that claimed our id */
	int64_t now;
	int64_t suffixes_age_days; /* -1 when unknown */
	enum language language;
	struct remembered_keys remembered; /* of the author's and the signers' domains */
	struct trials trials;              /* those done so far */
	bool servers_answer;               /* a question to one name server is worth asking (ASK_AUTHORITY) */
	unsigned questions_left;           /* of the diagnosis's budget */
	bool partial;                      /* a limit left something undone */
	struct inquiry *inquiry; /* what else is wanted is noted here; NULL: nothing more can be had */
	struct alterations *alterations; /* searches done so far; NULL: none may be started now */
	struct span body;                /* as it arrived; empty when it was not kept */
	bool body_kept;                  /* the whole body is there */
	bool unremarkable;               /* zone and host need not be looked at: known from mail like it */
};

struct diagnoses diagnose(const struct findings_so_far *facts, struct arena *arena);

/* The rooms for a domain that is looked at without a message (milter/survey/). Everything found, in the
 * order of causes, nothing left out. */
enum topic {
	TOPIC_SENDER, /* SPF of the envelope's client, where replies go, the zone */
	TOPIC_KEY,    /* the key of the only signature; without one: are there keys at all? */
	TOPIC_POLICY, /* DMARC */
};
struct diagnoses diagnose_domain(const struct findings_so_far *facts, enum topic topic, struct arena *arena);

#endif
