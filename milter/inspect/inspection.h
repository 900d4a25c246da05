/* One message from connection to findings: begin → header → headers_done → body → finish, then deepen
 * or forgo when the diagnosis wants more.
 * Fed by session/ (a real MTA) and cli/ (a file) alike. One inspection per connection, reused for
 * each message; used by one thread at a time. Names are warmed in DNS as soon as they are known,
 * evaluated in the order of the RFCs at the end. */
#ifndef INSPECT_INSPECTION_H
#define INSPECT_INSPECTION_H

#include "diagnose/findings.h"
#include "facts/body_digest.h"
#include "message/envelope.h"

struct dns;
struct key_memory;
struct local_part_mask;
struct question_rate;
struct remark_memory;
struct libraries;
struct settings;
struct suffixes;

/* What all messages share; immutable, outlives every inspection. */
struct inspector {
	const struct settings *settings;
	const struct suffixes *suffixes;
	const struct libraries *libraries;
	struct dns *dns;
	struct question_rate *rate;    /* of the diagnosis; NULL: no limit */
	struct remark_memory *remarks; /* NULL: none, every message is looked at */
	const char *authserv_id;
	const struct local_part_mask *mask; /* of the findings; NULL: none */
	int64_t fixed_now;                  /* 0: the real clock */
	struct key_memory *key_memory;      /* NULL: none */
	struct body_digests body_digests;   /* given with a replayed case that has no body */
	struct remembered_keys remembered;  /* given with a replayed case */
};

struct inspection;

struct inspection *inspection_new(const struct inspector *inspector);
void inspection_free(struct inspection **inspection);

/* The connection: copied, kept for all its messages. client_addr NONE when unknown. */
void inspection_connect(struct inspection *inspection, struct netaddr client, const char *client_name);
void inspection_helo(struct inspection *inspection, const char *helo);

/* A new message; forgets the one before. mail_from with or without brackets; auth_user "" if none. */
void inspection_begin(
	struct inspection *inspection, const char *mail_from, const char *auth_user, bool smtputf8);

/* Why this message need not be inspected ("authenticated", "network", "sender-domain"), or "".
 * Known after inspection_begin; a skipped message needs no header and no body. */
const char *inspection_skip_reason(const struct inspection *inspection);
void inspection_recipient(struct inspection *inspection, const char *recipient);
void inspection_header(struct inspection *inspection, const char *name, const char *value, size_t value_len);
void inspection_headers_done(struct inspection *inspection);
bool inspection_wants_body(const struct inspection *inspection);
void inspection_body(struct inspection *inspection, const char *octets, size_t len);

/* May wait for DNS up to the message's deadline. The findings live until the next begin or abandon. */
const struct findings *inspection_finish(struct inspection *inspection, const char *queue_id);

/* The diagnosis would like to know more than the verifiers asked, or a key is to be remembered:
 * inspection_deepen does it. */
bool inspection_wants_more(const struct inspection *inspection);

/* Memory that the message holds. */
size_t inspection_octets(const struct inspection *inspection);

/* Goes on diagnosing with further questions and trials, within the budget of the diagnosis; verdicts do
 * not change. For after the MTA has its answer, and for people who wait; any thread. The findings as above.
 */
const struct findings *inspection_deepen(struct inspection *inspection);

/* Instead, when there is no room or no time for it: the findings then say that they are partial. */
const struct findings *inspection_forgo(struct inspection *inspection);

/* ABORT, or the MTA went away: forgets the message. */
void inspection_abandon(struct inspection *inspection);

#endif
