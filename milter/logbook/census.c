#include "logbook/census.h"

#include "logbook/forwarder.h"
#include "logbook/moment.h"

#include <stdlib.h>
#include <string.h>

/* Names kept of each kind; what they need together is under 60 MB. */
enum {
	CAUSES_KEPT = 1000,
	DOMAINS_KEPT = 50000,
	CLIENTS_KEPT = 50000,
	FORWARDERS_KEPT = 10000,
	PAIRS_KEPT = 50000,
	REASONS_KEPT = 50,
	DAYS_KEPT = 4000,
	HOURS_KEPT = 20000,
	NOTE_MAX = 1300,     /* of a cause: its sentence or its fix */
	PAIR_NOTE_MAX = 400, /* of a pair */
	NAME_MAX_OCTETS = 255,
	CODE_MAX = 64,
};

struct census *census_new(const struct census_filter *filter)
{
	struct census *census = calloc(1, sizeof *census);

	if (census == NULL)
		abort();
	census->filter = *filter;
	census->causes = tally_new(CAUSES_KEPT);
	census->domains = tally_new(DOMAINS_KEPT);
	census->clients = tally_new(CLIENTS_KEPT);
	census->forwarders = tally_new(FORWARDERS_KEPT);
	census->skipped = tally_new(REASONS_KEPT);
	census->days = tally_new(DAYS_KEPT);
	census->hours = tally_new(HOURS_KEPT);
	census->pairs = tally_new(PAIRS_KEPT);
	return census;
}

void census_free(struct census **census)
{
	if (census == NULL || *census == NULL)
		return;
	tally_free(&(*census)->causes);
	tally_free(&(*census)->domains);
	tally_free(&(*census)->clients);
	tally_free(&(*census)->forwarders);
	tally_free(&(*census)->skipped);
	tally_free(&(*census)->days);
	tally_free(&(*census)->hours);
	tally_free(&(*census)->pairs);
	free(*census);
	*census = NULL;
}

/* The domain itself or one below it; the log has lower case. */
static bool is_below(struct span name, const char *domain)
{
	size_t len = strlen(domain);

	return name.len >= len && memcmp(name.at + name.len - len, domain, len) == 0 &&
	       (name.len == len || name.at[name.len - len - 1] == '.');
}

static bool has_cause(const struct entry *entry, const char *code)
{
	for (size_t i = 0; i < entry->cause_count; i++)
		if (entry_says(entry->causes[i].code, code))
			return true;
	return false;
}

bool census_wants(struct census *census, const struct entry *entry)
{
	const struct census_filter *filter = &census->filter;

	if (filter->queue_id[0] != '\0' && !entry_says(entry->fields[FIELD_QUEUE_ID], filter->queue_id))
		return false;
	if (filter->domain[0] != '\0' && !is_below(entry->fields[FIELD_FROM_DOMAIN], filter->domain) &&
		!is_below(entry->fields[FIELD_SPF_DOMAIN], filter->domain))
		return false;
	if (filter->cause[0] != '\0' && !has_cause(entry, filter->cause))
		return false;
	if (filter->since == 0 && filter->until == 0)
		return true;
	census->undated += !entry->dated;
	return entry->dated && entry->time >= filter->since &&
	       (filter->until == 0 || entry->time < filter->until);
}

static bool is_bad(enum result result)
{
	return result != RESULT_PASS && result != RESULT_NONE;
}

/* What every row about a message counts. */
struct marks {
	enum outcome outcome;
	bool spf_bad, dkim_bad, caused;
};

static void count_in(struct tally_row *row, const struct marks *marks)
{
	row->outcomes[marks->outcome]++;
	row->spf_bad += marks->spf_bad;
	row->dkim_bad += marks->dkim_bad;
	row->caused += marks->caused;
}

static struct span limited(struct span text, size_t max)
{
	return text.len <= max ? text : (struct span){text.at, max};
}

static void count_time(struct census *census, const struct entry *entry, const struct marks *marks)
{
	struct moment moment;

	if (!entry->dated)
		return;
	moment = moment_of(entry->time);
	count_in(tally_add(census->days, span_of(moment.day), entry->time), marks);
	count_in(tally_add(census->hours, span_of(moment.hour), entry->time), marks);
	if (census->first == 0 || entry->time < census->first)
		census->first = entry->time;
	if (entry->time > census->last)
		census->last = entry->time;
}

static void count_pair(struct census *census, const struct entry *entry, const struct entry_cause *cause,
	const struct marks *marks)
{
	struct span domain = limited(entry_domain(entry), NAME_MAX_OCTETS);
	struct span code = limited(cause->code, CODE_MAX);
	char key[CODE_MAX + NAME_MAX_OCTETS + 2];
	struct tally_row *row;

	memcpy(key, code.at, code.len);
	key[code.len] = '\t';
	memcpy(key + code.len + 1, domain.at, domain.len);
	row = tally_add(census->pairs, (struct span){key, code.len + 1 + domain.len}, entry->time);
	count_in(row, marks);
	if (row->count == 1)
		tally_note(row, cause->text, (struct span){"", 0}, PAIR_NOTE_MAX);
}

