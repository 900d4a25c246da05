/* inspect/remark_memory: catalogue section 6, results are kept for an hour; and what it means for one
 * message after the other. */
#include "inspect/remark_memory.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "inspect/inspection.h"
#include "message/header_list.h"
#include "settings/settings.h"
#include "tests/support/keys.h"
#include "tests/support/signer.h"
#include "verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void an_hour(void **state)
{
	struct remark_memory *memory = remark_memory_new();
	char longest[600];

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_false(remark_memory_has(memory, "a", 100));
	remark_memory_keep(memory, "a", 100);
	assert_true(remark_memory_has(memory, "a", 100));
	assert_true(remark_memory_has(memory, "a", 100 + 3599));
	assert_false(remark_memory_has(memory, "a", 100 + 3600));
	assert_false(remark_memory_has(memory, "b", 100));
	remark_memory_keep(memory, "", 100); /* "" is no key */
	assert_false(remark_memory_has(memory, "", 100));
	remark_memory_keep(memory, longest, 100); /* too long is left out, never cut */
	assert_false(remark_memory_has(memory, longest, 100));
	remark_memory_free(&memory);
	assert_null(memory);
}

struct post {
	struct arena *arena;
	struct settings *settings;
	struct zone *zone;
	struct inspector inspector;
	struct inspection *inspection;
	struct remark_memory *remarks;
	struct header_list header; /* of the letter: signed, everything passes */
};

static void publish(struct post *post, const char *line)
{
	struct fault fault;

	assert_true(zone_add_record(post->zone, line, &fault));
}

static void write_letter(struct post *post)
{
	static const char from[] = " taro@hoge.test";
	struct header_list unsigned_header = header_list_new(post->arena);
	const char *signature;

	assert_true(header_list_add(&unsigned_header, "From", from, sizeof from - 1));
	signature = signer_sign(post->arena, &unsigned_header, "",
		" v=1; a=ed25519-sha256; c=relaxed/relaxed; d=hoge.test; s=s; h=from;", KEY_ED25519_ONE);
	post->header = header_list_new(post->arena);
	assert_true(header_list_add(&post->header, "DKIM-Signature", signature, strlen(signature)));
	assert_true(header_list_add(&post->header, "From", from, sizeof from - 1));
	publish(post, arena_printf(post->arena, "s._domainkey.hoge.test. TXT \"v=DKIM1; k=ed25519; p=%s\"",
			      signer_public(post->arena, KEY_ED25519_ONE)));
	publish(post, "_dmarc.hoge.test. TXT \"v=DMARC1; p=reject\"");
	publish(post, "hoge.test. TXT \"v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 -all\"");
	publish(post, "mail.hoge.test. A 192.0.2.25");
	publish(post, "25.2.0.192.in-addr.arpa. PTR mail.hoge.test.");
	publish(post, "26.2.0.192.in-addr.arpa. PTR mail.hoge.test.");
}

static void post_open(struct post *post)
{
	struct fault fault = {""};

	*post = (struct post){.arena = arena_new(), .settings = settings_new()};
	post->zone = zone_new(post->arena);
	post->remarks = remark_memory_new();
	post->inspector = (struct inspector){.settings = post->settings,
		.authserv_id = "mx.inbox.test",
		.suffixes = suffixes_open("", NULL, 0, &fault),
		.libraries = libraries_open(0, &fault),
		.dns = dns_open_zone(post->zone),
		.remarks = post->remarks};
	assert_non_null(post->inspector.suffixes);
	assert_non_null(post->inspector.libraries);
	post->inspection = inspection_new(&post->inspector);
	write_letter(post);
}

static void post_close(struct post *post)
{
	inspection_free(&post->inspection);
	remark_memory_free(&post->remarks);
	dns_close(&post->inspector.dns);
	libraries_close((struct libraries **)&post->inspector.libraries);
	suffixes_close((struct suffixes **)&post->inspector.suffixes);
	settings_free(&post->settings);
	arena_free(&post->arena);
}

/* Returns whether it wanted a second look; the causes named in the end, each followed by a blank. */
static bool deliver(struct post *post, const char *client, const char *helo, char codes[256])
{
	const struct findings *findings;
	struct netaddr address;
	bool wanted;

	assert_true(netaddr_parse(client, &address));
	inspection_connect(post->inspection, address, "");
	inspection_helo(post->inspection, helo);
	inspection_begin(post->inspection, "<taro@hoge.test>", "", false);
	for (size_t i = 0; i < post->header.count; i++)
		inspection_header(post->inspection, post->header.fields[i].name, post->header.fields[i].value,
			post->header.fields[i].value_len);
	inspection_headers_done(post->inspection);
	findings = inspection_finish(post->inspection, "");
	assert_int_equal(findings->verdicts->dmarc.result, RESULT_PASS);
	wanted = inspection_wants_more(post->inspection);
	if (wanted)
		findings = inspection_deepen(post->inspection);
	codes[0] = '\0';
	for (size_t i = 0; i < findings->diagnoses.count; i++) {
		(void)strncat(codes, cause_row(findings->diagnoses.items[i].cause)->code, 200);
		(void)strncat(codes, " ", 1);
	}
	return wanted;
}

static void good_mail_is_looked_at_once(void **state)
{
	struct post post;
	char codes[256];

	(void)state;
	post_open(&post);
	publish(&post, "hoge.test. MX 10 mail.hoge.test.");
	assert_true(deliver(&post, "192.0.2.25", "mail.hoge.test", codes));
	assert_string_equal(codes, "");
	assert_false(deliver(&post, "192.0.2.25", "mail.hoge.test", codes));
	assert_string_equal(codes, "");
	/* another client has its own reverse name, here one that does not lead back */
	(void)deliver(&post, "192.0.2.26", "mail.hoge.test", codes);
	assert_non_null(strstr(codes, "iprev-mismatch "));
	/* another name in HELO */
	(void)deliver(&post, "192.0.2.25", "nobody.hoge.test", codes);
	assert_string_equal(codes, "helo-unresolvable ");
	assert_false(deliver(&post, "192.0.2.25", "mail.hoge.test", codes));
	post_close(&post);
}

/* A remark is made about every message that deserves it. */
static void remarks_do_not_vanish(void **state)
{
	struct post post;
	char codes[256];

	(void)state;
	post_open(&post);
	publish(&post, "hoge.test. MX 10 mx.hoge.test.");
	publish(&post, "mx.hoge.test. A 10.0.0.1");
	for (int i = 0; i < 3; i++) {
		assert_true(deliver(&post, "192.0.2.25", "mail.hoge.test", codes));
		assert_string_equal(codes, "dns-mx-private ");
	}
	post_close(&post);
}

/* What could not be looked up is no reason to stop looking. */
static void silence_is_not_kept(void **state)
{
	struct fault fault;
	struct post post;
	char codes[256];

	(void)state;
	post_open(&post);
	assert_true(zone_add_fault(post.zone, "hoge.test. MX timeout", &fault));
	assert_true(deliver(&post, "192.0.2.25", "mail.hoge.test", codes));
	assert_true(deliver(&post, "192.0.2.25", "mail.hoge.test", codes));
	post_close(&post);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_hour),
		cmocka_unit_test(good_mail_is_looked_at_once),
		cmocka_unit_test(remarks_do_not_vanish),
		cmocka_unit_test(silence_is_not_kept),
	};

	return cmocka_run_group_tests_name("remark memory", tests, NULL, NULL);
}
