/* The one resolver for everybody. Lower part: struct dns, one per process, thread-safe, with a
 * back end (network or zone) and, for the network, a bounded cache with single flight in front.
 * Upper part: struct dns_client, one per message, used by one thread at a time: it keeps the
 * deadline and the budget, and its list of answers is the evidence. */
#ifndef DNS_DNS_H
#define DNS_DNS_H

#include "base/fault.h"
#include "facts/answer.h"

struct arena;
struct settings;
struct zone;
struct dns;
struct dns_client;

/* Network back end: libunbound with one dispatcher thread. NULL with the reason in fault.
 * Takes nameservers, trust-anchor-file, dns-timeout and cache size from the settings (borrowed). A machine
 * without name servers is no reason: then every answer is TROUBLE_LOCAL, and fault has a text for
 * the log (else it is ""). Open after fork: threads do not survive it. */
struct dns *dns_open_network(const struct settings *settings, struct fault *fault);

/* Answers come from the zone (borrowed), at once; for cases, tests and "sekisho check --zone". */
struct dns *dns_open_zone(const struct zone *zone);
void dns_close(struct dns **dns);

/* Starts the question and returns at once; a later dns_ask of the same finds it cached or under way.
 * Any thread. Does nothing when the name is empty or the cache has it. */
void dns_warm(struct dns *dns, const char *name, enum rr_type type);

/* For the start line: "127.0.0.53" or "case zone". */
const char *dns_description(const struct dns *dns);

/* Can questions be put to one name server (ASK_AUTHORITY)? Over the network with diagnosis-authority:
 * a site's firewall must allow it. A zone can when it says what servers answer. */
bool dns_asks_servers(const struct dns *dns);

struct dns_counters {
	uint64_t asked, cached, failed, timeouts;
	size_t kept; /* answers in memory now */
};
struct dns_counters dns_counters(const struct dns *dns);

/* deadline_ms: longest time this message may wait for DNS in all; max_questions: how many distinct
 * questions it may ask. What is over them gets ANSWER_NO_REPLY with TROUBLE_BUDGET at once. */
struct dns_client *dns_client_new(
	struct dns *dns, struct arena *arena, int deadline_ms, unsigned max_questions);

/* The answer, copied into the client's arena; never NULL. Waits until the deadline. The same
 * question twice gives the same answer and is one entry of the evidence. The name is
 * lower-cased; one final dot is dropped. Names that DNS cannot carry (empty or over-long labels,
 * over 253 octets) are ANSWER_NO_NAME without asking. */
const struct answer *dns_ask(struct dns_client *client, const char *name, enum rr_type type);

/* The same for the modes of the diagnosis. Only available where the back end can: else NO_REPLY.
 * At most three name servers are asked for one message, besides those of parent zones. */
const struct answer *dns_ask_how(struct dns_client *client, struct question question);

/* Somebody who also decides what may be asked; gives the same answer for the same name. */
struct dns_gate {
	bool (*may_ask)(void *self, const char *name);
	void *self;
};

/* Some more time and questions, counted from now: for the diagnosis, after the verdicts. gate (borrowed)
 * may be NULL; what it does not let pass gets TROUBLE_BUDGET. */
void dns_client_extend(
	struct dns_client *client, int deadline_ms, unsigned more_questions, const struct dns_gate *gate);
bool dns_client_may_ask(const struct dns_client *client, const char *name);

/* Keeps that many of the questions that are left for whoever asks later, at most half of all: nobody's
 * SPF record may use up the lookups of DMARC. The last call counts; 0 gives them free. */
void dns_client_reserve(struct dns_client *client, unsigned questions);

/* Marks and slices of the evidence. The slice stays valid as long as the arena. */
size_t dns_mark(const struct dns_client *client);
struct evidence dns_evidence_since(struct dns_client *client, size_t mark);

int dns_waited_ms(const struct dns_client *client);
unsigned dns_question_count(const struct dns_client *client);
unsigned dns_questions_left(const struct dns_client *client);

#endif
