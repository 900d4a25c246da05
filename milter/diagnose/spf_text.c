#include "diagnose/spf_text.h"

#include "base/arena.h"
#include "base/buf.h"
#include "diagnose/known_answers.h"

#include <string.h>

/* Ours: a record that includes itself in many ways costs no more than this. */
enum { TRY_DEPTH_MAX = 4, TRY_RECORDS_MAX = 11 };

static bool is_qualifier(char c)
{
	return c == '+' || c == '-' || c == '~' || c == '?';
}

static struct spf_word word_of(const char *at, size_t len, size_t position, struct arena *arena)
{
	struct spf_word word = {.text = arena_copy(arena, at, len), .position = position, .qualifier = '+'};
	const char *name = word.text;
	size_t name_len;

	if (is_qualifier(*name))
		word.qualifier = *name++;
	name_len = strcspn(name, ":=/");
	word.name = text_lower(arena, name, name_len);
	word.separator = name[name_len];
	word.value = name + name_len + (word.separator == ':' || word.separator == '=' ? 1 : 0);
	return word;
}

struct spf_words spf_words_of(const char *record, struct arena *arena)
{
	struct spf_words words = {0};
	size_t room = 1;

	for (size_t i = 0; record[i] != '\0' && room < SPF_WORDS_MAX; i++)
		room += record[i] == ' ';
	words.items = arena_array(arena, room, sizeof *words.items);
	for (size_t i = 0; record[i] != '\0' && words.count < room;) {
		size_t len = strcspn(record + i, " ");

		if (len > 0)
			words.items[words.count++] = word_of(record + i, len, i, arena);
		i += len > 0 ? len : 1;
	}
	return words;
}

bool spf_word_is(const struct spf_word *word, const char *name)
{
	return strcmp(word->name, name) == 0;
}

bool spf_word_network(const struct spf_word *word, struct network *network)
{
	enum netaddr_family family = spf_word_is(word, "ip4")   ? NETADDR_IPV4
				     : spf_word_is(word, "ip6") ? NETADDR_IPV6
								: NETADDR_NONE;

	return family != NETADDR_NONE && word->separator == ':' && network_parse(word->value, network) &&
	       network->address.family == family;
}

/* "a:host/24//64": the host (the domain itself without one) and the prefix for the client's family. */
static const char *host_of(const struct spf_word *word, const char *domain, const struct netaddr *client,
	unsigned *prefix, struct arena *arena)
{
	bool six = client->family == NETADDR_IPV6;
	const char *slash = strchr(word->value, '/');
	size_t len = slash == NULL ? strlen(word->value) : (size_t)(slash - word->value);
	const char *bits = slash;
	unsigned long number = 0;

	*prefix = six ? 128 : 32;
	if (six && slash != NULL)
		bits = strstr(slash, "//") == NULL ? NULL : strstr(slash, "//") + 1;
	if (bits != NULL && span_number((struct span){bits + 1, strcspn(bits + 1, "/")}, *prefix, &number))
		*prefix = (unsigned)number;
	return word->separator == ':' && len > 0 ? text_lower(arena, word->value, len) : domain;
}

static enum known mx_matches(
	const struct evidence *evidence, const char *name, const struct netaddr *client, unsigned prefix)
{
	const struct answer *answer = known_answer(evidence, name, RR_MX);
	enum known result = KNOWN_NO;

	if (answer == NULL || answer_is_trouble(answer))
		return KNOWN_NOT;
	for (size_t i = 0; answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		enum known one = known_address(evidence, known_mx_host(&answer->values[i]), client, prefix);

		if (one == KNOWN_YES)
			return KNOWN_YES;
		if (one == KNOWN_NOT)
			result = KNOWN_NOT;
	}
	return result;
}

struct attempt {
	const struct evidence *evidence;
	const struct netaddr *client;
	struct arena *arena;
	int depth, records;
};

static enum spf_try attempt_record(struct attempt *attempt, const char *domain, const char *record);

/* check_host() of another domain whose record is among the answers. */
static enum spf_try attempt_domain(struct attempt *attempt, const char *domain)
{
	const struct answer *answer = known_answer(attempt->evidence, domain, RR_TXT);
	const struct rdata *record = known_text(answer, "v=spf1");
	enum spf_try result;

	if (record == NULL || attempt->depth >= TRY_DEPTH_MAX || attempt->records >= TRY_RECORDS_MAX)
		return SPF_TRY_UNKNOWN;
	attempt->depth++;
	attempt->records++;
	result = attempt_record(attempt, domain, record->text);
	attempt->depth--;
	return result;
}

static enum known word_matches(struct attempt *attempt, const struct spf_word *word, const char *domain)
{
	struct network network;
	unsigned prefix;

