/* verify/arc: chains sealed here, whole and broken, to verdicts with their evidence. Sections are of
 * RFC 8617. */
#include "base/buf.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "message/author.h"
#include "message/canon.h"
#include "message/envelope.h"
#include "records/arc_tags.h"
#include "settings/settings.h"
#include "support/keys.h"
#include "support/signer.h"
#include "verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define AMS "a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=rsa; h=from:to:subject;"
#define AS "a=rsa-sha256; d=list.example; s=rsa;"
#define AMS_ED25519 "a=ed25519-sha256; c=relaxed/relaxed; d=list.example; s=ed; h=from;"
#define AS_ED25519 "a=ed25519-sha256; d=list.example; s=ed;"
#define AAR "list.example; spf=pass smtp.mailfrom=taro@hoge.example; dmarc=pass header.from=hoge.example"

enum { NOW = 1772355600, SETS = 210, SIGNED_BY_RSA = 60 };

static const char BODY[] = "Hello,\r\n\r\nthis is  it. \r\n\r\n";
static struct suffixes *suffixes;
static struct libraries *libraries;

static int open_all(void **state)
{
	struct fault fault;

	(void)state;
	suffixes = suffixes_open("", NULL, 0, &fault);
	libraries = libraries_open(NOW, &fault);
	return suffixes == NULL || libraries == NULL;
}

static int close_all(void **state)
{
	(void)state;
	libraries_close(&libraries);
	suffixes_close(&suffixes);
	return 0;
}

/* A message and the sets on top of it, oldest first. A value NULL stands for a field that is missing. */
struct scene {
	struct arena *arena;
	struct zone *zone;
	struct settings *settings;
	struct header_list message;
	const char *results[SETS], *signature[SETS], *seal[SETS];
	unsigned count;
	const char *body;
	size_t chunk;
	struct verdicts verdicts;
};

static void add_field(struct header_list *list, const char *name, const char *value)
{
	if (value != NULL)
		assert_true(header_list_add(list, name, value, strlen(value)));
}

static void publish_text(struct scene *scene, const char *name, const char *text)
{
	struct buf line = buf_in(scene->arena);
	struct fault fault;

	buf_printf(&line, "%s. TXT", name);
	for (size_t at = 0; at < strlen(text); at += 200)
		buf_printf(&line, " \"%.200s\"", text + at);
	assert_true(zone_add_record(scene->zone, line.data, &fault));
}

static void publish(struct scene *scene, const char *name, const char *front, const char *key)
{
	publish_text(scene, name,
		arena_printf(
			scene->arena, "%s%s", front, key == NULL ? "" : signer_public(scene->arena, key)));
}

static struct scene scene_open(void)
{
	struct scene scene = {.arena = arena_new(), .settings = settings_new(), .body = BODY};

	scene.zone = zone_new(scene.arena);
	scene.message = header_list_new(scene.arena);
	add_field(&scene.message, "From", " Taro <taro@hoge.example>");
	add_field(&scene.message, "To", " hanako@example.net");
	add_field(&scene.message, "Subject", " A  long\r\n\tsubject ");
	publish(&scene, "rsa._domainkey.list.example", "v=DKIM1; p=", KEY_RSA_2048);
	publish(&scene, "rsa._domainkey.other.example", "v=DKIM1; p=", KEY_RSA_2048);
	publish(&scene, "ed._domainkey.list.example", "v=DKIM1; k=ed25519; p=", KEY_ED25519_ONE);
	return scene;
}

static void scene_close(struct scene *scene)
{
	settings_free(&scene->settings);
	arena_free(&scene->arena);
}

static struct header_list header_of(const struct scene *scene)
{
	struct header_list header = header_list_new(scene->arena);

