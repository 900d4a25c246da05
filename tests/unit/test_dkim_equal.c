/* verify/key_cache: RSA signatures opened with kept keys get the verdicts that libopendkim gives with keys
 * it reads itself. Generated messages, right and broken in every place; a number as argument asks for so
 * many, further arguments are .case files. */
#include "base/arena.h"
#include "base/buf.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "replay/case_file.h"
#include "settings/settings.h"
#include "support/keys.h"
#include "support/signer.h"
#include "verify/libraries.h"
#include "verify/verify.h"

#include "base/suffixes.h"
#include "cli/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Signing takes longest, so each letter arrives often, each time with other damage. */
enum { NOW = 1772355600, MESSAGES = 2000, ARRIVALS = 40, SIGNATURES_MAX = 3 };

static struct suffixes *suffixes;
static int messages = MESSAGES;
static char **case_paths;

/* One sequence for everybody: the same messages on every machine. */
static uint64_t seed = 88172645463325252U;

static unsigned any(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 16) % below;
}

static const char *const keys[] = {KEY_RSA_2048, KEY_RSA_2048, KEY_RSA_2048_OTHER, KEY_RSA_1024, KEY_RSA_1023,
	KEY_RSA_512, KEY_ED25519_ONE, KEY_ED25519_OTHER, KEY_RSA_4160};

struct letter {
	struct arena *arena;
	struct zone *zone;
	struct header_list header;
	const char *body;
	size_t len;
	int64_t now;
};

static void add(struct header_list *list, const char *name, const char *value)
{
	assert_true(header_list_add(list, name, value, strlen(value)));
}

static const char *any_text(struct arena *arena, unsigned longest)
{
	static const char alphabet[] = "abcdefghij  klmnop\t=;:,.-<>\"()";
	struct buf text = buf_in(arena);

	buf_char(&text, ' ');
	for (unsigned i = any(longest); i > 0; i--)
		if (any(40) == 0)
			buf_text(&text, "\r\n ");
		else
			buf_char(&text, alphabet[any(sizeof alphabet - 1)]);
	return text.data;
}

static const char *any_body(struct arena *arena)
{
	struct buf body = buf_in(arena);

	for (unsigned lines = any(12); lines > 0; lines--) {
		if (any(4) > 0)
			buf_text(&body, any_text(arena, 60));
		buf_text(&body, any(9) == 0 ? "  \r\n" : "\r\n");
	}
	return body.data;
}

static void publish(struct letter *letter, unsigned number, const char *key)
{
	static const char *const fronts[] = {"v=DKIM1; k=", "k=", "v=DKIM1; h=sha256; t=y; k=",
		"v=DKIM1; s=email; k=", "v=DKIM1; h=sha1; k=", "v=DKIM1; t=s; k="};
	char *p = signer_public(letter->arena, key);
	bool ed25519 = strlen(p) < 60;
	struct buf line = buf_in(letter->arena);
	size_t len = strlen(p);
	struct fault fault;

	if (any(12) == 0) /* not the key it was */
		p[any((unsigned)len)] ^= (char)(any(2) + 1);
	if (any(25) == 0)
		p[any((unsigned)len)] = '\0';
	buf_printf(&line, "k%u._domainkey.example.com. TXT \"", number);
	buf_text(&line, any(5) > 0 ? fronts[0] : fronts[any(COUNT(fronts))]);
	buf_text(&line, ed25519 ? "ed25519; p=" : "rsa; p=");
	for (size_t at = 0; at < strlen(p); at += 200)
		buf_printf(&line, "\" \"%.200s", p + at);
	buf_text(&line, "\"");
	(void)zone_add_record(letter->zone, line.data, &fault);
}

