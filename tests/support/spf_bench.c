#include "support/spf_bench.h"

#include "base/arena.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "message/envelope.h"
#include "verify/spf_engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_MS = 20000, QUESTIONS_MAX = 200 };

struct spf_bench {
	struct arena *arena;
	struct zone *zone;
	struct dns *dns;
};

struct spf_bench *spf_bench_new(void)
{
	struct spf_bench *bench = calloc(1, sizeof *bench);

	spf_engine_silence();
	bench->arena = arena_new();
	bench->zone = zone_new(bench->arena);
	bench->dns = dns_open_zone(bench->zone);
	return bench;
}

void spf_bench_free(struct spf_bench **bench)
{
	dns_close(&(*bench)->dns);
	arena_free(&(*bench)->arena);
	free(*bench);
	*bench = NULL;
}

static void refuse(const char *line, const struct fault *fault)
{
	(void)fprintf(stderr, "%s: %s\n", line, fault->text);
	exit(99);
}

void spf_bench_zone(struct spf_bench *bench, const char *line)
{
	struct fault fault;

	if (!zone_add_record(bench->zone, line, &fault))
		refuse(line, &fault);
}

void spf_bench_fault(struct spf_bench *bench, const char *line)
{
	struct fault fault;

	if (!zone_add_fault(bench->zone, line, &fault))
		refuse(line, &fault);
}

struct work spf_bench_work(struct spf_bench *bench, const char *client, const char *helo, const char *mail)
{
	struct envelope *envelope = arena_alloc(bench->arena, sizeof *envelope);
	const char *at_sign = strrchr(mail, '@');

	*envelope = envelope_empty();
	(void)netaddr_parse(client, &envelope->client);
	envelope->helo = helo;
	envelope->helo_domain = helo_domain_of(helo, bench->arena);
	if (at_sign != NULL && memchr(mail, ' ', (size_t)(at_sign - mail)) != NULL)
		mail = arena_printf(bench->arena, "\"%.*s\"%s", (int)(at_sign - mail), mail, at_sign);
	envelope->sender = reverse_path_of(mail, bench->arena);
	return (struct work){
		.envelope = envelope,
		.dns = bench->dns,
		.client = dns_client_new(bench->dns, bench->arena, DEADLINE_MS, QUESTIONS_MAX),
		.arena = bench->arena,
		.now = 1772356377, /* 2026-03-01 */
	};
}
