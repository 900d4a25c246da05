#include "store/intake.h"

#include "base/arena.h"
#include "base/clock.h"
#include "store/row.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	OCTETS_MAX = 64 * 1024 * 1024, /* what waits in memory */
	MORE_MS = 100,                 /* rows are put together for so long */
	TICK_MS = 200,
	PAUSE_MS = 5, /* the kernel's queue holds more than comes in that time; to be woken for each row costs
			 both sides more than the row */
};

struct packet {
	struct packet *next;
	size_t len;
	char octets[];
};

struct intake {
	int fd;
	atomic_uint_fast64_t *held;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* on the monotonic clock */
	/* under the lock */
	struct packet *first, *last;
	size_t count, octets;
	size_t wanted; /* the writer sleeps until there are so many */
	bool finishing;
};

static bool is_finishing(struct intake *intake)
{
	bool finishing;

	(void)pthread_mutex_lock(&intake->lock);
	finishing = intake->finishing;
	(void)pthread_mutex_unlock(&intake->lock);
	return finishing;
}

static void keep(struct intake *intake, const char *octets, size_t len)
{
	struct packet *packet = malloc(sizeof *packet + len);

	if (packet == NULL)
		abort();
	packet->next = NULL;
	packet->len = len;
	memcpy(packet->octets, octets, len);
	(void)atomic_fetch_add(intake->held, 1);
	(void)pthread_mutex_lock(&intake->lock);
	while (intake->octets > OCTETS_MAX && !intake->finishing)
		(void)pthread_cond_wait(&intake->changed, &intake->lock);
	if (intake->last != NULL)
		intake->last->next = packet;
	else
		intake->first = packet;
	intake->last = packet;
	intake->count++;
	intake->octets += len;
	if (intake->count >= intake->wanted)
		(void)pthread_cond_broadcast(&intake->changed);
	(void)pthread_mutex_unlock(&intake->lock);
}

/* What is there now. False when all senders are gone. */
static bool read_waiting(struct intake *intake, char *octets)
{
	for (;;) {
		ssize_t got = recv(intake->fd, octets, ROW_CODE_MAX, MSG_DONTWAIT);

		if (got > 0)
			keep(intake, octets, (size_t)got);
		else if (got == 0 || (errno != EINTR && errno != EAGAIN))
			return false;
		else if (errno == EAGAIN)
			return true;
	}
}

static void *read_all(void *argument)
{
	struct intake *intake = argument;
	char *octets = malloc(ROW_CODE_MAX);

	if (octets == NULL)
		abort();
	for (;;) {
		bool finishing = is_finishing(intake); /* before the look: what came before is still read */
		struct pollfd readable = {.fd = intake->fd, .events = POLLIN};

		if (poll(&readable, 1, finishing ? 0 : TICK_MS) > 0) {
			if (!read_waiting(intake, octets))
				break;
			if (!finishing)
				(void)poll(NULL, 0, PAUSE_MS);
		} else if (finishing) {
			break;
		}
	}
	free(octets);
	return NULL;
}

struct intake *intake_open(int receiving, atomic_uint_fast64_t *held, struct fault *fault)
{
	struct intake *intake = calloc(1, sizeof *intake);
	pthread_condattr_t attributes;

	if (intake == NULL)
		abort();
	intake->fd = receiving;
	intake->held = held;
	(void)pthread_mutex_init(&intake->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&intake->changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	if (pthread_create(&intake->thread, NULL, read_all, intake) == 0)
		return intake;
	fault_set(fault, "no thread to read with");
	free(intake);
	return NULL;
}

static struct timespec time_in(int ms)
{
	int64_t then = clock_monotonic_ms() + ms;

	return (struct timespec){.tv_sec = (time_t)(then / 1000), .tv_nsec = (long)(then % 1000) * 1000000};
}

/* Under the lock: until there are so many rows, the time is over, or no more will come. */
static void wait_for(struct intake *intake, size_t wanted, int wait_ms)
{
	struct timespec until = time_in(wait_ms);
	int waited = 0;

	intake->wanted = wanted;
	while (intake->count < wanted && !intake->finishing && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&intake->changed, &intake->lock, &until);
}

static struct packet *next_packet(struct intake *intake)
{
	struct packet *packet = intake->first;

	if (packet == NULL)
		return NULL;
	intake->first = packet->next;
	if (intake->first == NULL)
		intake->last = NULL;
	intake->count--;
	intake->octets -= packet->len;
	return packet;
}

size_t intake_take(
	struct intake *intake, struct row *rows, size_t max, int wait_ms, size_t *broken, struct arena *arena)
{
	size_t count = 0;
	struct packet *packet;

	(void)pthread_mutex_lock(&intake->lock);
	wait_for(intake, 1, wait_ms);
	if (intake->count > 0)
		wait_for(intake, max, MORE_MS);
	while (count < max && (packet = next_packet(intake)) != NULL) {
		if (row_decode(packet->octets, packet->len, &rows[count], arena))
			count++;
		else
			(*broken)++;
		free(packet);
	}
	(void)pthread_cond_broadcast(&intake->changed);
	(void)pthread_mutex_unlock(&intake->lock);
	return count;
}

void intake_finish(struct intake *intake)
{
	(void)pthread_mutex_lock(&intake->lock);
	intake->finishing = true;
	(void)pthread_cond_broadcast(&intake->changed);
	(void)pthread_mutex_unlock(&intake->lock);
	(void)pthread_join(intake->thread, NULL);
}

void intake_close(struct intake **intake)
{
	struct packet *packet;

	if (*intake == NULL)
		return;
	while ((packet = next_packet(*intake)) != NULL)
		free(packet);
	(void)close((*intake)->fd);
	(void)pthread_cond_destroy(&(*intake)->changed);
	(void)pthread_mutex_destroy(&(*intake)->lock);
	free(*intake);
	*intake = NULL;
}