	for (unsigned i = scene->count; i > 0; i--) {
		add_field(&header, "ARC-Seal", scene->seal[i - 1]);
		add_field(&header, "ARC-Message-Signature", scene->signature[i - 1]);
		add_field(&header, "ARC-Authentication-Results", scene->results[i - 1]);
	}
	for (size_t i = 0; i < scene->message.count; i++)
		add_field(&header, scene->message.fields[i].name, scene->message.fields[i].value);
	return header;
}

static void add_canonical(struct buf *out, const char *name, const char *value)
{
	canon_field(out, CANON_RELAXED, span_of(name), span_of(value));
}

/* Signs sets 1 to count (section 5.1.1); the last seal is the tags so far. */
static char *seal_sets(struct scene *scene, const char *tags, const char *algorithm, const char *key)
{
	struct buf octets = buf_in(scene->arena);
	char *value = arena_printf(scene->arena, " %s b=", tags);

	for (unsigned i = 0; i < scene->count; i++) {
		add_canonical(&octets, "ARC-Authentication-Results", scene->results[i]);
		add_canonical(&octets, "ARC-Message-Signature", scene->signature[i]);
		add_canonical(&octets, "ARC-Seal", i + 1 < scene->count ? scene->seal[i] : value);
	}
	octets.len -= 2;
	return arena_printf(
		scene->arena, "%s%s", value, signer_octets(scene->arena, &octets, algorithm, key));
}

/* Another set on top. The tags come without i= and cv=. */
static void add_set(
	struct scene *scene, const char *results, const char *ams, const char *as, const char *key)
{
	unsigned i = scene->count + 1;
	const char *algorithm = strstr(as, "ed25519") != NULL ? "ed25519-sha256" : "rsa-sha256";
	struct header_list header;

	scene->results[i - 1] = arena_printf(scene->arena, " i=%u; %s", i, results);
	scene->signature[i - 1] = scene->seal[i - 1] = NULL;
	scene->count = i;
	header = header_of(scene);
	scene->signature[i - 1] = signer_sign_as(scene->arena, &header, "ARC-Message-Signature", scene->body,
		arena_printf(scene->arena, "i=%u; %s", i, ams), key);
	scene->seal[i - 1] = seal_sets(scene,
		arena_printf(scene->arena, "i=%u; cv=%s; %s", i, i == 1 ? "none" : "pass", as), algorithm,
		key);
}

static void add_sets(struct scene *scene, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add_set(scene, AAR, AMS, AS, KEY_RSA_2048);
}

/* Many are made sooner: with RSA, 200 take minutes under valgrind. */
static void add_quick_sets(struct scene *scene, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add_set(scene, AAR, AMS_ED25519, AS_ED25519, KEY_ED25519_ONE);
}

static const struct arc_verdict *verify(struct scene *scene)
{
	struct header_list header = header_of(scene);
	struct author author = author_of(&header, scene->arena);
	struct envelope envelope = envelope_empty();
	struct work work = {.libraries = libraries,
		.settings = scene->settings,
		.suffixes = suffixes,
		.envelope = &envelope,
		.header = &header,
		.author = &author,
		.arena = scene->arena,
		.now = NOW};
	size_t len = strlen(scene->body), chunk = scene->chunk == 0 ? len + 1 : scene->chunk;
	struct dns *dns = dns_open_zone(scene->zone);
	struct arc_chain *chain;

	work.dns = dns;
	work.client = dns_client_new(dns, scene->arena, 1000, 60);
	scene->verdicts = verdicts_empty();
	chain = arc_begin(&work);
	for (size_t at = 0; at < len; at += chunk)
		arc_body(chain, scene->body + at, len - at < chunk ? len - at : chunk);
	assert_int_equal(dns_mark(work.client), 0); /* nothing is asked before the last callback */
	arc_finish(chain, &scene->verdicts);
	arc_end(&chain);
	assert_null(chain);
	arc_end(&chain);
	dns_close(&dns);
	return &scene->verdicts.arc;
}