static void count_causes(struct census *census, const struct entry *entry, const struct marks *marks)
{
	census->caused += entry->cause_count > 0;
	for (size_t i = 0; i < entry->cause_count; i++) {
		const struct entry_cause *cause = &entry->causes[i];
		struct tally_row *row =
			tally_add(census->causes, limited(cause->code, CODE_MAX), entry->time);

		row->main += i == 0;
		count_in(row, marks);
		if (row->count == 1)
			tally_note(row, cause->text, cause->fix, NOTE_MAX);
		count_pair(census, entry, cause, marks);
	}
}

static void count_party(
	struct tally *tally, struct span name, const struct entry *entry, const struct marks *marks)
{
	struct tally_row *row = tally_add(tally, limited(name, NAME_MAX_OCTETS), entry->time);

	count_in(row, marks);
	if (row->note[0] == '\0' && entry->fields[FIELD_CLIENT_NAME].len > 0)
		tally_note(row, entry->fields[FIELD_CLIENT_NAME], (struct span){"", 0}, NAME_MAX_OCTETS);
}

/* With the cause that told of it, and one of its hosts. */
static void count_forwarder(struct census *census, const struct entry *entry, const struct marks *marks)
{
	struct span name = forwarder_of(entry);
	const struct entry_cause *cause = forwarding_cause(entry);
	struct tally_row *row;

	if (name.len == 0)
		return;
	row = tally_add(census->forwarders, limited(name, NAME_MAX_OCTETS), entry->time);
	count_in(row, marks);
	if (row->note[0] == '\0' && cause != NULL)
		tally_note(row, cause->code, entry->fields[FIELD_CLIENT], NAME_MAX_OCTETS);
}

void census_add(struct census *census, const struct entry *entry)
{
	enum result spf = result_of_word(entry->fields[FIELD_SPF]);
	enum result dkim = result_of_word(entry->fields[FIELD_DKIM]);
	const struct marks marks = {outcome_of(entry), is_bad(spf), is_bad(dkim), entry->cause_count > 0};

	census->records++;
	census->outcomes[marks.outcome]++;
	count_time(census, entry, &marks);
	exposure_add(&census->exposure, entry);
	census->actions[action_of_word(entry->fields[FIELD_ACTION])]++;
	if (entry->fields[FIELD_WOULD].len > 0)
		census->would[action_of_word(entry->fields[FIELD_WOULD])]++;
	if (marks.outcome == OUTCOME_SKIPPED) {
		(void)tally_add(
			census->skipped, limited(entry->fields[FIELD_SKIPPED], NAME_MAX_OCTETS), entry->time);
		return;
	}
	census->verdicts[METHOD_SPF][spf]++;
	census->verdicts[METHOD_DKIM][dkim]++;
	census->verdicts[METHOD_DMARC][result_of_word(entry->fields[FIELD_DMARC])]++;
	count_causes(census, entry, &marks);
	count_party(census->domains, entry_domain(entry), entry, &marks);
	count_party(census->clients, entry->fields[FIELD_CLIENT], entry, &marks);
	count_forwarder(census, entry, &marks);
}

struct span pair_cause(const struct tally_row *pair)
{
	return (struct span){pair->key, strcspn(pair->key, "\t")};
}

const char *pair_domain(const struct tally_row *pair)
{
	const char *tab = memchr(pair->key, '\t', pair->key_len);

	return tab == NULL ? "" : tab + 1;
}

/* Puts the row into the list, which is in the order of counts. */
static size_t insert(const struct tally_row **list, size_t count, size_t max, const struct tally_row *row)
{
	size_t at = count < max ? count : max - 1;

	if (max == 0 || (count == max && list[max - 1]->count >= row->count))
		return count;
	while (at > 0 && list[at - 1]->count < row->count) {
		list[at] = list[at - 1];
		at--;
	}
	list[at] = row;
	return count < max ? count + 1 : max;
}

size_t census_pairs_of_cause(
	const struct census *census, const char *cause, const struct tally_row **list, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < tally_size(census->pairs); i++)
		if (entry_says(pair_cause(tally_at(census->pairs, i)), cause))
			count = insert(list, count, max, tally_at(census->pairs, i));
	return count;
}

size_t census_pairs_of_domain(
	const struct census *census, const char *domain, const struct tally_row **list, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < tally_size(census->pairs); i++)
		if (strcmp(pair_domain(tally_at(census->pairs, i)), domain) == 0)
			count = insert(list, count, max, tally_at(census->pairs, i));
	return count;
}

size_t census_domain_count(const struct census *census, const char *cause)
{
	size_t count = 0;

	for (size_t i = 0; i < tally_size(census->pairs); i++)
		count += entry_says(pair_cause(tally_at(census->pairs, i)), cause);
	return count;
}