static const char *any_tags(struct letter *letter, unsigned number, bool ed25519)
{
	static const char *const canons[] = {
		"relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"};
	static const char *const names[] = {"from:to:subject", "from:subject:x-a:to:x-a", "from:from:to",
		"from", "From:To:Subject:Date:Message-ID:X-A"};
	struct buf tags = buf_in(letter->arena);

	buf_printf(&tags, " v=1; a=%s-sha256; c=%s; d=example.com; s=k%u; h=%s;", ed25519 ? "ed25519" : "rsa",
		canons[any(4)], number, names[any(COUNT(names))]);
	if (any(6) == 0)
		buf_printf(&tags, " l=%u;", any(200));
	if (any(6) == 0)
		buf_printf(&tags, " t=%d;", NOW - 100 + (int)any(200));
	return tags.data;
}

/* One octet of a field or of the body changed, or a line more. */
static struct letter damaged(const struct letter *sent, struct arena *arena)
{
	struct letter letter = *sent;
	struct header_field *field;
	char *value;

	letter.arena = arena;
	letter.header = header_list_new(arena);
	for (size_t i = 0; i < sent->header.count; i++)
		add(&letter.header, sent->header.fields[i].name, sent->header.fields[i].value);
	field = &letter.header.fields[any((unsigned)letter.header.count)];
	value = arena_copy(arena, field->value, field->value_len);
	switch (any(8)) {
	case 0:
	case 1:
	case 2:
		if (field->value_len > 0)
			value[any((unsigned)field->value_len)] = (char)('a' + any(20));
		field->value = value;
		break;
	case 3:
		letter.body = arena_printf(arena, "%s-- \r\na footer\r\n", letter.body);
		break;
	case 4:
		letter.body = any_body(arena);
		break;
	default:
		break; /* many arrive as they were sent */
	}
	letter.len = strlen(letter.body);
	return letter;
}

static struct letter any_letter(struct arena *arena)
{
	struct letter letter = {.arena = arena, .zone = zone_new(arena), .now = NOW};
	struct header_list unsigned_header = header_list_new(arena);

	add(&unsigned_header, "From", " Taro <taro@example.com>");
	add(&unsigned_header, "To", any_text(arena, 60));
	add(&unsigned_header, "Subject", any_text(arena, 90));
	for (unsigned i = any(3); i > 0; i--)
		add(&unsigned_header, "X-A", any_text(arena, 30));
	letter.header = header_list_new(arena);
	letter.body = any_body(arena);
	for (unsigned i = any(SIGNATURES_MAX) + 1; i > 0; i--) {
		const char *key = keys[any(COUNT(keys))];
		bool ed25519 = strlen(signer_public(arena, key)) < 60;

		add(&letter.header, "DKIM-Signature",
			signer_sign(
				arena, &unsigned_header, letter.body, any_tags(&letter, i, ed25519), key));
		publish(&letter, i, any(6) > 0 ? key : keys[any(COUNT(keys))]);
	}
	for (size_t i = 0; i < unsigned_header.count; i++)
		add(&letter.header, unsigned_header.fields[i].name, unsigned_header.fields[i].value);
	return letter;
}

static struct verdicts verify(const struct letter *letter, struct libraries *libraries)
{
	struct settings *settings = settings_new();
	struct author author = author_of(&letter->header, letter->arena);
	struct envelope envelope = envelope_empty();
	struct dns *dns = dns_open_zone(letter->zone);
	struct work work = {.libraries = libraries,
		.settings = settings,
		.suffixes = suffixes,
		.envelope = &envelope,
		.header = &letter->header,
		.author = &author,
		.dns = dns,
		.client = dns_client_new(dns, letter->arena, 1000, 60),
		.arena = letter->arena,
		.now = letter->now};
	struct verdicts verdicts = verdicts_empty();
	struct signatures *signatures = signatures_begin(&work);

	if (signatures_want_body(signatures))
		signatures_body(signatures, letter->body, letter->len);
	signatures_finish(signatures, &verdicts);
	signatures_end(&signatures);
	dns_close(&dns);
	settings_free(&settings);
	return verdicts;
}

