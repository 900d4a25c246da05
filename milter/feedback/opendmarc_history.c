#include "feedback/opendmarc_history.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/netaddr.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/record.h"
#include "store/row.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_MAX_OCTETS = 16384, /* ours: arc_policy lists a whole chain */
	SIGNATURES_KEPT = 20,    /* as of a message of our own */
	RUA_KEPT = 20,
	WORD_MAX = 255,
	BLOCK_MAX = 1024 * 1024, /* ours, in memory */
	NUMBER_MAX = 1000,
	HALVES = 2,
};

/* Numbers of OpenDMARC: policy (dmarc.h), alignment (dmarc.h), action (DMARCF_RESULT_…). */
enum { POLICY_ABSENT = 14, POLICY_PASS, POLICY_REJECT, POLICY_QUARANTINE, POLICY_NONE };
enum { ALIGNED = 4 };
enum { ACTION_REJECTED, ACTION_DISCARDED, ACTION_ACCEPTED, ACTION_DEFERRED, ACTION_QUARANTINED };

/* One block as it was read. */
struct block {
	bool begun;
	uint64_t line;           /* of its first */
	uint64_t digest[HALVES]; /* of all its lines: its id */
	const char *job, *reporter, *client, *from, *mfrom, *pdomain;
	struct buf rua, signatures;
	size_t rua_count, signature_count;
	unsigned long received, spf, policy, p, sp, adkim, aspf, pct, align_dkim, align_spf, action;
};

struct history {
	const struct history_taker *taker;
	struct history_counts *counts;
	struct arena *arena; /* of the block at hand */
	struct block block;
};

static void block_begin(struct history *history, uint64_t line)
{
	arena_reset(history->arena);
	history->block = (struct block){.begun = true,
		.line = line,
		.digest = {14695981039346656037u, 0x6c62272e07bb0142u},
		.job = "",
		.reporter = "",
		.client = "",
		.from = "",
		.mfrom = "",
		.pdomain = "",
		.rua = buf_in(history->arena),
		.signatures = buf_in(history->arena),
		.spf = NUMBER_MAX,
		.policy = NUMBER_MAX,
		.pct = 100,
		.action = ACTION_ACCEPTED};
}

/* FNV-1a, twice from different beginnings. */
static void digest_line(struct block *block, struct span line)
{
	for (size_t half = 0; half < HALVES; half++) {
		for (size_t i = 0; i < line.len; i++)
			block->digest[half] =
				(block->digest[half] ^ (unsigned char)line.at[i]) * 1099511628211u;
		block->digest[half] = (block->digest[half] ^ '\n') * (1099511628211u + half * 2);
	}
}

/* As its reports call them; also those of RFC 8601 that it does not know. */
static const char *result_of(unsigned long number)
{
	static const char *const words[] = {[0] = "pass",
		[2] = "softfail",
		[3] = "neutral",
		[4] = "temperror",
		[5] = "permerror",
		[6] = "none",
		[7] = "fail",
		[8] = "policy"};

	return number < sizeof words / sizeof words[0] && words[number] != NULL ? words[number] : "none";
}

/* "example.com sel1 0"; older versions write no selector. */
static void add_signature(struct block *block, struct span value, struct arena *arena)
{
	struct span parts[3];
	size_t count = 0;
	unsigned long result;
	struct domain domain;

	while (count < 3 && value.len > 0) {
		size_t len = 0;

		while (len < value.len && value.at[len] != ' ')
			len++;
		parts[count++] = (struct span){value.at, len};
		value = span_trim((struct span){value.at + len, value.len - len});
	}
	if (count < 2 || value.len > 0 || !span_number(parts[count - 1], NUMBER_MAX, &result) ||
		block->signature_count == SIGNATURES_KEPT)
		return;
	domain = domain_of(arena, parts[0].at, parts[0].len);
	if (domain.name[0] == '\0')
		return;
	buf_printf(&block->signatures, "%s%s %s %s", block->signature_count++ > 0 ? "\n" : "",
		result_of(result), domain.name,
		count == 3 ? escape_word(span_text(arena, parts[1]), WORD_MAX, arena) : "");
}