static void expect(struct scene *scene, const char *about, enum result result, enum arc_fault fault)
{
	const struct arc_verdict *arc = verify(scene);

	if (arc->result != result || arc->fault != fault)
		fail_msg("%s: %s, fault %d i=%u \"%s\"", about, result_word(arc->result), (int)arc->fault,
			arc->failed, arc->fault_text);
	assert_true((result == RESULT_PASS) == (arc->oldest_pass > 0));
}

static void whole_chains(void **state)
{
	static const struct {
		const char *ams, *as, *key;
	} rows[] = {
		{AMS, AS, KEY_RSA_2048},
		{"a=rsa-sha256; c=simple/simple; d=list.example; s=rsa; h=from:to:subject:list-id;", AS,
			KEY_RSA_2048},
		{"a=rsa-sha256; c=simple/relaxed; d=list.example; s=rsa; h=From : To :\r\n\tSUBJECT;", AS,
			KEY_RSA_2048},
		{"a=rsa-sha256; c=relaxed; d=list.example; s=rsa; h=from:arc-message-signature:"
		 "arc-authentication-results;",
			AS, KEY_RSA_2048},
		{"a=rsa-sha256; d=list.example; s=rsa; h=from;", AS, KEY_RSA_2048}, /* signed as simple */
		{"a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=rsa; h=from; l=28; new=1; v=1;",
			"a=rsa-sha256; d=List.Example; s=RSA; new=1;", KEY_RSA_2048},
		{AMS_ED25519, AS_ED25519, KEY_ED25519_ONE},
		{"a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=k1024; h=from;",
			"a=rsa-sha256; d=list.example; s=k1024;", KEY_RSA_1024},
		{"a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=k4096; h=from;",
			"a=rsa-sha256; d=list.example; s=k4096;", KEY_RSA_4096},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned sets = 1; sets <= 3; sets++) {
			struct scene scene = scene_open();

			publish(&scene, "k1024._domainkey.list.example", "p=", KEY_RSA_1024);
			publish(&scene, "k4096._domainkey.list.example", "p=", KEY_RSA_4096);
			for (unsigned set = 0; set < sets; set++)
				add_set(&scene, AAR, rows[i].ams, rows[i].as, rows[i].key);
			scene.chunk = i;
			expect(&scene, rows[i].ams, RESULT_PASS, ARCFAULT_NONE);
			assert_int_equal(scene.verdicts.arc.set_count, sets);
			assert_int_equal(scene.verdicts.arc.oldest_pass, 1);
			assert_string_equal(scene.verdicts.arc.hops[sets - 1].sealer, "list.example");
			scene_close(&scene);
		}
}

static void no_chain(void **state)
{
	struct scene scene = scene_open();

	(void)state;
	expect(&scene, "no ARC field", RESULT_NONE, ARCFAULT_NONE);
	assert_int_equal(scene.verdicts.arc.set_count, 0);
	scene_close(&scene);
}

