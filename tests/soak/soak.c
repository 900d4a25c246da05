/* Sends many messages of mixed kinds through a running sekishod over many connections, compares each
 * verdict with what its kind owes, and looks at memory and descriptors of the workers now and then, when
 * nothing is going on. Ends with status 0 when nothing was lost, wrong or growing.
 *
 * usage: soak WHERE SUPERVISOR MESSAGES CONNECTIONS GROWTH_KB MANIFEST
 * GROWTH_KB: how much all workers together may grow behind the warm-up, for each 100,000 messages,
 * or for fewer. */
#include "soak/manifest.h"
#include "soak/processes.h"
#include "support/milter_flow.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MARKS = 10,          /* how often the workers are looked at */
	WARM_MARK = 3,       /* caches are full by then; what comes later is compared with it, mark by mark */
	GROWTH_PER = 100000, /* messages */
	CONNECTIONS_MAX = 512,
	PER_CONNECTION_MAX = 60, /* messages */
	SETTLE_MS = 4000,        /* diagnoses behind the answers; then workers tidy their memory */
	SHORT = 10000,           /* messages in which memory is still warming up, and says nothing */
	SHORT_SETTLE_MS = 500,
	SHOWN_MAX = 10 /* wrong answers shown */
};

static struct manifest manifest;
static const char *where;
static uint32_t messages;
static atomic_uint begun, answered, lost, wrong, abandoned, resting;
static atomic_uint goal; /* messages until the next look */
static atomic_bool over;
static atomic_ulong longest_us, total_us;

struct client {
	pthread_t thread;
	uint64_t dice;
	struct flow_room room;
	int fd;
	unsigned left; /* messages on this connection */
	const struct flow *introduced;
};

static uint64_t roll(struct client *client)
{
	client->dice ^= client->dice << 13;
	client->dice ^= client->dice >> 7;
	client->dice ^= client->dice << 17;
	return client->dice;
}

static unsigned long now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long)now.tv_sec * 1000000 + (unsigned long)now.tv_nsec / 1000;
}

static void hang_up(struct client *client)
{
	if (client->fd >= 0)
		(void)close(client->fd);
	client->fd = -1;
}

static bool same_head(const struct flow *a, const struct flow *b)
{
	return a->head_len == b->head_len && memcmp(a->octets, b->octets, a->head_len) == 0;
}

/* A connection that has said it is the client of this message. */
static bool be_connected(struct client *client, const struct flow *flow, uint32_t serial)
{
	if (client->fd >= 0 && client->left > 0 && same_head(flow, client->introduced)) {
		client->left--;
		return true;
	}
	hang_up(client);
	client->fd = flow_connect(where);
	client->left = (unsigned)(roll(client) % PER_CONNECTION_MAX);
	client->introduced = flow;
	return client->fd >= 0 && flow_introduce(client->fd, flow, &client->room, serial);
}

static void show_wrong(const struct kind *kind, uint32_t serial, const struct flow_answer *answer)
{
	if (atomic_load(&wrong) <= SHOWN_MAX)
		(void)printf("wrong: %s, number %u: '%c' %.600s\n", kind->name, serial, answer->word,
			answer->results);
}

static void send_whole(struct client *client, struct kind *kind, uint32_t serial)
{
	struct flow_answer answer;
	unsigned long began = now_us(), took;

	if (!flow_send(client->fd, &kind->flow, &client->room, serial, &answer)) {
		atomic_fetch_add(&lost, 1);
		(void)printf("lost: %s, number %u\n", kind->name, serial);
		hang_up(client);
		return;
	}
	took = now_us() - began;
	atomic_fetch_add(&total_us, took);
	if (took > atomic_load(&longest_us))
		atomic_store(&longest_us, took);
	atomic_fetch_add(&answered, 1);
	if (!kind_is_right(kind, &answer)) {
		atomic_fetch_add(&wrong, 1);
		atomic_fetch_add(&kind->wrong, 1);
		show_wrong(kind, serial, &answer);
	}
}

