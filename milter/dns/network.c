#include "base/arena.h"
#include "base/clock.h"
#include "dns/authority.h"
#include "dns/backend.h"
#include "dns/cache.h"
#include "dns/failures.h"
#include "dns/lanes.h"
#include "dns/name.h"
#include "dns/resolvers.h"
#include "dns/result.h"
#include "dns/unbound_context.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

enum {
	RETRY_MS = 200, /* pause before a silent resolver is asked again */
};

/* A question on its way; belongs to the dispatcher as soon as it was handed over. */
struct asking {
	struct asking *next;
	struct dispatcher *dispatcher;
	struct flight *flight;
	const struct question *question;
	int64_t started_ms, sent_ms, retry_ms;
};

struct dispatcher {
	struct cache *cache;
	struct failures *failures;
	struct resolvers resolvers;
	struct lanes lanes;
	int timeout_ms;
	bool asks_servers;
	char unusable[sizeof((struct fault *)NULL)->text]; /* why no question can be asked, or "" */
	int wake;                                          /* eventfd */
	pthread_t thread;
	pthread_mutex_t lock; /* for the next two */
	struct asking *handed_over;
	bool stop;
	/* the dispatcher's own */
	struct arena *arena;
	struct asking *asked, *retries;
};

static void land_trouble(struct flight *flight, enum answer_trouble trouble, const char *text)
{
	struct answer answer = {
		.kind = ANSWER_NO_REPLY,
		.trouble = trouble,
		.trouble_text = text,
		.final_name = "",
	};

	flight_land(flight, &answer);
}

static void take_off(struct asking **list, const struct asking *asking)
{
	while (*list != asking)
		list = &(*list)->next;
	*list = asking->next;
}

static void push(struct asking **list, struct asking *asking)
{
	asking->next = *list;
	*list = asking;
}

static void land_failure(
	const struct dispatcher *dispatcher, const struct asking *asking, const struct failure *failure)
{
	char text[FAILURE_TEXT_SIZE];

	if (failure->trouble == TROUBLE_NONE) {
		land_trouble(asking->flight, TROUBLE_SERVFAIL, "the resolver answered SERVFAIL");
	} else if (failure->trouble == TROUBLE_TIMEOUT) {
		(void)snprintf(text, sizeof text, "no answer within %d ms", dispatcher->timeout_ms);
		land_trouble(asking->flight, TROUBLE_TIMEOUT, text);
	} else {
		land_trouble(asking->flight, failure->trouble, failure->text);
	}
}

/* libunbound speaks of silence also when TCP is refused or nothing can be sent; but then it gives
 * up at once. */
static struct failure failure_of(struct dispatcher *dispatcher, const struct asking *asking)
{
	struct failure failure = failures_find(dispatcher->failures, asking->question);
	enum answer_trouble trouble = TROUBLE_LOCAL;
	const char *text = "there is no route to the resolver";

	if (failure.trouble != TROUBLE_TIMEOUT || failure.resting ||
		clock_monotonic_ms() - asking->sent_ms >=
			unbound_context_first_wait_ms(dispatcher->timeout_ms, dispatcher->resolvers.count) /
				2)
		return failure;
	if (resolvers_are_routed(&dispatcher->resolvers)) {
		trouble = TROUBLE_TCP;
		text = "truncated over UDP, and TCP does not connect";
	}
	failures_amend(dispatcher->failures, asking->question, trouble, text);
	return failures_find(dispatcher->failures, asking->question);
}

/* Silence is worth another try as long as somebody may be waiting, and so is a failure in lanes that went
 * stale meanwhile. */
static bool deserves_retry(
	struct dispatcher *dispatcher, const struct asking *asking, const struct failure *failure)
{
	return (failure->trouble == TROUBLE_TIMEOUT || lanes_are_stale(&dispatcher->lanes)) &&
	       clock_monotonic_ms() + RETRY_MS < asking->started_ms + dispatcher->timeout_ms;
}

/* In the dispatcher, out of ub_process. */
static void on_result(void *own, int error, struct ub_result *result)
{
	struct asking *asking = own;
	struct dispatcher *dispatcher = asking->dispatcher;
	struct answer answer = {.kind = ANSWER_NO_REPLY};
	struct failure failure;

	take_off(&dispatcher->asked, asking);
	if (error != 0 || result == NULL) {
		land_trouble(asking->flight, TROUBLE_LOCAL, ub_strerror(error));
	} else if (result_read(result, asking->question, dispatcher->arena, &answer)) {
		flight_land(asking->flight, &answer);
	} else {
		failure = failure_of(dispatcher, asking);
		unbound_context_forget_failure(lanes_take(&dispatcher->lanes, asking->question));
		if (deserves_retry(dispatcher, asking, &failure)) {
			asking->retry_ms = clock_monotonic_ms() + RETRY_MS;
			push(&dispatcher->retries, asking);
			asking = NULL;
		} else {
			land_failure(dispatcher, asking, &failure);
		}
	}
	ub_resolve_free(result);
	arena_reset(dispatcher->arena);
	free(asking);
}