static void add_rua(struct block *block, struct span value, struct arena *arena)
{
	const char *uri = escape_word(span_text(arena, value), WORD_MAX, arena);

	/* what would end the tag, or the list, was never part of a URI */
	if (span_is(value, "-") || strpbrk(uri, ";,") != NULL || block->rua_count == RUA_KEPT)
		return;
	buf_printf(&block->rua, "%s%s", block->rua_count++ > 0 ? "," : "", uri);
}

static void take_line(struct history *history, struct span key, struct span value)
{
	struct block *block = &history->block;
	const struct {
		const char *key;
		const char **text;
		unsigned long *number;
	} places[] = {
		{"job", &block->job, NULL},
		{"reporter", &block->reporter, NULL},
		{"ipaddr", &block->client, NULL},
		{"from", &block->from, NULL},
		{"mfrom", &block->mfrom, NULL},
		{"pdomain", &block->pdomain, NULL},
		{"spf", NULL, &block->spf},
		{"policy", NULL, &block->policy},
		{"p", NULL, &block->p},
		{"sp", NULL, &block->sp},
		{"adkim", NULL, &block->adkim},
		{"aspf", NULL, &block->aspf},
		{"pct", NULL, &block->pct},
		{"align_dkim", NULL, &block->align_dkim},
		{"align_spf", NULL, &block->align_spf},
		{"action", NULL, &block->action},
	};

	if (span_is(key, "received"))
		(void)span_number(value, INT32_MAX, &block->received);
	else if (span_is(key, "dkim"))
		add_signature(block, value, history->arena);
	else if (span_is(key, "rua"))
		add_rua(block, value, history->arena);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (!span_is(key, places[i].key))
			continue;
		else if (places[i].text != NULL)
			*places[i].text = span_text(history->arena, value);
		else
			(void)span_number(value, NUMBER_MAX, places[i].number);
}

static const char *policy_word(unsigned long letter)
{
	return letter == 'r' ? "reject" : letter == 'q' ? "quarantine" : "none";
}

/* The record as far as OpenDMARC noted it. */
static const char *record_text(const struct block *block, struct arena *arena)
{
	struct buf text = buf_in(arena);

	buf_printf(&text, "v=DMARC1; p=%s", policy_word(block->p));
	if (block->sp != 0)
		buf_printf(&text, "; sp=%s", policy_word(block->sp));
	if (block->adkim == 's')
		buf_text(&text, "; adkim=s");
	if (block->aspf == 's')
		buf_text(&text, "; aspf=s");
	if (block->pct < 100)
		buf_printf(&text, "; pct=%lu", block->pct);
	if (block->rua.len > 0)
		buf_printf(&text, "; rua=%s", block->rua.data);
	return text.data;
}

static const char *disposition_of(unsigned long action)
{
	if (action == ACTION_REJECTED || action == ACTION_DISCARDED)
		return "reject";
	return action == ACTION_QUARANTINED ? "quarantine" : "none";
}

static const char *name_of(const char *text, struct arena *arena)
{
	return domain_of(arena, text, strlen(text)).name;
}

/* What "sekisho log" shows of it. */
static const char *log_record(const struct row *row, struct arena *arena)
{
	const struct record_field fields[] = {{.name = "queue_id", .value = row->queue_id},
		{.name = "client", .value = row->client}, {.name = "from_domain", .value = row->from_domain},
		{.name = "spf", .value = row->spf}, {.name = "spf_domain", .value = row->spf_domain},
		{.name = "dmarc", .value = row->dmarc},
		{.name = "dmarc_record_domain", .value = row->dmarc_domain}};
	struct record record = {.time = row->time};
	struct record_field *given = arena_array(arena, sizeof fields / sizeof fields[0], sizeof *given);

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (fields[i].value[0] != '\0')
			given[record.count++] = fields[i];
	record.fields = given;
	return record_json(&record, arena);
}

