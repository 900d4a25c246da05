/* A message with its verdicts, ready to be diagnosed: everything passes until a test row breaks it.
 * The client is mail.hoge.example [192.0.2.25], the author taro@hoge.example. */
#ifndef SUPPORT_DIAGNOSE_BENCH_H
#define SUPPORT_DIAGNOSE_BENCH_H

#include "base/suffixes.h"
#include "diagnose/diagnosis.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"

enum { BENCH_SIGNATURES = 3, BENCH_ANSWERS = 40, BENCH_TERMS = 20, BENCH_TRIALS = 8 };

struct bench {
	struct arena *arena;
	struct suffixes *suffixes;
	struct envelope envelope;
	struct header_list header;
	struct author author;
	struct verdicts verdicts;
	struct signature_verdict signatures[BENCH_SIGNATURES];
	enum alignment alignments[BENCH_SIGNATURES];
	struct spf_term terms[BENCH_TERMS];
	struct spf_record_seen seen[1];
	const struct answer *answers[BENCH_ANSWERS];
	struct network relays[1];
	struct key_trial trials[BENCH_TRIALS];
	struct remembered_key remembered[1];
	struct findings_so_far facts;
};

void bench_begin(struct bench *bench);
void bench_end(struct bench *bench);

/* Replaces the whole header; lines end with LF. */
void bench_header(struct bench *bench, const char *header);
void bench_client(struct bench *bench, const char *ip, const char *ptr, const char *helo, const char *mail);

/* Lines "name TYPE value|value" or "name TYPE !nxdomain|!nodata|!bogus|!timeout|!servfail|!tcp|!local";
 * "name>final TYPE …" came through a CNAME, "name TYPE@server …" is what that name server said. They
 * become the evidence of everybody. */
void bench_answers(struct bench *bench, const char *lines);

/* The key p= made the first signature, or did not. */
void bench_trial(struct bench *bench, const char *p, enum recovery recovery);

/* A key of hoge.example that verified a month ago. */
void bench_remember(struct bench *bench, const char *selector, const char *p);

/* The SPF record of hoge.example with this result, and its terms as far as the tests need them. */
void bench_spf(struct bench *bench, enum result result, const char *record);

/* DMARC as it follows from result and fault; nothing aligned unless it passes. */
void bench_dmarc(struct bench *bench, enum result result, enum dmarc_fault fault, const char *text);

/* "primary also also …": the first code must be the primary cause ("none" when there is none), with
 * "=proven" behind it also its confidence; the others, with theirs, must be somewhere; "!code" must not be
 * there.
 * "" checks only that every word of every sentence was filled. */
void bench_expect(struct bench *bench, const char *about, const char *codes);

/* Was the cause produced by any row so far? */
bool bench_saw(enum cause cause);

#endif