/* Breaks a good chain of three. */
static const struct {
	const char *about;
	enum arc_fault fault;
	unsigned set; /* whose field is replaced, from 1 */
	char field;   /* s m r */
	const char *value;
} broken_rows[] = {
	{"5.2 3A: no seal", ARCFAULT_FIELD_MISSING, 1, 's', NULL},
	{"no message signature", ARCFAULT_FIELD_MISSING, 2, 'm', NULL},
	{"no results", ARCFAULT_FIELD_MISSING, 3, 'r', NULL},
	{"instance twice", ARCFAULT_INSTANCES, 1, 's', " i=2; cv=none; " AS " b=AAAA"},
	{"instance 0 (4.2.1)", ARCFAULT_INSTANCES, 1, 's', " i=0; cv=none; " AS " b=AAAA"},
	{"a gap", ARCFAULT_INSTANCES, 3, 'm', " i=4; " AMS " bh=AAAA; b=AAAA"},
	{"no instance", ARCFAULT_INSTANCES, 2, 'm', " " AMS " bh=AAAA; b=AAAA"},
	{"instance of three digits", ARCFAULT_INSTANCES, 2, 's', " i=002; cv=none; " AS " b=AAAA"},
	{"no number", ARCFAULT_INSTANCES, 2, 's', " i=two; cv=none; " AS " b=AAAA"},
	{"i= not first (4.1.1)", ARCFAULT_INSTANCES, 2, 'r', " list.example; i=2; spf=pass"},
	{"no semicolon", ARCFAULT_INSTANCES, 2, 'r', " i=2 list.example"},
	{"an open comment", ARCFAULT_INSTANCES, 2, 'r', " (i=2; list.example; ((((("},
	{"empty fields", ARCFAULT_INSTANCES, 2, 's', ""},
	{"odd octets", ARCFAULT_INSTANCES, 2, 's', " \x01\xff;;;=;=\"("},
	{"a tag twice", ARCFAULT_FIELD_BROKEN, 2, 's', " i=2; cv=pass; cv=pass; " AS " b=AAAA"},
	{"h= in a seal (4.1.3)", ARCFAULT_FIELD_BROKEN, 2, 's', " i=2; cv=pass; h=from; " AS " b=AAAA"},
	{"no b=", ARCFAULT_FIELD_BROKEN, 2, 's', " i=2; cv=pass; " AS},
	{"b= cut", ARCFAULT_FIELD_BROKEN, 2, 's', " i=2; cv=pass; " AS " b=AAAA"},
	{"rsa-sha1 (RFC 8301)", ARCFAULT_FIELD_BROKEN, 2, 's',
		" i=2; cv=pass; a=rsa-sha1; d=list.example; s=rsa; "
		"b=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
	{"h= names seals (4.1.2)", ARCFAULT_FIELD_BROKEN, 2, 'm',
		" i=2; a=rsa-sha256; d=list.example; s=rsa; h=from:ARC-Seal; bh=AAAA; b=AAAA"},
	{"d= no domain", ARCFAULT_FIELD_BROKEN, 2, 'm',
		" i=2; a=rsa-sha256; d=example...; s=rsa; h=from; bh=AAAA; b=AAAA"},
	{"c= unknown", ARCFAULT_FIELD_BROKEN, 2, 'm',
		" i=2; a=rsa-sha256; c=strict; d=list.example; s=rsa; h=from; bh=AAAA; b=AAAA"},
	{"t= no number", ARCFAULT_FIELD_BROKEN, 2, 'm', " i=2; t=-1; " AMS " bh=AAAA; b=AAAA"},
	{"results of another hop", ARCFAULT_SEAL, 2, 'r', " i=2; list.example; dmarc=pass"},
};

static void broken_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(broken_rows); i++) {
		struct scene scene = scene_open();
		unsigned set = broken_rows[i].set - 1;

		add_sets(&scene, 3);
		if (broken_rows[i].field == 's')
			scene.seal[set] = broken_rows[i].value;
		else if (broken_rows[i].field == 'm')
			scene.signature[set] = broken_rows[i].value;
		else
			scene.results[set] = broken_rows[i].value;
		expect(&scene, broken_rows[i].about, RESULT_FAIL, broken_rows[i].fault);
		scene_close(&scene);
	}
}