static void send_question(struct dispatcher *dispatcher, struct asking *asking)
{
	char name[NAME_ESCAPED_SIZE];
	int error;

	name_escape(asking->question->name, name);
	asking->sent_ms = clock_monotonic_ms();
	push(&dispatcher->asked, asking);
	error = ub_resolve_async(lanes_take(&dispatcher->lanes, asking->question), name,
		(int)asking->question->type, 1, asking, on_result, NULL);
	if (error == 0)
		return;
	take_off(&dispatcher->asked, asking);
	land_trouble(asking->flight, TROUBLE_LOCAL, ub_strerror(error));
	free(asking);
}

/* Sends what is due again; the time until the next one is, or -1. */
static int send_retries(struct dispatcher *dispatcher)
{
	int64_t now_ms = clock_monotonic_ms(), next_ms = -1;
	struct asking *waiting = dispatcher->retries, *next;

	dispatcher->retries = NULL;
	for (; waiting != NULL; waiting = next) {
		next = waiting->next;
		if (waiting->retry_ms <= now_ms) {
			send_question(dispatcher, waiting);
			continue;
		}
		push(&dispatcher->retries, waiting);
		if (next_ms < 0 || waiting->retry_ms - now_ms < next_ms)
			next_ms = waiting->retry_ms - now_ms;
	}
	return (int)next_ms;
}

/* False when it is time to stop. */
static bool send_handed_over(struct dispatcher *dispatcher)
{
	struct asking *asking, *next;
	uint64_t count;
	bool stop;

	if (read(dispatcher->wake, &count, sizeof count) < 0)
		count = 0; /* nobody woke us: the list is empty */
	(void)pthread_mutex_lock(&dispatcher->lock);
	asking = dispatcher->handed_over;
	dispatcher->handed_over = NULL;
	stop = dispatcher->stop;
	(void)pthread_mutex_unlock(&dispatcher->lock);
	for (; asking != NULL; asking = next) {
		next = asking->next;
		if (stop)
			push(&dispatcher->asked, asking);
		else
			send_question(dispatcher, asking);
	}
	return !stop;
}

/* What was under way when the clock was set back is asked again at once. */
static void mind_clock(struct dispatcher *dispatcher)
{
	struct asking *asking = dispatcher->asked, *next;

	if (!lanes_renew(&dispatcher->lanes))
		return;
	dispatcher->asked = NULL;
	for (; asking != NULL; asking = next) {
		next = asking->next;
		send_question(dispatcher, asking);
	}
}

/* Looks at the clock whenever something happened: before questions are sent and failures are believed. */
static void *dispatch(void *own)
{
	struct dispatcher *dispatcher = own;
	struct pollfd fds[LANES + 1] = {[LANES] = {.fd = dispatcher->wake, .events = POLLIN}};

	while (send_handed_over(dispatcher)) {
		int wait_ms = send_retries(dispatcher);

		lanes_drop_former(&dispatcher->lanes);
		for (int i = 0; i < LANES; i++)
			fds[i] =
				(struct pollfd){.fd = ub_fd(dispatcher->lanes.contexts[i]), .events = POLLIN};
		(void)poll(fds, LANES + 1, wait_ms);
		mind_clock(dispatcher);
		for (int i = 0; i < LANES; i++)
			if (fds[i].revents != 0)
				(void)ub_process(dispatcher->lanes.contexts[i]);
	}
	return NULL;
}

/* Signals belong to the program, not to this thread or to libunbound's, which it starts. */
static bool start_dispatcher(struct dispatcher *dispatcher, struct fault *fault)
{
	sigset_t all, before;
	int error;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&dispatcher->thread, NULL, dispatch, dispatcher);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		fault_set(fault, "DNS thread: %s", strerror(error));
	return error == 0;
}

