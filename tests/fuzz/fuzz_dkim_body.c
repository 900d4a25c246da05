/* Signed mail of any octets, its body in pieces of any length: the hashes of verify/ are those of the rules.
 * The first octets of the input choose the canonical forms, l=, and where the body is cut; the rest is a
 * message. libopendkim is asked about all that it can do: what has no lone CR or LF. */
#include "base/arena.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "message/author.h"
#include "message/body_canon.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "settings/settings.h"
#include "support/opendkim_view.h"
#include "verify/verify.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1772355600, CHOICES = 3, VT = 11, FF = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct settings *settings;
static struct suffixes *suffixes;
static struct libraries *libraries;
static struct opendkim *opendkim;
static struct arena *zone_arena;
static struct dns *dns;

static void open_once(void)
{
	struct fault fault;

	if (dns != NULL)
		return;
	settings = settings_new();
	suffixes = suffixes_open("", NULL, 0, &fault);
	libraries = libraries_open(NOW, &fault);
	opendkim = opendkim_new(NOW);
	zone_arena = arena_new();
	dns = dns_open_zone(zone_new(zone_arena));
}

/* RFC 6376 sections 3.4.3 and 3.4.4 to the letter, line by line, with no thought of speed. */
static struct buf canonical_body(bool relaxed, const char *body, size_t len, struct arena *arena)
{
	struct buf out = buf_in(arena);
	size_t kept = 0, line = 0;

	for (size_t at = 0; at <= len; at++) {
		bool ends = at < len ? at + 1 < len && body[at] == '\r' && body[at + 1] == '\n' : at > line;
		size_t before = out.len;

		if (!ends)
			continue;
		for (size_t i = line; i < at; i++) {
			bool blank = relaxed && (body[i] == ' ' || body[i] == '\t');

			if (!blank)
				buf_char(&out, body[i]);
			else if (i + 1 < at && body[i + 1] != ' ' && body[i + 1] != '\t')
				buf_char(&out, ' ');
		}
		buf_text(&out, "\r\n");
		if (out.len > before + 2)
			kept = out.len;
		line = ++at + 1;
	}
	out.len = kept;
	if (kept == 0 && !relaxed)
		buf_text(&out, "\r\n");
	return out;
}

static bool has_lone_cr_or_lf(const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r'))
			return true;
		if (octets[i] == '\r' && (i + 1 == len || octets[i + 1] != '\n'))
			return true;
	}
	return false;
}

/* libopendkim takes VT and FF for white space (RFC 6376 section 2.8 does not), knows no tab in front of a
 * colon (RFC 5322 section 4.5), and lone CR and LF not at all. */
static bool is_beyond_library(const struct header_list *header)
{
	for (size_t i = 0; i < header->count; i++) {
		const struct header_field *field = &header->fields[i];

		if (has_lone_cr_or_lf(field->value, field->value_len))
			return true;
		for (size_t at = 0; at < field->value_len; at++)
			if (field->value[at] == VT || field->value[at] == FF)
				return true;
		for (const char *c = field->name; *c != '\0'; c++)
			if (*c <= ' ' || *c > '~')
				return true;
	}
	return false;
}

static void must_be_same(const char *what, const uint8_t *ours, const uint8_t *theirs)
{
	if (memcmp(ours, theirs, DIGEST_MAX) == 0)
		return;
	fprintf(stderr, "another %s hash\n", what);
	abort();
}

static void check_with_rules(const struct signature_verdict *ours, bool relaxed, int64_t limit,
	struct span body, struct arena *arena)
{
	struct buf canonical = canonical_body(relaxed, body.at, body.len, arena);
	struct digest digest;

	if ((uint64_t)ours->canonical_length != canonical.len) {
		fprintf(stderr, "another length: %lld, not %zu\n", (long long)ours->canonical_length,
			canonical.len);
		abort();
	}
	if (limit >= 0 && (uint64_t)limit < canonical.len)
		canonical.len = (size_t)limit;
	digest = digest_of(DIGEST_SHA256, canonical.data, canonical.len);
	must_be_same("body, than the rules say", ours->body_digest, digest.octets);
}

static void check(
	const struct header_list *header, struct span body, const uint8_t *choices, struct arena *arena)
{
	struct envelope envelope = envelope_empty();
	struct verdicts verdicts = verdicts_empty();
	struct author author = author_of(header, arena);
	struct work work = {.libraries = libraries,
		.settings = settings,
		.suffixes = suffixes,
		.envelope = &envelope,
		.header = header,
		.author = &author,
		.dns = dns,
		.client = dns_client_new(dns, arena, 1000, 60),
		.arena = arena,
		.now = NOW};
	struct signatures *signatures = signatures_begin(&work);
	size_t chunk = (size_t)choices[2] + 1;
	int64_t limit = (choices[0] & 4) != 0 ? choices[1] : -1;

	for (size_t at = 0; at < body.len; at += chunk)
		signatures_body(signatures, body.at + at, body.len - at < chunk ? body.len - at : chunk);
	signatures_finish(signatures, &verdicts);
	signatures_end(&signatures);
	if (verdicts.signature_count > 0 && verdicts.signatures[0].digests_known) {
		struct opendkim_view *views = arena_array(arena, verdicts.signature_count, sizeof *views);
		const struct signature_verdict *ours = &verdicts.signatures[0];

		check_with_rules(ours, (choices[0] & 1) != 0, limit, body, arena);
		if (!is_beyond_library(header) && !has_lone_cr_or_lf(body.at, body.len)) {
			opendkim_look(opendkim, header, body.at, body.len, &verdicts, views);
			if (!views[0].hashed)
				abort();
			must_be_same("body", ours->body_digest, views[0].body_digest);
			must_be_same("header", ours->header_digest, views[0].header_digest);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t b[128];
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena), arrived = header_list_new(arena);
	const char *message = (const char *)data + CHOICES, *value;
	size_t start;

	open_once();
	if (size < CHOICES) {
		arena_free(&arena);
		return 0;
	}
	start = header_list_read(&arrived, message, size - CHOICES);
	value = arena_printf(arena,
		" v=1; a=rsa-sha256; d=example.com; s=none; c=%s/%s; h=from:to : Subject:x-a:from:x-a; "
		"bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;%s\r\n\tb=%s",
		(data[0] & 2) != 0 ? "relaxed" : "simple", (data[0] & 1) != 0 ? "relaxed" : "simple",
		(data[0] & 4) != 0 ? arena_printf(arena, " l=%u;", (unsigned)data[1]) : "",
		base64_encode(arena, (struct octets){b, sizeof b}));
	(void)header_list_add(&header, "DKIM-Signature", value, strlen(value));
	for (size_t i = 0; i < arrived.count; i++)
		if (!header_field_is(&arrived.fields[i], "DKIM-Signature"))
			(void)header_list_add(&header, arrived.fields[i].name, arrived.fields[i].value,
				arrived.fields[i].value_len);
	check(&header, (struct span){message + start, size - CHOICES - start}, data, arena);
	arena_free(&arena);
	return 0;
}