/* Section 5.2 steps 2 and 3C: genuine seals with values that cannot be. */
static void chain_validation_values(void **state)
{
	static const struct {
		const char *first, *second;
		enum arc_fault fault;
		unsigned failed;
	} rows[] = {
		{"pass", "pass", ARCFAULT_CV, 1},
		{"none", "none", ARCFAULT_CV, 2},
		{"fail", "pass", ARCFAULT_CV, 1},
		{"none", "", ARCFAULT_CV, 2},
		{"none", "maybe", ARCFAULT_CV, 2},
		{"none", "fail", ARCFAULT_CV_FAIL, 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene scene = scene_open();

		add_sets(&scene, 1);
		scene.seal[0] = seal_sets(&scene, arena_printf(scene.arena, "i=1; cv=%s; " AS, rows[i].first),
			"rsa-sha256", KEY_RSA_2048);
		add_sets(&scene, 1);
		scene.seal[1] =
			seal_sets(&scene, arena_printf(scene.arena, "i=2; cv=%s; " AS, rows[i].second),
				"rsa-sha256", KEY_RSA_2048);
		expect(&scene, rows[i].second, RESULT_FAIL, rows[i].fault);
		assert_int_equal(scene.verdicts.arc.failed, rows[i].failed);
		scene_close(&scene);
	}
}

static void floods(void **state)
{
	static const struct {
		unsigned sets;
		enum result result;
		enum arc_fault fault;
	} rows[] = {
		{9, RESULT_PASS, ARCFAULT_NONE},
		{50, RESULT_PASS, ARCFAULT_NONE},          /* 4.2.1, 5.2: as many are verified */
		{51, RESULT_FAIL, ARCFAULT_TOO_MANY_SETS}, /* 4.2.1: found before any key */
		{200, RESULT_FAIL, ARCFAULT_TOO_MANY_SETS},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene scene = scene_open();

		(rows[i].sets > SIGNED_BY_RSA ? add_quick_sets : add_sets)(&scene, rows[i].sets);
		verify(&scene);
		assert_int_equal(scene.verdicts.arc.result, rows[i].result);
		assert_int_equal(scene.verdicts.arc.fault, rows[i].fault);
		assert_int_equal(scene.verdicts.arc.set_count, rows[i].sets);
		scene_close(&scene);
	}
}

static void keys(void **state)
{
	static const struct {
		const char *front, *key; /* of the record; NULL: none at all */
		enum result result;
		enum arc_fault fault;
	} rows[] = {
		{NULL, NULL, RESULT_FAIL, ARCFAULT_KEY_ABSENT},
		{"timeout", NULL, RESULT_TEMPERROR, ARCFAULT_KEY_DNS},
		{"v=DKIM1; p=", NULL, RESULT_FAIL, ARCFAULT_KEY_UNUSABLE}, /* revoked */
		{"v=DKIM1; what", NULL, RESULT_FAIL, ARCFAULT_KEY_UNUSABLE},
		{"v=DKIM1; h=sha1; p=", KEY_RSA_2048, RESULT_FAIL, ARCFAULT_KEY_UNUSABLE},
		{"v=DKIM1; s=tlsrpt; p=", KEY_RSA_2048, RESULT_FAIL, ARCFAULT_KEY_UNUSABLE},
		{"v=DKIM1; k=ed25519; p=", KEY_ED25519_ONE, RESULT_FAIL, ARCFAULT_KEY_UNUSABLE},
		{"v=DKIM1; p=", KEY_RSA_512, RESULT_FAIL, ARCFAULT_KEY_UNUSABLE},
		{"v=DKIM1; p=", KEY_RSA_4160, RESULT_FAIL, ARCFAULT_KEY_UNUSABLE},
		{"v=DKIM1; p=", KEY_RSA_2048_OTHER, RESULT_FAIL, ARCFAULT_SEAL},
		{"v=DKIM1; p=", KEY_RSA_1024, RESULT_FAIL, ARCFAULT_SEAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene scene = scene_open();
		struct fault fault;

		if (rows[i].front != NULL && strcmp(rows[i].front, "timeout") == 0)
			assert_true(
				zone_add_fault(scene.zone, "x._domainkey.list.example. TXT timeout", &fault));
		else if (rows[i].front != NULL)
			publish(&scene, "x._domainkey.list.example", rows[i].front, rows[i].key);
		add_set(&scene, AAR, AMS, "a=rsa-sha256; d=list.example; s=x;", KEY_RSA_2048);
		add_sets(&scene, 1);
		expect(&scene, rows[i].front, rows[i].result, rows[i].fault);
		assert_int_equal(scene.verdicts.arc.failed, 1);
		assert_string_equal(scene.verdicts.arc.key_name, "x._domainkey.list.example");
		scene_close(&scene);
	}
}

static void contents(void **state)
{
	struct scene scene = scene_open();
	const struct arc_verdict *arc = &scene.verdicts.arc;

	(void)state;
	add_sets(&scene, 2);
	scene.body = "Hello,\r\n\r\nthis is  it. \r\n\r\nA footer.\r\n";
	expect(&scene, "body", RESULT_FAIL, ARCFAULT_BODY_HASH);
	assert_true(arc->message_signature->digests_known && !arc->message_signature->body_hash_matches);
	scene.body = BODY;
	scene.message.fields[2].value = " [x] A long subject";
	scene.message.fields[2].value_len = strlen(scene.message.fields[2].value);
	expect(&scene, "header", RESULT_FAIL, ARCFAULT_SIGNATURE);
	assert_int_equal(arc->message_signature->recovery, RECOVERY_OTHER_HEADER);
	add_sets(&scene, 1);
	expect(&scene, "sealed again", RESULT_PASS, ARCFAULT_NONE); /* 5.2 step 5 */
	assert_int_equal(arc->oldest_pass, 3);
	assert_true(arc->altered_before_oldest);
	scene.settings->max_body = 10;
	expect(&scene, "over max-body", RESULT_TEMPERROR, ARCFAULT_BODY_TOO_LARGE);
	assert_true(scene.verdicts.body_too_large);
	scene_close(&scene);
	scene = scene_open();
	add_set(&scene, AAR, AMS " l=8;", AS, KEY_RSA_2048);
	expect(&scene, "behind l=", RESULT_FAIL, ARCFAULT_UNSIGNED_TAIL);
	scene_close(&scene);
	scene = scene_open();
	add_set(&scene, AAR, AMS " x=1772355299;", AS, KEY_RSA_2048);
	expect(&scene, "expired", RESULT_FAIL, ARCFAULT_FIELD_BROKEN);
	scene_close(&scene);
}

/* Who vouches for the author: 7.2, and what attackers would do with it. */
static void trust(void **state)
{
	static const char OTHER[] = "a=rsa-sha256; d=other.example; s=rsa;";
	static const struct {
		const char *about, *results, *ams, *as, *trusted;
		bool again, altered; /* other.example seals on top, having changed the message */
		unsigned vouching;
		bool vouches;
	} rows[] = {
		{"trusted", AAR, AMS, AS, "list.example", false, false, 1, true},
		{"nobody is", AAR, AMS, AS, NULL, false, false, 1, false},
		{"another is", AAR, AMS, AS, "other.example", false, false, 1, false},
		{"not the parent", AAR, AMS, AS, "example", false, false, 1, false},
		{"below another seal", AAR, AMS, AS, "list.example", true, false, 1, true},
		{"a genuine set under another message", AAR, AMS, AS, "list.example", true, true, 0, false},
		{"message signature of somebody else", AAR,
			"a=rsa-sha256; c=relaxed/relaxed; d=other.example; s=rsa; h=from;", AS,
			"list.example", false, false, 1, false},
		{"From is not signed", AAR, "a=rsa-sha256; d=list.example; s=rsa; h=to;", AS, "list.example",
			false, false, 1, false},
		{"another author", "list.example; dmarc=pass header.from=evil.example", AMS, AS,
			"list.example", false, false, 0, false},
		{"no author", "list.example; dmarc=pass", AMS, AS, "list.example", false, false, 0, false},
		{"dmarc=fail", "list.example; dmarc=fail header.from=hoge.example; spf=pass", AMS, AS,
			"list.example", false, false, 0, false},
		{"only in a comment", "list.example; spf=none (; dmarc=pass header.from=hoge.example;)", AMS,
			AS, "list.example", false, false, 0, false},
		{"only in quotes", "list.example; spf=none reason=\"; dmarc=pass header.from=hoge.example\"",
			AMS, AS, "list.example", false, false, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene scene = scene_open();
		const char *items[] = {
			arena_text(scene.arena, rows[i].trusted == NULL ? "" : rows[i].trusted)};
		struct text_list own = scene.settings->trusted_arc_sealers;

		scene.settings->trusted_arc_sealers =
			(struct text_list){.items = items, .count = rows[i].trusted != NULL};
		add_set(&scene, rows[i].results, rows[i].ams, rows[i].as, KEY_RSA_2048);
		if (rows[i].altered)
			scene.body = "Send money.\r\n";
		if (rows[i].again)
			add_set(&scene, "other.example; none",
				"a=rsa-sha256; c=relaxed/relaxed; d=other.example; s=rsa; h=from;", OTHER,
				KEY_RSA_2048);
		expect(&scene, rows[i].about, RESULT_PASS, ARCFAULT_NONE);
		if (scene.verdicts.arc.vouching != rows[i].vouching ||
			scene.verdicts.arc.vouching_trusted != rows[i].vouches)
			fail_msg("%s: %u", rows[i].about, scene.verdicts.arc.vouching);
		scene.verdicts.dmarc.result = RESULT_FAIL;
		assert_int_equal(verdicts_arc_overrides(&scene.verdicts), rows[i].vouches);
		scene.verdicts.dmarc.result = RESULT_NONE;
		assert_false(verdicts_arc_overrides(&scene.verdicts));
		scene.settings->trusted_arc_sealers = own;
		scene_close(&scene);
	}
}

/* Section 4.1.1 and RFC 8601 section 2.2. */
static void results_fields(void **state)
{
	static const struct {
		const char *value;
		unsigned instance;
		const char *spf, *dkim, *author;
	} rows[] = {
		{"i=1; mx.example; spf=pass smtp.mailfrom=a@b.example; dkim=pass header.d=C.example; "
		 "dmarc=pass (p=NONE) header.from=d.example",
			1, "b.example", "c.example", "d.example"},
		{" (x) i (y) = (z)\r\n 07 (;) ; (;) mx.example 1; dkim/1 = pass (;;) header.i = @c.example",
			7, "", "c.example", ""},
		{"i=1;x;spf=pass smtp.mailfrom=\"a;b=c\"@b.example", 1, "b.example", "", ""},
		{"i=1;x;spf=pass smtp.mailfrom=SRS0=a=b=c.example=u@b.example", 1, "b.example", "", ""},
		{"i=1;x;spf=pass smtp.mailfrom=b..example;dkim=pass header.d=(", 1, "", "", ""},
		{"i=1; mx.example; none", 1, "", "", ""},
		{"i=1;;;;;==;=;spf;spf=", 1, "", "", ""},
		{"i=100;x", 0, "", "", ""},
		{"I=1;x", 0, "", "", ""},
		{"i=1 x;x", 0, "", "", ""},
		{"i=1", 0, "", "", ""},
		{"", 0, "", "", ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].value);
		struct arc_results results = arc_results_read(arena, rows[i].value, len);

		assert_int_equal(arc_results_instance(arena, rows[i].value, len), rows[i].instance);
		assert_string_equal(results.spf_domain, rows[i].spf);
		assert_string_equal(results.dkim_count > 0 ? results.dkim_domains[0] : "", rows[i].dkim);
		assert_string_equal(results.author_domain, rows[i].author);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_chain),
		cmocka_unit_test(whole_chains),
		cmocka_unit_test(broken_sets),
		cmocka_unit_test(chain_validation_values),
		cmocka_unit_test(floods),
		cmocka_unit_test(keys),
		cmocka_unit_test(contents),
		cmocka_unit_test(trust),
		cmocka_unit_test(results_fields),
	};

	return cmocka_run_group_tests_name("verify_arc", tests, open_all, close_all);
}
