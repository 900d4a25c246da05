#include "store/intake.h"

#include "base/clock.h"
#include "base/condition.h"
#include "store/ring.h"
#include "store/row.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	OCTETS_MAX = 64 * 1024 * 1024, /* what waits in memory */
	PARCEL_SIZE = 256 * 1024,
	RING_AT_ONCE = 1024 * 1024, /* rows may come as fast as they are taken */
	SPARE_MAX = 4,
	MORE_MS = 100, /* rows are put together for so long */
	TICK_MS = 200,
	PAUSE_MS = 5, /* the kernel's queue holds more than comes in that time; to be woken for each row costs
			 both sides more than the row */
};

/* The length before each row's code, and the octet behind it that belongs to its last text. */
enum { LEAD = sizeof(uint32_t), TAIL = 1, PLACE_MAX = LEAD + ROW_CODE_MAX + TAIL };

struct parcel {
	struct parcel *next;
	size_t count, used; /* rows and octets in it */
	char octets[PARCEL_SIZE];
};

struct intake {
	int fd;
	struct ring *ring; /* NULL: none; who writes takes from it, not the thread */
	bool ring_is_open;
	atomic_uint_fast64_t *held;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	struct parcel *first, *last;
	struct parcel *spare;
	size_t spare_count;
	size_t count;  /* of rows in the list */
	size_t octets; /* in the list, and in what was taken */
	size_t wanted; /* the writer sleeps until there are so many */
	bool finishing;
	/* of the writer's thread: the list as it was taken, and how far it was read */
	struct parcel *taken, *reading; /* NULL: all of it */
	size_t at;
};

static bool is_finishing(struct intake *intake)
{
	bool finishing;

	(void)pthread_mutex_lock(&intake->lock);
	finishing = intake->finishing;
	(void)pthread_mutex_unlock(&intake->lock);
	return finishing;
}

/* Under the lock. */
static struct parcel *parcel_new(struct intake *intake)
{
	struct parcel *parcel = intake->spare;

	if (parcel != NULL) {
		intake->spare = parcel->next;
		intake->spare_count--;
	} else if ((parcel = malloc(sizeof *parcel)) == NULL) {
		abort();
	}
	parcel->next = NULL;
	parcel->count = parcel->used = 0;
	return parcel;
}

/* Under the lock. */
static void put_by(struct intake *intake, struct parcel *parcel)
{
	if (intake->spare_count == SPARE_MAX) {
		free(parcel);
		return;
	}
	parcel->next = intake->spare;
	intake->spare = parcel;
	intake->spare_count++;
}

/* Under the lock: a parcel at the end of the list with room for so many octets. */
static struct parcel *parcel_for(struct intake *intake, size_t len)
{
	struct parcel *last = intake->last;

	if (last != NULL && last->used + len <= PARCEL_SIZE)
		return last;
	intake->last = parcel_new(intake);
	if (last != NULL)
		last->next = intake->last;
	else
		intake->first = intake->last;
	return intake->last;
}

/* What was read in one go joins what waits. */
static void hand_over(struct intake *intake, struct parcel *read)
{
	struct parcel *parcel;

	if (read->count == 0)
		return;
	(void)pthread_mutex_lock(&intake->lock);
	while (intake->octets > OCTETS_MAX && !intake->finishing)
		(void)pthread_cond_wait(&intake->changed, &intake->lock);
	parcel = parcel_for(intake, read->used);
	memcpy(parcel->octets + parcel->used, read->octets, read->used);
	parcel->used += read->used;
	parcel->count += read->count;
	intake->count += read->count;
	intake->octets += read->used;
	if (intake->count >= intake->wanted)
		(void)pthread_cond_broadcast(&intake->changed);
	(void)pthread_mutex_unlock(&intake->lock);
	read->count = read->used = 0;
}

/* What is there now. False when all senders are gone. */
static bool read_waiting(struct intake *intake, struct parcel *read)
{
	for (;;) {
		char *place = read->octets + read->used;
		ssize_t got = recv(intake->fd, place + LEAD, ROW_CODE_MAX, MSG_DONTWAIT);
		uint32_t len = (uint32_t)got;

		if (got > 0) {
			(void)atomic_fetch_add(intake->held, 1);
			memcpy(place, &len, sizeof len);
			read->used += LEAD + len + TAIL;
			read->count++;
		} else if (got == 0 || errno != EINTR) {
			hand_over(intake, read);
			return got != 0 && errno == EAGAIN;
		}
		if (read->used + PLACE_MAX > PARCEL_SIZE)
			hand_over(intake, read);
	}
}

static void *read_all(void *argument)
{
	struct intake *intake = argument;
	struct parcel *read = malloc(sizeof *read);

	if (read == NULL)
		abort();
	read->count = read->used = 0;
	for (;;) {
		bool finishing = is_finishing(intake); /* before the look: what came before is still read */
		struct pollfd readable = {.fd = intake->fd, .events = POLLIN};

		if (poll(&readable, 1, finishing ? 0 : TICK_MS) > 0) {
			if (!read_waiting(intake, read))
				break;
			if (!finishing)
				(void)poll(NULL, 0, PAUSE_MS);
		} else if (finishing) {
			break;
		}
	}
	free(read);
	return NULL;
}

struct intake *intake_open(int receiving, struct ring *ring, atomic_uint_fast64_t *held, struct fault *fault)
{
	struct intake *intake = calloc(1, sizeof *intake);

