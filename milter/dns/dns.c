#include "dns/dns.h"

#include "base/arena.h"
#include "dns/backend.h"
#include "dns/name.h"
#include "dns/zone.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct dns {
	const struct dns_backend *backend;
	void *self;
	char description[128];
	atomic_uint_fast64_t asked, cached, failed, timeouts;
};

struct dns *dns_new(const struct dns_backend *backend, void *self, const char *description)
{
	struct dns *dns = calloc(1, sizeof *dns);

	if (dns == NULL)
		abort();
	dns->backend = backend;
	dns->self = self;
	(void)snprintf(dns->description, sizeof dns->description, "%s", description);
	return dns;
}

void dns_close(struct dns **dns)
{
	if (*dns == NULL)
		return;
	(*dns)->backend->close((*dns)->self);
	free(*dns);
	*dns = NULL;
}

void dns_warm(struct dns *dns, const char *name, enum rr_type type)
{
	char normal[NAME_SIZE];
	struct question question = {.name = normal, .type = type, .mode = ASK_NORMAL, .server = ""};

	if (name_normal(name, normal))
		dns->backend->warm(dns->self, &question);
}

const char *dns_description(const struct dns *dns)
{
	return dns->description;
}

bool dns_asks_servers(const struct dns *dns)
{
	return dns->backend->asks_servers != NULL && dns->backend->asks_servers(dns->self);
}

struct dns_counters dns_counters(const struct dns *dns)
{
	return (struct dns_counters){
		.asked = atomic_load(&dns->asked),
		.cached = atomic_load(&dns->cached),
		.failed = atomic_load(&dns->failed),
		.timeouts = atomic_load(&dns->timeouts),
		.kept = dns->backend->kept != NULL ? dns->backend->kept(dns->self) : 0,
	};
}

const struct answer *dns_look_up(
	struct dns *dns, const struct question *question, int wait_ms, struct arena *arena)
{
	bool at_once = false;
	const struct answer *answer = dns->backend->ask(dns->self, question, wait_ms, arena, &at_once);

	(void)atomic_fetch_add(&dns->asked, 1);
	if (at_once)
		(void)atomic_fetch_add(&dns->cached, 1);
	if (answer_is_trouble(answer))
		(void)atomic_fetch_add(&dns->failed, 1);
	if (answer->trouble == TROUBLE_TIMEOUT)
		(void)atomic_fetch_add(&dns->timeouts, 1);
	return answer;
}

struct answer *answer_of_trouble(
	struct arena *arena, const struct question *question, enum answer_trouble trouble, const char *text)
{
	struct answer *answer = arena_alloc(arena, sizeof *answer);

	answer->asked = *question;
	answer->kind = ANSWER_NO_REPLY;
	answer->trouble = trouble;
	answer->trouble_text = text;
	answer->final_name = question->name;
	return answer;
}

static const struct answer *ask_zone(
	void *self, const struct question *question, int wait_ms, struct arena *arena, bool *at_once)
{
	(void)wait_ms;
	*at_once = true;
	return zone_answer(self, question, arena);
}

static void warm_zone(void *self, const struct question *question)
{
	(void)self;
	(void)question;
}

static void close_zone(void *self)
{
	(void)self; /* borrowed */
}

static bool zone_asks_servers(void *self)
{
	return zone_has_servers(self);
}

struct dns *dns_open_zone(const struct zone *zone)
{
	static const struct dns_backend backend = {
		.ask = ask_zone, .warm = warm_zone, .close = close_zone, .asks_servers = zone_asks_servers};

	return dns_new(&backend, (void *)zone, "case zone");
}