static void add_verdict(struct row *row, const struct block *block, struct arena *arena)
{
	bool asked = block->policy == POLICY_REJECT || block->policy == POLICY_QUARANTINE;

	row->dmarc = block->policy == POLICY_PASS ? "pass" : block->policy == POLICY_ABSENT ? "none" : "fail";
	row->dkim_aligned = block->align_dkim == ALIGNED;
	row->spf_aligned = block->align_spf == ALIGNED;
	row->disposition = disposition_of(block->action);
	if (block->policy != POLICY_ABSENT) {
		row->dmarc_domain = name_of(block->pdomain, arena);
		row->dmarc_record = record_text(block, arena);
	}
	if (asked && strcmp(row->disposition, "none") == 0)
		row->override = "local_policy";
}

/* False when it is none. */
static bool row_from(const struct block *block, struct row *row, struct arena *arena)
{
	char *client = arena_alloc(arena, NETADDR_TEXT_SIZE);
	struct netaddr address;

	*row = (struct row){
		.id = arena_printf(arena, "od%016" PRIx64 "%016" PRIx64, block->digest[0], block->digest[1]),
		.time = (int64_t)block->received,
		.receiver = name_of(block->reporter, arena),
		.queue_id = escape_word(block->job, 100, arena),
		.from_domain = name_of(block->from, arena),
		.mail_domain = name_of(block->mfrom, arena),
		.spf = result_of(block->spf),
		.spf_domain = "",
		.spf_scope = "mfrom",
		.signatures = block->signatures.data,
		.dmarc_domain = "",
		.dmarc_record = "",
		.override = "",
		.cause = ""};
	if (block->received == 0 || row->from_domain[0] == '\0' || block->policy < POLICY_ABSENT ||
		block->policy > POLICY_NONE || !netaddr_parse(block->client, &address))
		return false;
	row->client = netaddr_format(&address, client);
	row->spf_domain = row->mail_domain;
	add_verdict(row, block, arena);
	if (block->policy != POLICY_ABSENT && row->dmarc_domain[0] == '\0')
		return false;
	row_bound(row, arena);
	row->record = log_record(row, arena);
	return true;
}

static bool block_end(struct history *history)
{
	struct row row;

	if (!history->block.begun)
		return true;
	history->block.begun = false;
	if (row_from(&history->block, &row, history->arena)) {
		history->counts->messages++;
		return history->taker->take(history->taker->self, &row);
	}
	if (history->counts->broken++ == 0)
		history->counts->first_broken_line = history->block.line;
	return true;
}

static bool read_line(struct history *history, struct span line, uint64_t number)
{
	size_t key = 0;

	line = span_trim(line);
	while (key < line.len && line.at[key] != ' ')
		key++;
	if (span_is((struct span){line.at, key}, "job")) {
		if (!block_end(history))
			return false;
		block_begin(history, number);
	}
	if (!history->block.begun || arena_used(history->arena) > BLOCK_MAX)
		return true;
	digest_line(&history->block, line);
	take_line(history, (struct span){line.at, key},
		span_trim((struct span){line.at + key, line.len - key}));
	return true;
}

bool history_read(
	FILE *file, const struct history_taker *taker, struct history_counts *counts, struct fault *fault)
{
	struct history history = {.taker = taker, .counts = counts, .arena = arena_new()};
	char *line = malloc(LINE_MAX_OCTETS);
	bool good = true, is_rest = false; /* of a line that is too long */
	uint64_t number = 0;

	if (line == NULL)
		abort();
	*counts = (struct history_counts){0};
	while (good && fgets(line, LINE_MAX_OCTETS, file) != NULL) {
		size_t len = strlen(line);

		if (!is_rest)
			good = read_line(&history, (struct span){line, len}, ++number);
		is_rest = len > 0 && line[len - 1] != '\n';
	}
	if (ferror(file) != 0) {
		fault_set(fault, "reading failed: %s", strerror(errno));
		good = false;
	}
	good = good && block_end(&history);
	free(line);
	arena_free(&history.arena);
	return good;
}
