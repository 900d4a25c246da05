#include "replay/evidence_writer.h"

#include "base/clock.h"
#include "base/condition.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
	ITEMS_MAX = 256,
	OCTETS_MAX = 16 * 1024 * 1024, /* waiting to be written */
	COMPLAIN_EVERY_MS = 60000,
	CLOSE_MS = 3000,
	NICENESS = 10, /* mail in progress has the processor first */
};

/* One block: the struct, then the three texts. */
struct item {
	struct evidence_item item;
	size_t octets;
};

struct evidence_writer {
	char *folder;
	unsigned count;
	uint64_t octets;
	struct evidence_listener listener;
	struct evidence_ring *ring; /* of the thread */
	int64_t complained_ms;      /* of the thread; 0: never */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	struct item *items[ITEMS_MAX];
	size_t first, waiting, waiting_octets;
	bool closing, done;
};

static struct item *item_copy(const struct evidence_item *from)
{
	size_t id = strlen(from->queue_id) + 1, text = strlen(from->text) + 1;
	struct item *copy = malloc(sizeof *copy + id + text + from->message_len);
	char *at;

	if (copy == NULL)
		return NULL;
	at = (char *)(copy + 1);
	copy->octets = sizeof *copy + id + text + from->message_len;
	copy->item = (struct evidence_item){
		.queue_id = at, .now = from->now, .text = at + id, .message = at + id + text};
	copy->item.message_len = from->message_len;
	memcpy(at, from->queue_id, id);
	memcpy(at + id, from->text, text);
	memcpy(at + id + text, from->message, from->message_len);
	return copy;
}

void evidence_writer_put(struct evidence_writer *writer, const struct evidence_item *item)
{
	struct item *copy;

	if (writer == NULL || (copy = item_copy(item)) == NULL)
		return;
	(void)pthread_mutex_lock(&writer->lock);
	if (!writer->closing && writer->waiting < ITEMS_MAX &&
		copy->octets <= OCTETS_MAX - writer->waiting_octets) {
		writer->items[(writer->first + writer->waiting++) % ITEMS_MAX] = copy;
		writer->waiting_octets += copy->octets;
		copy = NULL;
		(void)pthread_cond_broadcast(&writer->changed);
	}
	(void)pthread_mutex_unlock(&writer->lock);
	free(copy);
}

static struct item *take(struct evidence_writer *writer)
{
	struct item *item = NULL;

	(void)pthread_mutex_lock(&writer->lock);
	while (writer->waiting == 0 && !writer->closing)
		(void)pthread_cond_wait(&writer->changed, &writer->lock);
	if (writer->waiting > 0) {
		item = writer->items[writer->first];
		writer->first = (writer->first + 1) % ITEMS_MAX;
		writer->waiting--;
		writer->waiting_octets -= item->octets;
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return item;
}

static void complain(struct evidence_writer *writer, const char *text)
{
	int64_t now = clock_monotonic_ms();

	if (writer->complained_ms != 0 && now - writer->complained_ms < COMPLAIN_EVERY_MS)
		return;
	writer->complained_ms = now;
	if (writer->listener.complain != NULL)
		writer->listener.complain(writer->listener.self, text);
}

static void write_item(struct evidence_writer *writer, const struct item *item)
{
	struct fault fault = {""};

	if (writer->ring == NULL)
		writer->ring = evidence_ring_open(writer->folder, writer->count, writer->octets, &fault);
	if (writer->ring == NULL || !evidence_ring_put(writer->ring, &item->item, &fault))
		complain(writer, fault.text);
}

static void *work(void *argument)
{
	struct evidence_writer *writer = argument;
	struct item *item;

	(void)setpriority(PRIO_PROCESS, 0, NICENESS); /* on Linux 0 is this thread */
	while ((item = take(writer)) != NULL) {
		write_item(writer, item);
		free(item);
	}
	evidence_ring_close(&writer->ring);
	(void)pthread_mutex_lock(&writer->lock);
	writer->done = true;
	(void)pthread_cond_broadcast(&writer->changed);
	(void)pthread_mutex_unlock(&writer->lock);
	return NULL;
}

static void writer_free(struct evidence_writer **writer)
{
	(void)pthread_cond_destroy(&(*writer)->changed);
	(void)pthread_mutex_destroy(&(*writer)->lock);
	free((*writer)->folder);
	free(*writer);
	*writer = NULL;
}

struct evidence_writer *evidence_writer_open(
	const char *folder, unsigned count, uint64_t octets, struct evidence_listener listener)
{
	struct evidence_writer *writer = calloc(1, sizeof *writer);

	if (writer == NULL || (writer->folder = strdup(folder)) == NULL)
		abort();
	writer->count = count;
	writer->octets = octets;
	writer->listener = listener;
	(void)pthread_mutex_init(&writer->lock, NULL);
	condition_init(&writer->changed);
	if (pthread_create(&writer->thread, NULL, work, writer) != 0)
		writer_free(&writer);
	return writer;
}

void evidence_writer_close(struct evidence_writer **writer)
{
	int64_t latest_ms = clock_monotonic_ms() + CLOSE_MS;
	bool done, is_patient = true;

	if (writer == NULL || *writer == NULL)
		return;
	(void)pthread_mutex_lock(&(*writer)->lock);
	(*writer)->closing = true;
	(void)pthread_cond_broadcast(&(*writer)->changed);
	while (!(*writer)->done && is_patient)
		is_patient = condition_wait_until(&(*writer)->changed, &(*writer)->lock, latest_ms);
	done = (*writer)->done;
	(void)pthread_mutex_unlock(&(*writer)->lock);
	if (done && pthread_join((*writer)->thread, NULL) == 0)
		writer_free(writer);
	*writer = NULL; /* a disk that does not answer keeps the thread, and the thread keeps this */
}