static void expect_equal(
	const char *about, const struct signature_verdict *a, const struct signature_verdict *b)
{
	if (a->result != b->result || a->fault != b->fault || strcmp(a->fault_text, b->fault_text) != 0 ||
		a->recovery != b->recovery || a->digests_known != b->digests_known)
		fail_msg("%s: %s fault %d \"%s\" recovery %d against %s fault %d \"%s\" recovery %d", about,
			result_word(a->result), (int)a->fault, a->fault_text, (int)a->recovery,
			result_word(b->result), (int)b->fault, b->fault_text, (int)b->recovery);
	assert_int_equal(a->body_hash_matches, b->body_hash_matches);
	assert_int_equal(a->canonical_length, b->canonical_length);
	assert_memory_equal(a->header_digest, b->header_digest, DIGEST_MAX);
	assert_memory_equal(a->body_digest, b->body_digest, DIGEST_MAX);
	assert_memory_equal(a->recovered_digest, b->recovered_digest, DIGEST_MAX);
}

/* How often each result came, to see that the messages are worth something. */
static unsigned seen[16];

static void compare(
	const char *about, const struct letter *letter, struct libraries *kept, struct libraries *theirs)
{
	struct verdicts ours = verify(letter, kept), library = verify(letter, theirs);

	assert_int_equal(ours.signature_count, library.signature_count);
	for (size_t i = 0; i < ours.signature_count; i++) {
		expect_equal(about, &ours.signatures[i], &library.signatures[i]);
		seen[ours.signatures[i].result]++;
	}
}

static void generated_messages(void **state)
{
	struct fault fault;
	struct libraries *kept = libraries_open(NOW, &fault), *theirs = libraries_open(NOW, &fault);

	(void)state;
	theirs->opendkim_verifies = true;
	for (int i = 0; i < messages; i += ARRIVALS) {
		struct arena *arena = arena_new();
		struct letter letter = any_letter(arena);

		for (int j = 0; j < ARRIVALS; j++) {
			struct arena *there = arena_new();
			struct letter arrived = damaged(&letter, there);
			char about[32];

			(void)snprintf(about, sizeof about, "message %d", i + j);
			compare(about, &arrived, kept, theirs);
			arena_free(&there);
		}
		arena_free(&arena);
	}
	for (size_t i = 0; i < COUNT(seen); i++)
		if (seen[i] > 0)
			print_message("%-10s %u\n", result_word((enum result)i), seen[i]);
	assert_true(seen[RESULT_PASS] > 0 && seen[RESULT_FAIL] > 0);
	libraries_close(&kept);
	libraries_close(&theirs);
}

static void compare_case(const char *path)
{
	struct arena *arena = arena_new();
	struct fault fault;
	struct case_file *file = case_file_read(path, arena, &fault);
	struct letter letter = {.arena = arena};
	struct libraries *kept, *theirs;
	size_t len, start;
	char *message;

	if (file == NULL)
		fail_msg("%s", fault.text);
	message = file_read(file->message_path, &len, &fault);
	assert_non_null(message);
	letter.header = header_list_new(arena);
	start = header_list_read(&letter.header, message, len);
	letter.body = message + start;
	letter.len = len - start;
	letter.zone = file->zone;
	letter.now = file->now;
	kept = libraries_open(file->now, &fault);
	theirs = libraries_open(file->now, &fault);
	theirs->opendkim_verifies = true;
	compare(path, &letter, kept, theirs);
	libraries_close(&kept);
	libraries_close(&theirs);
	free(message);
	arena_free(&arena);
}

static void given_cases(void **state)
{
	(void)state;
	for (; *case_paths != NULL; case_paths++)
		compare_case(*case_paths);
}

static int open_all(void **state)
{
	struct fault fault;

	(void)state;
	suffixes = suffixes_open("", NULL, 0, &fault);
	return suffixes == NULL;
}

static int close_all(void **state)
{
	(void)state;
	suffixes_close(&suffixes);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generated_messages),
		cmocka_unit_test(given_cases),
	};

	if (argc > 1)
		messages = atoi(argv[1]);
	case_paths = argv + (argc > 1 ? 2 : 1);
	return cmocka_run_group_tests_name("kept keys", tests, open_all, close_all);
}
