/* verify/: our hashes of header and body are those of libopendkim, and with them our verdicts. Generated
 * messages, right and broken in every place, come in pieces; a number as argument asks for so many, a second
 * one is the seed, further arguments are .case files. */
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
#include "support/opendkim_view.h"
#include "support/signer.h"
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
enum { SEED = 88172645 };

static uint64_t seed = SEED;

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
	struct buf body;
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

/* Lines as they are, and as nobody writes them: white space in all places, octets of all kinds, very long. */
static void add_line(struct buf *body)
{
	switch (any(8)) {
	case 0:
		break;
	case 1:
		for (unsigned i = any(300); i > 0; i--)
			buf_char(body, any(5) > 0 ? (char)('a' + any(26)) : ' ');
		break;
	case 2:
		for (unsigned i = any(100); i > 0; i--)
			buf_char(body, any(2) > 0 ? ' ' : '\t');
		break;
	case 3:
		for (unsigned i = any(40); i > 0; i--) {
			unsigned octet = any(256);

			buf_char(body, (char)(octet == '\r' || octet == '\n' || octet == 0 ? 255 : octet));
		}
		break;
	default:
		buf_text(body, any_text(body->arena, 60));
		break;
	}
	buf_text(body, any(9) == 0 ? "  \r\n" : "\r\n");
}

static struct buf any_body(struct arena *arena)
{
	struct buf body = buf_in(arena);

	for (unsigned lines = any(12); lines > 0; lines--)
		add_line(&body);
	for (unsigned empty = any(4) == 0 ? any(5) : 0; empty > 0; empty--)
		buf_text(&body, any(3) == 0 ? "\t\r\n" : "\r\n");
	if (any(10) == 0)
		buf_text(&body, &" \t end"[any(7)]);
	return body;
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

/* Any octet becomes any other, NUL too; but line ends stay whole. */
static void change_octet(struct buf *body)
{
	size_t at = body->len == 0 ? 0 : any((unsigned)body->len);
	unsigned octet = any(256);

	if (body->len == 0 || body->data[at] == '\r' || body->data[at] == '\n' || octet == '\r' ||
		octet == '\n')
		return;
	body->data[at] = (char)octet;
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
		letter.body = buf_in(arena);
		buf_add(&letter.body, sent->body.data, sent->body.len);
		buf_text(&letter.body, "-- \r\na footer\r\n");
		break;
	case 4:
		letter.body = any_body(arena);
		break;
	case 5:
		letter.body = buf_in(arena);
		buf_add(&letter.body, sent->body.data, sent->body.len);
		change_octet(&letter.body);
		break;
	default:
		break; /* many arrive as they were sent */
	}
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
			signer_sign(arena, &unsigned_header, letter.body.data, any_tags(&letter, i, ed25519),
				key));
		publish(&letter, i, any(6) > 0 ? key : keys[any(COUNT(keys))]);
	}
	for (size_t i = 0; i < unsigned_header.count; i++)
		add(&letter.header, unsigned_header.fields[i].name, unsigned_header.fields[i].value);
	return letter;
}

/* In pieces of any length, as an MTA may cut them. */
static void feed_body(struct signatures *signatures, const struct buf *body)
{
	for (size_t at = 0; at < body->len && signatures_want_body(signatures);) {
		size_t len = any(4) == 0 ? 1 : any(200) + 1;

		if (len > body->len - at)
			len = body->len - at;
		signatures_body(signatures, body->data + at, len);
		at += len;
	}
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

	feed_body(signatures, &letter->body);
	signatures_finish(signatures, &verdicts);
	signatures_end(&signatures);
	dns_close(&dns);
	settings_free(&settings);
	return verdicts;
}

/* How often each fault came, to see that the messages are worth something. */
static unsigned seen[SIGFAULT_LIBRARY + 1], digests_compared, words_compared;

static const char *word_text(enum opendkim_word word)
{
	static const char *const words[] = {
		"silent", "pass", "bad signature", "bad body hash", "l= too large", "another error"};

	return words[word];
}

/* What libopendkim must say where the content decides for us; of the other faults it knows too little. */
static enum opendkim_word word_for(enum signature_fault fault)
{
	switch (fault) {
	case SIGFAULT_NONE:
	case SIGFAULT_UNSIGNED_TAIL: /* RFC 6376 section 8.2: our policy */
		return OPENDKIM_PASS;
	case SIGFAULT_SIGNATURE:
		return OPENDKIM_HEADER;
	case SIGFAULT_BODY_HASH:
		return OPENDKIM_BODY;
	case SIGFAULT_LENGTH_EXCEEDS_BODY:
		return OPENDKIM_LENGTH;
	default:
		return OPENDKIM_SILENT;
	}
}