static void send_part(struct client *client, struct kind *kind, uint32_t serial)
{
	unsigned packets = (unsigned)(roll(client) % kind->flow.packets);

	atomic_fetch_add(&abandoned, 1);
	if (!flow_cut(client->fd, &kind->flow, &client->room, serial, packets, kind->ending)) {
		atomic_fetch_add(&lost, 1);
		(void)printf("lost: %s, number %u, cut after %u packets\n", kind->name, serial, packets);
		hang_up(client);
	}
	if (kind->ending == FLOW_GONE)
		hang_up(client);
}

/* The number of the next message, or false when there is none for now. */
static bool take_number(uint32_t *serial)
{
	uint32_t next = atomic_load(&begun);

	while (next < atomic_load(&goal)) {
		if (atomic_compare_exchange_weak(&begun, &next, next + 1)) {
			*serial = next;
			return true;
		}
	}
	return false;
}

/* Without a connection, so that all that is held then is held for nothing. */
static void rest(struct client *client)
{
	const struct timespec moment = {.tv_nsec = 10000000};
	unsigned known = atomic_load(&goal);

	hang_up(client);
	atomic_fetch_add(&resting, 1);
	while (!atomic_load(&over) && atomic_load(&goal) == known)
		(void)nanosleep(&moment, NULL);
	atomic_fetch_sub(&resting, 1);
}

static void *run(void *argument)
{
	struct client *client = argument;
	uint32_t serial;

	while (!atomic_load(&over)) {
		struct kind *kind;

		if (!take_number(&serial)) {
			rest(client);
			continue;
		}
		kind = manifest_pick(&manifest, roll(client));
		atomic_fetch_add(&kind->sent, 1);
		if (!be_connected(client, &kind->flow, serial)) {
			atomic_fetch_add(&lost, 1);
			(void)printf("no connection for number %u\n", serial);
			hang_up(client);
		} else if (kind->ending == FLOW_END) {
			send_whole(client, kind, serial);
		} else {
			send_part(client, kind, serial);
		}
	}
	flow_room_free(&client->room);
	return NULL;
}

/* When nothing is going on; if there are few messages, as soon as no more descriptors are open than that.
 * False when the workers are gone. */
static bool look(int supervisor, int descriptors_wanted, struct holdings *held)
{
	int pause_ms = messages < SHORT ? SHORT_SETTLE_MS : SETTLE_MS;
	const struct timespec pause = {.tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000};

	for (int settled_ms = 0; settled_ms < SETTLE_MS; settled_ms += pause_ms) {
		(void)nanosleep(&pause, NULL);
		if (!holdings_of(supervisor, held))
			return false;
		if (held->descriptors <= descriptors_wanted)
			break;
	}
	return true;
}

static void print_row(const struct holdings *held, unsigned long took_us, uint32_t count)
{
	unsigned long mean_us = atomic_load(&total_us) / (atomic_load(&answered) + 1);

	(void)printf("%8u  %6.0f/s  mean %6.1f ms  max %6.0f ms  RSS %7ld KB  PSS %7ld KB  anon %7ld KB  "
		     "supervisor %5ld KB"
		     "  fd %4d  threads %3d  cpu %5.0f s  lost %u  wrong %u\n",
		atomic_load(&begun), took_us > 0 ? (double)count * 1e6 / (double)took_us : 0.0,
		(double)mean_us / 1000, (double)atomic_exchange(&longest_us, 0) / 1000, held->rss_kb,
		held->pss_kb, held->anonymous_kb, held->supervisor_pss_kb, held->descriptors, held->threads,
		held->cpu_s, atomic_load(&lost), atomic_load(&wrong));
	(void)fflush(stdout);
}

/* How many things have grown since they were warm: 0 to 2. */
static int compare(const struct holdings *held, const struct holdings *warm, uint32_t since, long growth_kb)
{
	long allowed_kb = since > GROWTH_PER ? growth_kb * (long)since / GROWTH_PER : growth_kb;
	int faults = 0;

	if (held->rss_kb > warm->rss_kb + allowed_kb)
		faults += printf("memory grows: %ld KB since warm-up\n", held->rss_kb - warm->rss_kb) > 0;
	if (held->descriptors > warm->descriptors)
		faults += printf("descriptors grow: %d, %d after warm-up\n", held->descriptors,
				  warm->descriptors) > 0;
	return faults;
}

