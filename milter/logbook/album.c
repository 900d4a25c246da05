#include "logbook/album.h"

#include "logbook/forwarder.h"
#include "logbook/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLOTS = 2 * ALBUM_NAMES_MAX,
	NAME_SIZE = 400, /* of a pair: code, TAB, domain */
	TEXT_MAX = 255,
};

struct album {
	int64_t middle, last;
	struct album_page *pages[ALBUM_NAMES_MAX];
	size_t count;
	uint16_t slots[SLOTS]; /* index of a page plus one; 0: free */
};

/* A message may be on many pages. */
struct kept {
	struct sighting sighting; /* first: that is what pages point to */
	unsigned pages;
};

static void *memory(size_t size)
{
	void *new = calloc(1, size);

	if (new == NULL)
		abort(); /* as in base/arena.h */
	return new;
}

struct album *album_new(int64_t middle, int64_t last)
{
	struct album *album = memory(sizeof *album);

	album->middle = middle;
	album->last = last;
	return album;
}

static void let_go(const struct sighting *sighting)
{
	struct kept *kept = (struct kept *)(uintptr_t)sighting;

	if (kept != NULL && --kept->pages == 0)
		free(kept);
}

void album_free(struct album **album)
{
	if (album == NULL || *album == NULL)
		return;
	for (size_t i = 0; i < (*album)->count; i++) {
		struct album_page *page = (*album)->pages[i];

		for (size_t n = 0; n < SIGHTINGS_MAX; n++)
			let_go(page->sightings[n]);
		free((void *)(uintptr_t)page->name);
		free(page);
	}
	free(*album);
	*album = NULL;
}

/* Where the page is, or the free slot where it belongs. The names were chosen from the census: nobody can
 * make them collide for long. */
static size_t slot_of(const struct album *album, enum album_kind kind, struct span name)
{
	uint32_t hash = 2166136261U + (uint32_t)kind;
	size_t slot;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.at[i]) * 16777619U;
	for (slot = (hash ^ hash >> 15) % SLOTS; album->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
		const struct album_page *page = album->pages[album->slots[slot] - 1];

		if (page->kind == kind && entry_says(name, page->name))
			break;
	}
	return slot;
}

static struct album_page *page_of(const struct album *album, enum album_kind kind, struct span name)
{
	size_t slot = slot_of(album, kind, name);

	return album->slots[slot] != 0 ? album->pages[album->slots[slot] - 1] : NULL;
}

void album_want(struct album *album, enum album_kind kind, const char *name)
{
	size_t slot = slot_of(album, kind, span_of(name));
	struct album_page *page;

	if (album->slots[slot] != 0 || album->count == ALBUM_NAMES_MAX || strlen(name) >= NAME_SIZE)
		return;
	page = memory(sizeof *page);
	page->kind = kind;
	page->name = strdup(name);
	if (page->name == NULL)
		abort();
	album->pages[album->count++] = page;
	page->number = album->count;
	album->slots[slot] = (uint16_t)album->count;
}

struct looking {
	struct album *album;
	const struct entry *entry;
	struct kept *kept; /* of the entry; made when the first page wants it */
	struct half what;  /* 1 message, 1 if it is trouble */
	int second;        /* half */
};

static const char *put(char **at, struct span text)
{
	char *start = *at;
	size_t len = text.len < TEXT_MAX ? text.len : TEXT_MAX;

	while (len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len--; /* not inside a character */
	memcpy(start, text.at, len);
	start[len] = '\0';
	*at = start + len + 1;
	return start;
}

/* In one piece of memory, its texts behind it. */
static struct kept *kept_of(const struct entry *entry)
{
	const struct span cause = entry->cause_count > 0 ? entry->causes[0].code : (struct span){"", 0};
	const struct span domain = entry_domain(entry);
	size_t size =
		entry->fields[FIELD_QUEUE_ID].len + entry->fields[FIELD_CLIENT].len + domain.len + cause.len;
	struct kept *kept = memory(sizeof *kept + size + 4);
	char *at = (char *)(kept + 1);

	kept->sighting = (struct sighting){.time = entry->dated ? entry->time : 0,
		.queue_id = put(&at, entry->fields[FIELD_QUEUE_ID]),
		.client = put(&at, entry->fields[FIELD_CLIENT]),
		.domain = put(&at, domain),
		.cause = put(&at, cause),
		.outcome = outcome_of(entry),
		.spf = result_of_word(entry->fields[FIELD_SPF]),
		.dkim = result_of_word(entry->fields[FIELD_DKIM]),
		.dmarc = result_of_word(entry->fields[FIELD_DMARC]),
		.action = action_of_word(entry->fields[FIELD_ACTION])};
	return kept;
}

/* In the place of the oldest, when there is no room. */
static void keep(struct album_page *page, struct looking *looking)
{
	const struct entry *entry = looking->entry;
	int64_t time = entry->dated ? entry->time : 0;
	size_t place = page->sighting_count;

	if (place == SIGHTINGS_MAX) {
		place = 0;
		for (size_t i = 1; i < SIGHTINGS_MAX; i++)
			if (page->sightings[i]->time < page->sightings[place]->time)
				place = i;
		if (page->sightings[place]->time > time)
			return;
		let_go(page->sightings[place]);
	} else {
		page->sighting_count++;
	}
	if (looking->kept == NULL)
		looking->kept = kept_of(entry);
	looking->kept->pages++;
	page->sightings[place] = &looking->kept->sighting;
}

static void look(struct looking *looking, enum album_kind kind, struct span name)
{
	struct album_page *page = page_of(looking->album, kind, name);

	if (page == NULL)
		return;
	page->halves[looking->second].messages += looking->what.messages;
	page->halves[looking->second].trouble += looking->what.trouble;
	keep(page, looking);
}

static void look_text(struct looking *looking, enum album_kind kind, const char *name)
{
	look(looking, kind, span_of(name));
}

static void look_at_methods(struct looking *looking)
{
	static const struct {
		enum entry_field field;
		const char *name;
	} methods[] = {{FIELD_SPF, "spf"}, {FIELD_DKIM, "dkim"}, {FIELD_DMARC, "dmarc"}};
	char name[40];

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		enum result result = result_of_word(looking->entry->fields[methods[i].field]);

		(void)snprintf(name, sizeof name, "%s %s", methods[i].name, result_word(result));
		look_text(looking, ALBUM_METHOD, name);
	}
}

