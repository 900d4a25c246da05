#include "logbook/overview.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	HOURS_SHOWN = 60, /* more hours than that are shown as days */
	CHANGE_MESSAGES = 10,
	CHANGE_POINTS = 20,
};

const struct tally *overview_bars(const struct census *census)
{
	return census->last - census->first < (int64_t)HOURS_SHOWN * 3600 ? census->hours : census->days;
}

static size_t worst_or_top(const struct tally *tally, const struct tally_row **list)
{
	size_t count = tally_worst(tally, list, OVERVIEW_PARTIES);

	return count > 0 ? count : tally_top(tally, list, OVERVIEW_PARTIES);
}

struct overview overview_of(const struct census *census)
{
	struct overview overview = {.census = census};

	overview.cause_count = tally_top(census->causes, overview.causes, OVERVIEW_CAUSES);
	overview.domain_count = worst_or_top(census->domains, overview.domains);
	overview.client_count = worst_or_top(census->clients, overview.clients);
	overview.forwarder_count = tally_top(census->forwarders, overview.forwarders, OVERVIEW_PARTIES);
	return overview;
}

static void want_parties(struct album *album, const struct tally_row *const *rows, size_t count,
	enum album_kind kind, enum album_kind failed)
{
	for (size_t i = 0; i < count; i++) {
		album_want(album, kind, rows[i]->key);
		album_want(album, failed, rows[i]->key);
	}
}

static void want_causes(struct album *album, const struct overview *overview)
{
	const struct tally_row *pairs[OVERVIEW_DOMAINS_OF_CAUSE];

	for (size_t i = 0; i < overview->cause_count; i++) {
		const char *code = overview->causes[i]->key;
		size_t count =
			census_pairs_of_cause(overview->census, code, pairs, OVERVIEW_DOMAINS_OF_CAUSE);

		album_want(album, ALBUM_CAUSE, code);
		for (size_t n = 0; n < count; n++)
			album_want(album, ALBUM_PAIR, pairs[n]->key);
	}
}

/* At least so many of its messages are in trouble. */
static uint32_t trouble_of(const struct tally_row *row)
{
	uint32_t bad = row->count - row->outcomes[OUTCOME_GOOD];

	return row->caused > bad ? row->caused : bad;
}

static int by_trouble(const void *left, const void *right)
{
	uint32_t a = trouble_of(*(const struct tally_row *const *)left);
	uint32_t b = trouble_of(*(const struct tally_row *const *)right);

	return a < b ? 1 : a > b ? -1 : 0;
}

static void want_candidates(struct album *album, const struct tally *domains)
{
	size_t size = tally_size(domains), count = 0;
	const struct tally_row **rows = calloc(size + 1, sizeof(const struct tally_row *));

	if (rows == NULL)
		abort();
	for (size_t i = 0; i < size; i++)
		if (tally_at(domains, i)->count >= 2 * CHANGE_MESSAGES &&
			trouble_of(tally_at(domains, i)) > 0)
			rows[count++] = tally_at(domains, i);
	qsort(rows, count, sizeof(const struct tally_row *), by_trouble);
	for (size_t i = 0; i < count && i < OVERVIEW_CANDIDATES; i++)
		album_want(album, ALBUM_DOMAIN, rows[i]->key);
	free(rows);
}

static void want_fixed_names(struct album *album)
{
	static const char *const methods[] = {"spf", "dkim", "dmarc"};
	char name[40];

	album_want(album, ALBUM_ALL, "");
	album_want(album, ALBUM_CAUSED, "");
	for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		(void)snprintf(name, sizeof name, "%d", outcome);
		album_want(album, ALBUM_OUTCOME, name);
	}
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		for (int result = RESULT_NONE; result < RESULT_WORDS; result++) {
			(void)snprintf(
				name, sizeof name, "%s %s", methods[i], result_word((enum result)result));
			album_want(album, ALBUM_METHOD, name);
		}
	for (int exposed = 0; exposed < EXPOSED_COUNT; exposed++)
		for (int action = 0; action < DONE_COUNT; action++) {
			(void)snprintf(name, sizeof name, "%d %d", exposed, action);
			album_want(album, ALBUM_EXPOSED, name);
		}
}

struct album *overview_album(const struct overview *overview)
{
	const struct census *census = overview->census;
	const struct tally *bars = overview_bars(census);
	struct album *album = album_new(census->first + (census->last - census->first) / 2, census->last);

	want_fixed_names(album);
	want_causes(album, overview);
	want_parties(album, overview->domains, overview->domain_count, ALBUM_DOMAIN, ALBUM_FAILED);
	want_parties(album, overview->clients, overview->client_count, ALBUM_CLIENT, ALBUM_CLIENT_FAILED);
	want_parties(album, overview->forwarders, overview->forwarder_count, ALBUM_FORWARDER,
		ALBUM_FORWARDER_FAILED);
	for (size_t i = 0; i < tally_size(bars) && tally_size(bars) <= OVERVIEW_BARS; i++)
		album_want(album, ALBUM_TIME, tally_at(bars, i)->key);
	want_candidates(album, census->domains);
	return album;
}

static double share_of(const struct half *half)
{
	return (double)half->trouble / (double)half->messages;
}

/* Messages of the second half that are another way now. */
static double weight_of(const struct change *change)
{
	double difference = share_of(change->after) - share_of(change->before);

	return (difference < 0 ? -difference : difference) * (double)change->after->messages;
}

static bool is_change(const struct album_page *page, bool worse)
{
	const struct half *before = &page->halves[0], *after = &page->halves[1];
	int64_t points; /* times the messages of both halves */

	if (page->kind != ALBUM_DOMAIN || page->name[0] == '\0' || before->messages < CHANGE_MESSAGES ||
		after->messages < CHANGE_MESSAGES)
		return false;
	points = 100 * ((int64_t)(after->trouble * before->messages) -
			       (int64_t)(before->trouble * after->messages));
	if (!worse)
		points = -points;
	return points >= CHANGE_POINTS * (int64_t)(before->messages * after->messages);
}

size_t changes_of(const struct album *album, bool worse, struct change list[OVERVIEW_CHANGES])
{
	size_t count = 0;

	for (size_t i = 0; i < album_size(album); i++) {
		const struct album_page *page = album_at(album, i);
		struct change change = {&page->halves[0], &page->halves[1], page->name};
		size_t at = count < OVERVIEW_CHANGES ? count : OVERVIEW_CHANGES - 1;

		if (!is_change(page, worse) ||
			(count == OVERVIEW_CHANGES && weight_of(&list[at]) >= weight_of(&change)))
			continue;
		for (; at > 0 && weight_of(&list[at - 1]) < weight_of(&change); at--)
			list[at] = list[at - 1];
		list[at] = change;
		count += count < OVERVIEW_CHANGES;
	}
	return count;
}