/* Sends so many more, waits until all is quiet, and looks. False when the workers are gone. */
static bool go_on(
	int supervisor, unsigned connections, uint32_t until, int descriptors_wanted, struct holdings *held)
{
	unsigned long began = now_us();
	uint32_t before = atomic_load(&goal);

	atomic_store(&goal, until);
	while (atomic_load(&begun) < until || atomic_load(&resting) < connections)
		(void)usleep(20000);
	began = now_us() - began;
	if (!look(supervisor, descriptors_wanted, held))
		return false;
	print_row(held, began, until - before);
	return true;
}

/* What others are compared with, and the end, are looked at when all the time to settle is over. */
static int descriptors_wanted_at(unsigned mark, const struct holdings *warm)
{
	if (mark == WARM_MARK || mark == MARKS)
		return 0;
	return mark < WARM_MARK ? INT_MAX : warm->descriptors;
}

/* Sends all of them in MARKS parts. Returns how many things are not as they should be. */
static int soak(int supervisor, unsigned connections, long growth_kb)
{
	struct holdings first, held, warm = {.count = 0};
	uint32_t warm_at = 0;
	long most_kb = 0;
	int faults = 0;

	if (!holdings_of(supervisor, &first))
		return 1;
	print_row(&first, 0, 0);
	held = first;
	for (unsigned mark = 1; mark <= MARKS; mark++) {
		uint32_t until = (uint32_t)((uint64_t)messages * mark / MARKS);

		if (!go_on(supervisor, connections, until, descriptors_wanted_at(mark, &warm), &held))
			return faults + 1;
		if (mark == WARM_MARK) {
			warm = held;
			warm_at = until;
		} else if (mark > WARM_MARK) {
			faults += compare(&held, &warm, until - warm_at, growth_kb);
			most_kb = held.rss_kb > most_kb ? held.rss_kb : most_kb;
		}
	}
	if (!holdings_same_workers(&first, &held))
		faults += printf("a worker died\n") > 0;
	(void)printf("RSS: %ld KB after warm-up, %ld KB at most since, %ld KB at the end\n", warm.rss_kb,
		most_kb, held.rss_kb);
	return faults;
}

static void print_kinds(void)
{
	for (unsigned i = 0; i < manifest.count; i++)
		if (atomic_load(&manifest.kinds[i].wrong) > 0)
			(void)printf("%s: %u sent, %u wrong\n", manifest.kinds[i].name,
				atomic_load(&manifest.kinds[i].sent), atomic_load(&manifest.kinds[i].wrong));
	(void)printf("%u messages answered, %u abandoned on purpose, %u lost, %u wrong\n",
		atomic_load(&answered), atomic_load(&abandoned), atomic_load(&lost), atomic_load(&wrong));
}

int main(int argc, char **argv)
{
	static struct client clients[CONNECTIONS_MAX];
	unsigned connections;
	int faults;

	if (argc != 7 || (connections = (unsigned)strtoul(argv[4], NULL, 10)) == 0 ||
		connections > CONNECTIONS_MAX) {
		(void)fprintf(
			stderr, "usage: soak WHERE SUPERVISOR MESSAGES CONNECTIONS GROWTH_KB MANIFEST\n");
		return 64;
	}
	where = argv[1];
	messages = (uint32_t)strtoul(argv[3], NULL, 10);
	if (!manifest_read(&manifest, argv[6]))
		return 64;
	for (unsigned i = 0; i < connections; i++) {
		clients[i].dice = 0x9e3779b97f4a7c15u * (i + 1);
		clients[i].fd = -1;
		if (pthread_create(&clients[i].thread, NULL, run, &clients[i]) != 0)
			return 1;
	}
	faults = soak((int)strtol(argv[2], NULL, 10), connections, strtol(argv[5], NULL, 10));
	atomic_store(&over, true);
	for (unsigned i = 0; i < connections; i++)
		(void)pthread_join(clients[i].thread, NULL);
	print_kinds();
	manifest_free(&manifest);
	return faults == 0 && atomic_load(&lost) == 0 && atomic_load(&wrong) == 0 ? 0 : 1;
}
