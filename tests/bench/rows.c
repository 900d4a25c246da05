/* Puts the verdicts of one day into a store, as its writer does, and says what that took.
 *
 *     rows WHERE COUNT DOMAINS DAY
 *
 * COUNT messages from DOMAINS domains, most from few; DAY: the first second of a day in UTC. The same on
 * every machine. One line: rows, seconds, rows a second, octets of the rows themselves. */
#include "base/arena.h"
#include "store/database.h"
#include "store/row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS_AT_ONCE = 1000, DAY_S = 86400 };

static uint64_t state = 88172645463325252u;

/* xorshift64 */
static uint64_t any(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Like record_json's of a message that passes, and every fifth of one that does not. */
static const char *json_of(const struct row *row, bool good, struct arena *arena)
{
	const char *text = arena_printf(arena,
		"{\"queue_id\":\"%s\",\"client\":\"%s\",\"client_name\":\"mail.%s\",\"helo\":\"mail.%s\","
		"\"mail_from\":\"bounce-%06" PRIu64 "@%s\",\"recipients\":1,\"from\":\"info@%s\","
		"\"from_domain\":\"%s\",\"spf\":\"%s\",\"spf_domain\":\"%s\",\"spf_by\":\"ip4:%s of %s\","
		"\"dkim\":\"%s\",\"dkim_1\":\"%s d=%s s=sel1 a=rsa-sha256 bits=2048 align=strict\","
		"\"dmarc\":\"%s\",\"dmarc_record_domain\":\"%s\",\"dmarc_policy\":\"reject\","
		"\"align_spf\":\"strict\",\"iprev\":\"pass\",\"iprev_name\":\"mail.%s\","
		"\"action\":\"accept\",\"took_ms\":12,\"dns_ms\":9,\"dns_questions\":8",
		row->queue_id, row->client, row->from_domain, row->from_domain, any(1000000),
		row->mail_domain, row->from_domain, row->from_domain, row->spf, row->spf_domain, row->client,
		row->spf_domain, good ? "pass" : "fail", good ? "pass" : "fail", row->from_domain, row->dmarc,
		row->dmarc_domain, row->from_domain);

	if (good)
		return arena_printf(arena, "%s}", text);
	return arena_printf(arena,
		"%s,\"causes\":[{\"cause\":\"spf-stale-after-move\",\"conf\":\"strong\",\"act\":\"sd\","
		"\"text\":\"SPF softfail: %s moved to %s (sv14.rental.example) but its SPF record still "
		"lists the old server 192.0.2.15 (v2005.old.example).\",\"fix\":\"Publish %s. TXT \\\"v=spf1 "
		"ip4:%s ~all\\\" (host name \\\"@\\\"); also correct mail.%s and the MX if they still point "
		"to 192.0.2.15.\"}]}",
		text, row->from_domain, row->client, row->from_domain, row->client, row->from_domain);
}

/* Few domains send most: the smaller of two numbers. */
static struct row row_numbered(uint64_t number, uint64_t domains, int64_t time, struct arena *arena)
{
	uint64_t a = any(domains), b = any(domains), domain = a < b ? a : b;
	bool good = any(5) > 0;
	uint64_t host = domain * 3 + any(3);
	const char *name = arena_printf(arena, "shop%" PRIu64 ".example", domain);
	struct row row = {
		.id = arena_printf(arena, "%016x%08" PRIx64, 0x51e51e, number),
		.time = time,
		.receiver = "mx.bench.test",
		.queue_id = arena_printf(arena, "%012" PRIX64, any((uint64_t)1 << 48)),
		.client = arena_printf(arena, "%d.%d.%d.%d", 20 + (int)(host % 180), (int)(host * 7 % 256),
			(int)(host / 256 % 256), 1 + (int)(host % 254)),
		.from_domain = name,
		.mail_domain = name,
		.spf = good ? "pass" : "softfail",
		.spf_domain = name,
		.spf_scope = "mfrom",
		.signatures = arena_printf(arena, "%s %s sel1", good ? "pass" : "fail", name),
		.dmarc = good ? "pass" : "fail",
		.dmarc_domain = name,
		.dmarc_record = arena_printf(arena, "v=DMARC1; p=reject; rua=mailto:dmarc@%s", name),
		.dkim_aligned = good,
		.spf_aligned = good,
		.disposition = "none",
		.override = good ? "" : "local_policy",
		.cause = good ? "" : "spf-stale-after-move",
		.failure = "",
	};

	row.record = json_of(&row, good, arena);
	row.failure = "";
	return row;
}

int main(int argc, char **argv)
{
	static struct row rows[ROWS_AT_ONCE];
	struct arena *arena = arena_new();
	struct fault fault = {""};
	struct database *database;
	uint64_t octets = 0, count, domains;
	double putting = 0;
	int64_t day;

	if (argc != 5) {
		(void)fputs("usage: rows WHERE COUNT DOMAINS DAY\n", stderr);
		return 2;
	}
	count = strtoull(argv[2], NULL, 10);
	domains = strtoull(argv[3], NULL, 10);
	day = strtoll(argv[4], NULL, 10);
	database = database_open(argv[1], true, &fault);
	for (uint64_t done = 0; database != NULL && done < count;) {
		size_t n = 0, len;
		double start;

		for (; n < ROWS_AT_ONCE && done < count; n++, done++) {
			rows[n] = row_numbered(done, domains, day + (int64_t)(done * DAY_S / count), arena);
			(void)row_encode(&rows[n], &len, arena);
			octets += len;
		}
		start = now_s();
		if (!database_put(database, rows, n, &fault))
			database_close(&database);
		putting += now_s() - start;
		arena_reset(arena);
	}
	if (database == NULL) {
		(void)fprintf(stderr, "rows: %s\n", fault.text);
		return 1;
	}
	database_close(&database);
	arena_free(&arena);
	printf("%" PRIu64 " rows in %.1f s: %.0f rows/s; %.0f octets a row\n", count, putting,
		(double)count / putting, (double)octets / (double)count);
	return 0;
}
