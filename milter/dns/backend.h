/* What answers behind struct dns: the network, or a zone. */
#ifndef DNS_BACKEND_H
#define DNS_BACKEND_H

#include "dns/dns.h"

struct dns_backend {
	/* The answer in the arena, never NULL, after at most wait_ms; with 0 only what is known at
	 * once. Any thread. *at_once: nothing had to be waited for. */
	const struct answer *(*ask)(
		void *self, const struct question *question, int wait_ms, struct arena *arena, bool *at_once);
	void (*warm)(void *self, const struct question *question); /* any thread, never waits */
	void (*close)(void *self);
	bool (*asks_servers)(void *self); /* can ASK_AUTHORITY be answered? NULL: never */
	size_t (*kept)(void *self);       /* answers in memory; NULL: none */
};

/* The backend's table is borrowed, its self is closed with dns_close. */
struct dns *dns_new(const struct dns_backend *backend, void *self, const char *description);

/* Asks and counts; for dns_client only. */
const struct answer *dns_look_up(
	struct dns *dns, const struct question *question, int wait_ms, struct arena *arena);

/* An answer without a reply; texts must live as long as the arena. */
struct answer *answer_of_trouble(
	struct arena *arena, const struct question *question, enum answer_trouble trouble, const char *text);

#endif