static void start(void *self, const struct question *question, struct flight *flight)
{
	static const uint64_t one = 1;
	struct dispatcher *dispatcher = self;
	struct asking *asking;

	if (dispatcher->unusable[0] != '\0') {
		land_trouble(flight, TROUBLE_LOCAL, dispatcher->unusable);
		return;
	}
	asking = calloc(1, sizeof *asking);
	if (asking == NULL)
		abort();
	asking->dispatcher = dispatcher;
	asking->flight = flight;
	asking->question = question;
	asking->started_ms = clock_monotonic_ms();
	(void)pthread_mutex_lock(&dispatcher->lock);
	push(&dispatcher->handed_over, asking);
	(void)pthread_mutex_unlock(&dispatcher->lock);
	if (write(dispatcher->wake, &one, sizeof one) < 0)
		return; /* the counter is full: the dispatcher is awake anyway */
}

static void free_list(struct asking *asking)
{
	for (struct asking *next; asking != NULL; asking = next) {
		next = asking->next;
		free(asking);
	}
}

/* Also of one that was opened in part. */
static void free_network(struct dispatcher *dispatcher)
{
	lanes_close(&dispatcher->lanes);
	free_list(dispatcher->asked);
	free_list(dispatcher->retries);
	cache_free(&dispatcher->cache);
	failures_free(&dispatcher->failures);
	arena_free(&dispatcher->arena);
	if (dispatcher->wake >= 0)
		(void)close(dispatcher->wake);
	(void)pthread_mutex_destroy(&dispatcher->lock);
	free(dispatcher);
}

static void close_network(void *self)
{
	static const uint64_t one = 1;
	struct dispatcher *dispatcher = self;

	(void)pthread_mutex_lock(&dispatcher->lock);
	dispatcher->stop = true;
	(void)pthread_mutex_unlock(&dispatcher->lock);
	if (write(dispatcher->wake, &one, sizeof one) < 0)
		abort(); /* an eventfd of ours takes a 1 */
	(void)pthread_join(dispatcher->thread, NULL);
	free_network(dispatcher);
}

/* A machine without name servers does not keep us from starting: every question is then answered
 * with the reason. */
static bool find_resolvers(
	struct dispatcher *dispatcher, const struct settings *settings, struct fault *fault)
{
	if (!resolvers_find(&dispatcher->resolvers, &settings->nameservers, fault))
		return false;
	if (dispatcher->resolvers.count == 0)
		(void)snprintf(dispatcher->unusable, sizeof dispatcher->unusable, "%s", fault->text);
	return true;
}

static const struct answer *ask_network(
	void *self, const struct question *question, int wait_ms, struct arena *arena, bool *at_once)
{
	const struct dispatcher *dispatcher = self;

	if (question->mode != ASK_AUTHORITY)
		return cache_ask(dispatcher->cache, question, wait_ms, arena, at_once);
	if (dispatcher->asks_servers)
		return authority_ask(dispatcher->cache, question, wait_ms, arena);
	return answer_of_trouble(arena, question, TROUBLE_LOCAL, "not available");
}

static bool network_asks(void *self)
{
	return ((const struct dispatcher *)self)->asks_servers;
}

static void warm_network(void *self, const struct question *question)
{
	cache_warm(((struct dispatcher *)self)->cache, question);
}

static size_t network_kept(void *self)
{
	return cache_size(((struct dispatcher *)self)->cache).entries;
}

struct dns *dns_open_network(const struct settings *settings, struct fault *fault)
{
	static const struct dns_backend backend = {
		ask_network, warm_network, close_network, network_asks, network_kept};
	struct dispatcher *dispatcher = calloc(1, sizeof *dispatcher);
	char description[128];

	if (dispatcher == NULL)
		abort();
	fault_set(fault, "%s", "");
	dispatcher->timeout_ms = (int)settings->dns_timeout_ms;
	dispatcher->asks_servers = settings->diagnosis_authority;
	dispatcher->arena = arena_new();
	dispatcher->failures = failures_new();
	dispatcher->cache = cache_new((struct cache_source){start, dispatcher},
		(size_t)settings->dns_cache_entries, dispatcher->timeout_ms);
	(void)pthread_mutex_init(&dispatcher->lock, NULL);
	dispatcher->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (dispatcher->wake < 0)
		fault_set(fault, "eventfd: %s", strerror(errno));
	if (dispatcher->wake < 0 || !find_resolvers(dispatcher, settings, fault) ||
		!lanes_open(&dispatcher->lanes, &dispatcher->resolvers, settings,
			failures_log(dispatcher->failures), fault) ||
		!start_dispatcher(dispatcher, fault)) {
		free_network(dispatcher);
		return NULL;
	}
	resolvers_describe(&dispatcher->resolvers, description, sizeof description);
	return dns_new(&backend, dispatcher, description);
}