static void look_at_causes(struct looking *looking)
{
	const struct entry *entry = looking->entry;
	struct span domain = entry_domain(entry);
	char pair[NAME_SIZE];

	for (size_t i = 0; i < entry->cause_count; i++) {
		struct span code = entry->causes[i].code;
		int len = snprintf(
			pair, sizeof pair, "%.*s\t%.*s", (int)code.len, code.at, (int)domain.len, domain.at);

		look(looking, ALBUM_CAUSE, code);
		if (len > 0 && len < (int)sizeof pair)
			look_text(looking, ALBUM_PAIR, pair);
	}
}

static void look_at_parties(struct looking *looking, bool failed)
{
	const struct entry *entry = looking->entry;
	struct span client = entry->fields[FIELD_CLIENT], forwarder = forwarder_of(entry);

	look(looking, ALBUM_DOMAIN, entry_domain(entry));
	look(looking, ALBUM_CLIENT, client);
	if (forwarder.len > 0)
		look(looking, ALBUM_FORWARDER, forwarder);
	if (!failed)
		return;
	look(looking, ALBUM_FAILED, entry_domain(entry));
	look(looking, ALBUM_CLIENT_FAILED, client);
	if (forwarder.len > 0)
		look(looking, ALBUM_FORWARDER_FAILED, forwarder);
}

void album_add(struct album *album, const struct entry *entry)
{
	enum outcome outcome = outcome_of(entry);
	struct looking looking = {.album = album,
		.entry = entry,
		.what = {1, outcome_is_trouble(entry)},
		.second = entry->dated && entry->time >= album->middle};
	char name[20];

	if (entry->dated && entry->time > album->last)
		return;
	look_text(&looking, ALBUM_ALL, "");
	(void)snprintf(name, sizeof name, "%d", (int)outcome);
	look_text(&looking, ALBUM_OUTCOME, name);
	(void)snprintf(name, sizeof name, "%d %d", (int)exposed_of(entry),
		(int)action_of_word(entry->fields[FIELD_ACTION]));
	look_text(&looking, ALBUM_EXPOSED, name);
	if (entry->dated) {
		struct moment moment = moment_of(entry->time);

		look_text(&looking, ALBUM_TIME, moment.day);
		look_text(&looking, ALBUM_TIME, moment.hour);
	}
	if (outcome == OUTCOME_SKIPPED)
		return;
	if (entry->cause_count > 0)
		look_text(&looking, ALBUM_CAUSED, "");
	look_at_methods(&looking);
	look_at_causes(&looking);
	look_at_parties(&looking, outcome == OUTCOME_FAIL);
}

static int newest_first(const void *left, const void *right)
{
	const struct sighting *a = *(const struct sighting *const *)left;
	const struct sighting *b = *(const struct sighting *const *)right;

	if (a->time != b->time)
		return a->time < b->time ? 1 : -1;
	return strcmp(a->queue_id, b->queue_id);
}

void album_close(struct album *album)
{
	for (size_t i = 0; i < album->count; i++)
		qsort(album->pages[i]->sightings, album->pages[i]->sighting_count,
			sizeof(const struct sighting *), newest_first);
}

int64_t album_middle(const struct album *album)
{
	return album->middle;
}

size_t album_size(const struct album *album)
{
	return album->count;
}

struct album_page *album_at(const struct album *album, size_t i)
{
	return album->pages[i];
}

struct album_page *album_find(const struct album *album, enum album_kind kind, const char *name)
{
	return page_of(album, kind, span_of(name));
}