	if (spf_word_network(word, &network))
		return network_contains(&network, attempt->client) ? KNOWN_YES : KNOWN_NO;
	if (spf_word_is(word, "all"))
		return KNOWN_YES;
	if (spf_word_is(word, "a") || spf_word_is(word, "mx")) {
		const char *host = host_of(word, domain, attempt->client, &prefix, attempt->arena);

		return spf_word_is(word, "a")
			       ? known_address(attempt->evidence, host, attempt->client, prefix)
			       : mx_matches(attempt->evidence, host, attempt->client, prefix);
	}
	if (spf_word_is(word, "include")) {
		enum spf_try result =
			attempt_domain(attempt, text_lower(attempt->arena, word->value, strlen(word->value)));

		return result == SPF_TRY_UNKNOWN ? KNOWN_NOT : result == SPF_TRY_PASS ? KNOWN_YES : KNOWN_NO;
	}
	return KNOWN_NOT;
}

static enum spf_try attempt_record(struct attempt *attempt, const char *domain, const char *record)
{
	struct spf_words words = spf_words_of(record, attempt->arena);
	const char *redirect = NULL;

	for (size_t i = 1; i < words.count; i++) {
		const struct spf_word *word = &words.items[i];
		enum known match;

		if (word->separator == '=') {
			if (spf_word_is(word, "redirect") && redirect == NULL)
				redirect = text_lower(attempt->arena, word->value, strlen(word->value));
			continue;
		}
		match = word_matches(attempt, word, domain);
		if (match == KNOWN_NOT)
			return SPF_TRY_UNKNOWN;
		if (match == KNOWN_YES)
			return word->qualifier == '+' ? SPF_TRY_PASS : SPF_TRY_OTHER;
	}
	return redirect == NULL ? SPF_TRY_OTHER : attempt_domain(attempt, redirect);
}

enum spf_try spf_text_try(const struct evidence *evidence, const char *domain, const char *record,
	const struct netaddr *client, struct arena *arena)
{
	struct attempt attempt = {.evidence = evidence, .client = client, .arena = arena};

	return client->family == NETADDR_NONE ? SPF_TRY_UNKNOWN : attempt_record(&attempt, domain, record);
}

static bool is_final(const struct spf_word *word)
{
	return (spf_word_is(word, "all") && word->separator == '\0') ||
	       (word->separator == '=' && (spf_word_is(word, "redirect") || spf_word_is(word, "exp")));
}

static bool is_version(const struct spf_word *word)
{
	return text_equal(word->text, "v=spf1");
}

static void add_word(struct buf *out, const char *word)
{
	if (out->len > 0)
		buf_char(out, ' ');
	buf_text(out, word);
}

/* Is the word there already, so that a merged record need not say it twice? */
static bool has_word(const struct buf *out, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(out->data, word); at != NULL; at = strstr(at + 1, word))
		if ((at == out->data || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

const char *spf_text_with(const char *record, const char *word, struct arena *arena)
{
	struct spf_words words = spf_words_of(record, arena);
	struct buf out = buf_in(arena);
	bool added = false;

	for (size_t i = 0; i < words.count; i++) {
		if (!added && is_final(&words.items[i])) {
			add_word(&out, word);
			added = true;
		}
		add_word(&out, words.items[i].text);
	}
	if (!added) {
		add_word(&out, word);
		add_word(&out, "~all");
	}
	return out.data;
}

const char *spf_text_merged(const char *const *records, size_t count, struct arena *arena)
{
	struct buf out = buf_in(arena);
	const char *all = NULL, *redirect = NULL;

	buf_text(&out, "v=spf1");
	for (size_t i = 0; i < count; i++) {
		struct spf_words words = spf_words_of(records[i], arena);

		for (size_t at = 0; at < words.count; at++) {
			const struct spf_word *word = &words.items[at];

			if (spf_word_is(word, "all"))
				all = word->text;
			else if (spf_word_is(word, "redirect"))
				redirect = word->text;
			else if (!is_version(word) && !has_word(&out, word->text))
				add_word(&out, word->text);
		}
	}
	if (redirect != NULL && all == NULL)
		add_word(&out, redirect);
	else
		add_word(&out, all != NULL ? all : "~all");
	return out.data;
}

const char *spf_text_all_last(const char *record, struct arena *arena)
{
	return spf_text_merged(&record, 1, arena);
}

const char *spf_text_replaced(
	const char *record, size_t position, size_t len, const char *with, struct arena *arena)
{
	size_t total = strlen(record);

	if (position > total)
		position = total;
	if (len > total - position)
		len = total - position;
	return arena_printf(arena, "%.*s%s%s", (int)position, record, with, record + position + len);
}
