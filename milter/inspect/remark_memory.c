#include "inspect/remark_memory.h"

#include "base/buf.h"
#include "base/netaddr.h"
#include "facts/verdicts.h"
#include "message/envelope.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	PLACES = 1024,   /* ours; two senders with one place drive each other out */
	KEY_SIZE = 504,  /* names of usual length and an SPF record; longer keys are not kept */
	KEPT_S = 60 * 60 /* catalogue section 6 */
};

struct place {
	int64_t until_s;
	char key[KEY_SIZE];
};

struct remark_memory {
	pthread_mutex_t lock;
	struct place places[PLACES];
};

struct remark_memory *remark_memory_new(void)
{
	struct remark_memory *memory = calloc(1, sizeof *memory);

	if (memory == NULL)
		abort();
	(void)pthread_mutex_init(&memory->lock, NULL);
	return memory;
}

void remark_memory_free(struct remark_memory **memory)
{
	if (memory == NULL || *memory == NULL)
		return;
	(void)pthread_mutex_destroy(&(*memory)->lock);
	free(*memory);
	*memory = NULL;
}

static void add_number(struct buf *key, size_t number)
{
	do
		buf_char(key, (char)('0' + number % 10));
	while ((number /= 10) > 0);
	buf_char(key, ' ');
}

/* Names may hold any octet: the length keeps two parts apart. */
static void add_text(struct buf *key, const char *text)
{
	add_number(key, strlen(text));
	buf_text(key, text);
}

static void add_address(struct buf *key, const struct netaddr *address)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = address->family == NETADDR_IPV4 ? 4 : address->family == NETADDR_IPV6 ? 16 : 0;

	for (size_t i = 0; i < len; i++) {
		buf_char(key, digits[address->octets[i] >> 4]);
		buf_char(key, digits[address->octets[i] & 15]);
	}
	buf_char(key, ' ');
}

const char *remark_key(const struct envelope *envelope, const struct verdicts *verdicts, struct arena *arena)
{
	const struct spf_verdict *spf = &verdicts->spf;
	struct buf key;

	if (verdicts->skipped || spf->result != RESULT_PASS)
		return "";
	key = buf_in(arena);
	add_address(&key, &envelope->client);
	add_address(&key, &envelope->relay);
	add_number(&key, (size_t)spf->identity);
	add_number(&key, (size_t)verdicts->iprev.result);
	add_number(&key, verdicts->iprev.ptr_count);
	add_text(&key, envelope->helo_domain.name);
	add_text(&key, verdicts->iprev.name);
	add_text(&key, spf->domain);
	add_text(&key, spf->record);
	return key.data;
}

/* FNV-1a */
static struct place *place_of(struct remark_memory *memory, const char *key)
{
	uint64_t hash = 14695981039346656037U;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211U;
	return &memory->places[hash % PLACES];
}

bool remark_memory_has(struct remark_memory *memory, const char *key, int64_t now_s)
{
	const struct place *place = place_of(memory, key);
	bool has;

	if (key[0] == '\0')
		return false;
	(void)pthread_mutex_lock(&memory->lock);
	has = now_s < place->until_s && strcmp(place->key, key) == 0;
	(void)pthread_mutex_unlock(&memory->lock);
	return has;
}

void remark_memory_keep(struct remark_memory *memory, const char *key, int64_t now_s)
{
	struct place *place = place_of(memory, key);
	size_t len = strlen(key);

	if (len == 0 || len >= KEY_SIZE)
		return;
	(void)pthread_mutex_lock(&memory->lock);
	memcpy(place->key, key, len + 1);
	place->until_s = now_s + KEPT_S;
	(void)pthread_mutex_unlock(&memory->lock);
}
