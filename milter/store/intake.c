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
	SPARE_MAX = 4,
	MORE_MS = 100, /* rows are put together for so long */
	TICK_MS = 200,
	PAUSE_MS = 5, /* to be woken for each row costs both sides more than the row */
	PAUSES = 4,   /* without a row: then nobody looks any more until the kernel's queue wakes us */
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
	struct ring *ring; /* NULL: none */
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

/* One packet; how long it is, 0: there is none now, -1: all senders are gone. */
static ssize_t from_queue(struct intake *intake, void *into, size_t most)
{
	ssize_t got;

	do
		got = recv(intake->fd, into, most, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		return got;
	return got < 0 && errno == EAGAIN ? 0 : -1;
}

static ssize_t from_ring(struct intake *intake, void *into, size_t most)
{
	return intake->ring != NULL ? (ssize_t)ring_take(intake->ring, into, most) : 0;
}

/* All that is there; what it answered when there was no more. */
static ssize_t read_all_from(ssize_t (*source)(struct intake *intake, void *into, size_t most),
	struct intake *intake, struct parcel *read, size_t *rows)
{
	for (;;) {
		char *place = read->octets + read->used;
		ssize_t got = source(intake, place + LEAD, ROW_CODE_MAX);
		uint32_t len = (uint32_t)got;

		if (got <= 0) {
			hand_over(intake, read);
			return got;
		}
		(void)atomic_fetch_add(intake->held, 1);
		memcpy(place, &len, sizeof len);
		read->used += LEAD + len + TAIL;
		read->count++;
		(*rows)++;
		if (read->used + PLACE_MAX > PARCEL_SIZE)
			hand_over(intake, read);
	}
}

/* How many rows were there. The ring comes second: when all senders are gone, nothing is put into it later.
 */
static size_t read_waiting(struct intake *intake, struct parcel *read, bool *all_are_gone)
{
	size_t rows = 0;

	*all_are_gone = read_all_from(from_queue, intake, read, &rows) < 0;
	(void)read_all_from(from_ring, intake, read, &rows);
	return rows;
}

static void open_ring(struct intake *intake, bool is_open)
{
	if (intake->ring != NULL)
		ring_open(intake->ring, is_open);
}

/* Until the kernel's queue wakes us. A row that comes into the ring while it is being shut waits for a tick.
 */
static void sleep_on_queue(struct intake *intake)
{
	struct pollfd readable = {.fd = intake->fd, .events = POLLIN};

	open_ring(intake, false);
	(void)poll(&readable, 1, TICK_MS);
	open_ring(intake, true);
}

static void *read_all(void *argument)
{
	struct intake *intake = argument;
	struct parcel *read = malloc(sizeof *read);
	bool all_are_gone = false;
	int pauses = 0; /* since the last row */

	if (read == NULL)
		abort();
	read->count = read->used = 0;
	open_ring(intake, true);
	while (!all_are_gone) {
		bool finishing = is_finishing(intake); /* before the look: what came before is still read */

		if (read_waiting(intake, read, &all_are_gone) > 0)
			pauses = 0;
		else if (finishing)
			break;
		if (pauses++ < PAUSES)
			(void)poll(NULL, 0, finishing ? 0 : PAUSE_MS);
		else
			sleep_on_queue(intake);
	}
	open_ring(intake, false);
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

/* Under the lock. */
static void take_list(struct intake *intake)
{
	intake->taken = intake->reading = intake->first;
	intake->at = 0;
	intake->first = intake->last = NULL;
	intake->count = 0;
}

/* The code of the next row; NULL when all were read. */
static char *next_code(struct intake *intake, uint32_t *len)
{
	char *place;

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
	if (intake->reading == NULL) {
		wait_for(intake, 1, wait_ms);
		if (intake->count > 0)
			wait_for(intake, max, MORE_MS);
		take_list(intake);
	}
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
