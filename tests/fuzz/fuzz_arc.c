/* ARC fields in any number and shape, above a body: verdicts, never a crash. The input is a message;
 * the first of its octets says how the body is cut into pieces. */
#include "base/arena.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key that signed nothing here: what is verified fails, by every way there is. */
static const char *const zone_lines[] = {
	"s._domainkey.example.org. TXT \"v=DKIM1; k=ed25519; "
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"",
	"dummy._domainkey.example.org. TXT \"v=DKIM1; "
	"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V"
	"6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/"
	"8uBsCR+yz1LxjPL6lHvqMKrM3rG\" "
	"\"4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB\"",
};

static struct settings *settings;
static struct suffixes *suffixes;
static struct arena *zone_arena;
static struct dns *dns;

static void open_once(void)
{
	struct fault fault;
	struct zone *zone;

	if (dns != NULL)
		return;
	settings = settings_new();
	suffixes = suffixes_open("", NULL, 0, &fault);
	zone_arena = arena_new();
	zone = zone_new(zone_arena);
	for (size_t i = 0; i < sizeof zone_lines / sizeof zone_lines[0]; i++)
		if (!zone_add_record(zone, zone_lines[i], &fault))
			abort();
	dns = dns_open_zone(zone);
}

static void check(const struct arc_verdict *arc)
{
	if ((arc->result == RESULT_PASS) != (arc->fault == ARCFAULT_NONE && arc->set_count > 0))
		abort();
	if (arc->result == RESULT_NONE && arc->set_count > 0)
		abort();
	if (arc->failed > 0 && arc->fault >= ARCFAULT_FIELD_BROKEN &&
		(arc->hops == NULL || arc->failed > arc->set_count))
		abort();
	if (arc->vouching > arc->set_count || arc->oldest_pass > arc->set_count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	struct envelope envelope = envelope_empty();
	struct verdicts verdicts = verdicts_empty();
	size_t chunk = size > 0 ? (size_t)data[0] + 1 : 1, at;
	struct author author;
	struct arc_chain *chain;
	struct work work;

	open_once();
	at = header_list_read(&header, (const char *)data + (size > 0), size - (size > 0)) + (size > 0);
	author = author_of(&header, arena);
	work = (struct work){.settings = settings,
		.suffixes = suffixes,
		.envelope = &envelope,
		.header = &header,
		.author = &author,
		.dns = dns,
		.client = dns_client_new(dns, arena, 1000, 60),
		.arena = arena,
		.now = 1772355600};
	chain = arc_begin(&work);
	for (; at < size; at += chunk)
		arc_body(chain, (const char *)data + at, size - at < chunk ? size - at : chunk);
	arc_finish(chain, &verdicts);
	check(&verdicts.arc);
	arc_end(&chain);
	arena_free(&arena);
	return 0;
}