static void expect_equal(
	const char *about, const struct signature_verdict *ours, const struct opendkim_view *theirs)
{
	enum opendkim_word word = word_for(ours->fault);

	seen[ours->fault]++;
	if (!ours->digests_known)
		return;
	if (!theirs->hashed)
		fail_msg("%s: libopendkim made no hashes: %s", about, theirs->error);
	if (memcmp(ours->header_digest, theirs->header_digest, DIGEST_MAX) != 0)
		fail_msg("%s: other header hash", about);
	if (memcmp(ours->body_digest, theirs->body_digest, DIGEST_MAX) != 0)
		fail_msg("%s: other body hash", about);
	digests_compared++;
	if (word != OPENDKIM_SILENT && word != theirs->word)
		fail_msg("%s: we say %s, libopendkim %s, %s", about, word_text(word), word_text(theirs->word),
			theirs->error);
	words_compared += word != OPENDKIM_SILENT;
}

static void compare(const char *about, const struct letter *letter, struct libraries *libraries,
	struct opendkim *opendkim)
{
	struct verdicts ours = verify(letter, libraries);
	struct opendkim_view *views = arena_array(letter->arena, ours.signature_count, sizeof *views);

	opendkim_look(opendkim, &letter->header, letter->body.data, letter->body.len, &ours, views);
	for (size_t i = 0; i < ours.signature_count; i++)
		expect_equal(about, &ours.signatures[i], &views[i]);
}

static void generated_messages(void **state)
{
	struct fault fault;
	struct libraries *libraries = libraries_open(NOW, &fault);
	struct opendkim *opendkim = opendkim_new(NOW);

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < messages; i += ARRIVALS) {
		struct arena *arena = arena_new();
		struct letter letter = any_letter(arena);

		for (int j = 0; j < ARRIVALS; j++) {
			struct arena *there = arena_new();
			struct letter arrived = damaged(&letter, there);
			char about[32];

			(void)snprintf(about, sizeof about, "message %d", i + j);
			compare(about, &arrived, libraries, opendkim);
			arena_free(&there);
		}
		arena_free(&arena);
	}
	print_message("%d messages: %u pairs of hashes, %u verdicts by content: %u pass, %u bad signature, "
		      "%u bad body hash, "
		      "%u l= too large, %u unsigned tail\n",
		messages, digests_compared, words_compared, seen[SIGFAULT_NONE], seen[SIGFAULT_SIGNATURE],
		seen[SIGFAULT_BODY_HASH], seen[SIGFAULT_LENGTH_EXCEEDS_BODY], seen[SIGFAULT_UNSIGNED_TAIL]);
	assert_true(messages == 0 || seen[SIGFAULT_NONE] > 0);
	assert_true(messages == 0 || (seen[SIGFAULT_SIGNATURE] > 0 && seen[SIGFAULT_BODY_HASH] > 0));
	libraries_close(&libraries);
	opendkim_free(&opendkim);
}

static void compare_case(const char *path)
{
	struct arena *arena = arena_new();
	struct fault fault;
	struct case_file *file = case_file_read(path, arena, &fault);
	struct letter letter = {.arena = arena};
	struct libraries *libraries;
	struct opendkim *opendkim;
	size_t len, start;
	char *message;

	if (file == NULL)
		fail_msg("%s", fault.text);
	message = file_read(file->message_path, &len, &fault);
	assert_non_null(message);
	letter.header = header_list_new(arena);
	start = header_list_read(&letter.header, message, len);
	letter.body = buf_in(arena);
	buf_add(&letter.body, message + start, len - start);
	letter.zone = file->zone;
	letter.now = file->now;
	libraries = libraries_open(file->now, &fault);
	opendkim = opendkim_new(file->now);
	compare(path, &letter, libraries, opendkim);
	libraries_close(&libraries);
	opendkim_free(&opendkim);
	free(message);
	arena_free(&arena);
}

/* Where libopendkim is wrong and the rules are with us (signature_prefilter knows why). */
static const struct {
	const char *name, *rule;
} known[] = {
	{"K140-", "RFC 8616 section 4: tags may hold UTF-8"},
	{"K141-", "RFC 6376 section 3.2: white space before \"=\"; section 3.7: b= is emptied all the same"},
	{"K142-", "RFC 6376 section 3.5: x= has up to 76 digits"},
	{"K143-", "RFC 6376 section 5.4: h= cannot mean the signature itself"},
	{"K145-", "RFC 6376 section 2.11: i= may hold an encoded @"},
	{"dkim-crash-seven-fields", "RFC 6376 section 5.4, as K143"},
	{"dkim-crash-three-fields", "RFC 6376 section 5.4, as K143"},
};

static const char *known_rule(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;

	for (size_t i = 0; i < COUNT(known); i++)
		if (strncmp(name, known[i].name, strlen(known[i].name)) == 0)
			return known[i].rule;
	return NULL;
}

static void given_cases(void **state)
{
	unsigned digests = digests_compared, words = words_compared;
	int cases = 0;

	(void)state;
	for (; *case_paths != NULL; case_paths++, cases++) {
		const char *rule = known_rule(*case_paths);

		if (rule == NULL)
			compare_case(*case_paths);
		else
			print_message("libopendkim differs in %s: %s\n", *case_paths, rule);
	}
	if (cases > 0)
		print_message("%d cases: %u pairs of hashes, %u verdicts by content\n", cases,
			digests_compared - digests, words_compared - words);
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
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	case_paths = argv + (argc > 3 ? 3 : argc);
	return cmocka_run_group_tests_name("as libopendkim", tests, open_all, close_all);
}