	if (intake == NULL)
		abort();
	intake->fd = receiving;
	intake->ring = ring;
	if (ring != NULL) /* a writer that died may have left it open */
		ring_open(ring, false);
	intake->held = held;
	(void)pthread_mutex_init(&intake->lock, NULL);
	condition_init(&intake->changed);
	if (pthread_create(&intake->thread, NULL, read_all, intake) == 0)
		return intake;
	fault_set(fault, "no thread to read with");
	free(intake);
	return NULL;
}

/* Under the lock: until there are so many rows, the time is over, or no more will come. */
static void wait_for(struct intake *intake, size_t wanted, int wait_ms)
{
	int64_t until_ms = clock_monotonic_ms() + wait_ms;
	bool is_patient = true;

	intake->wanted = wanted;
	while (intake->count < wanted && !intake->finishing && is_patient)
		is_patient = condition_wait_until(&intake->changed, &intake->lock, until_ms);
}

/* Under the lock: whose rows were all read belongs to nobody any more. */
static void give_back(struct intake *intake)
{
	while (intake->taken != intake->reading) {
		struct parcel *parcel = intake->taken;

		intake->taken = parcel->next;
		intake->octets -= parcel->used;
		put_by(intake, parcel);
	}
	(void)pthread_cond_broadcast(&intake->changed);
}

/* Under the lock. What is put meanwhile may wait for the next look. */
static void empty_ring(struct intake *intake)
{
	size_t octets = 0, rows = 0;

	while (octets < RING_AT_ONCE && !ring_is_empty(intake->ring)) {
		struct parcel *parcel = parcel_for(intake, PLACE_MAX);
		char *place = parcel->octets + parcel->used;
		uint32_t len = (uint32_t)ring_take(intake->ring, place + LEAD, ROW_CODE_MAX);

		if (len == 0)
			break;
		memcpy(place, &len, sizeof len);
		parcel->used += LEAD + len + TAIL;
		parcel->count++;
		octets += LEAD + len + TAIL;
		rows++;
	}
	intake->octets += octets;
	(void)atomic_fetch_add(intake->held, rows);
}

/* Under the lock: the list becomes what is read, and all that is in the ring behind it. */
static void take_list(struct intake *intake)
{
	if (intake->ring != NULL)
		empty_ring(intake);
	intake->taken = intake->reading = intake->first;
	intake->at = 0;
	intake->first = intake->last = NULL;
	intake->count = 0;
}

static void open_ring(struct intake *intake, bool is_open)
{
	if (intake->ring == NULL || intake->ring_is_open == is_open)
		return;
	intake->ring_is_open = is_open;
	ring_open(intake->ring, is_open);
}

/* Under the lock. While there are rows, whoever has one finds the ring open, and wakes nobody; when none came
 * for a moment it is shut. One that comes in while it is being shut waits for the next look. */
static void take_what_comes(struct intake *intake, size_t max, int wait_ms)
{
	if (!intake->ring_is_open)
		wait_for(intake, 1, wait_ms);
	if (intake->ring_is_open || intake->count > 0) {
		open_ring(intake, !intake->finishing);
		wait_for(intake, max, MORE_MS);
	}
	take_list(intake);
	if (intake->taken == NULL)
		open_ring(intake, false);
}

/* The code of the next row; NULL when all were read. */
static char *next_code(struct intake *intake, uint32_t *len)
{
	char *place;

	while (intake->reading != NULL && intake->reading->used == 0) /* the ring had no row after all */
		intake->reading = intake->reading->next;
	if (intake->reading == NULL)
		return NULL;
	place = intake->reading->octets + intake->at;
	memcpy(len, place, LEAD);
	intake->at += LEAD + *len + TAIL;
	if (intake->at == intake->reading->used) {
		intake->reading = intake->reading->next;
		intake->at = 0;
	}
	return place + LEAD;
}

size_t intake_take(struct intake *intake, struct row *rows, size_t max, int wait_ms, size_t *broken)
{
	size_t count = 0;
	uint32_t len;
	char *code;

	(void)pthread_mutex_lock(&intake->lock);
	give_back(intake);
	if (intake->reading == NULL)
		take_what_comes(intake, max, wait_ms);
	(void)pthread_mutex_unlock(&intake->lock);
	while (count < max && (code = next_code(intake, &len)) != NULL) {
		if (row_decode_there(code, len, &rows[count]))
			count++;
		else
			(*broken)++;
	}
	return count;
}

void intake_finish(struct intake *intake)
{
	(void)pthread_mutex_lock(&intake->lock);
	intake->finishing = true;
	open_ring(intake, false);
	(void)pthread_cond_broadcast(&intake->changed);
	(void)pthread_mutex_unlock(&intake->lock);
	(void)pthread_join(intake->thread, NULL);
}

static void free_list(struct parcel *parcel)
{
	while (parcel != NULL) {
		struct parcel *next = parcel->next;

		free(parcel);
		parcel = next;
	}
}

void intake_close(struct intake **intake)
{
	if (*intake == NULL)
		return;
	free_list((*intake)->first);
	free_list((*intake)->taken);
	free_list((*intake)->spare);
	(void)close((*intake)->fd);
	(void)pthread_cond_destroy(&(*intake)->changed);
	(void)pthread_mutex_destroy(&(*intake)->lock);
	free(*intake);
	*intake = NULL;
}
