/* Who changed a signed message: the header's hints in their order. */
#include "base/arena.h"
#include "diagnose/collection.h"
#include "diagnose/culprit.h"
#include "support/diagnose_bench.h"
#include "test_diagnose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FROM "From: taro@hoge.example\n"
#define HOP(by) "Received: from a.example by " by "; Sun, 1 Mar 2026 18:00:00 +0900\n"
#define SEALED(i, name, results) "ARC-Authentication-Results: i=" i "; " name "; " results "\n"

static const struct {
	const char *header, *who;
} rows[] = {
	{FROM, "mail.hoge.example"}, /* the client */
	{"List-Id: x <ml.list.example>\n" HOP("relay.fwd.example") FROM, "ml.list.example"},
	{HOP("relay.fwd.example") FROM, "relay.fwd.example"},
	{HOP("mx1.rx.example") HOP("relay.fwd.example") HOP("mail.hoge.example") FROM, "relay.fwd.example"},
	{HOP("mail.hoge.example") FROM, "mail.hoge.example"},
	{"X-MIME-Autoconverted: from 8bit to quoted-printable by gw.conv.example id x\n" HOP(
		 "relay.fwd.example") FROM,
		"gw.conv.example"},
	{"X-Virus-Scanned: amavisd-new at scan.conv.example\n" FROM, "scan.conv.example"},
	{"X-Virus-Scanned: clean at last\n" FROM, "mail.hoge.example"},
	/* RFC 8617: the last hop that saw it pass */
	{SEALED("2", "b.example", "dkim=fail header.d=hoge.example")
			SEALED("1", "a.example", "spf=fail; dkim=pass header.d=hoge.example") FROM,
		"a.example"},
	{SEALED("2", "b.example", "dkim=pass header.i=@hoge.example")
			SEALED("1", "a.example", "dkim=pass header.d=hoge.example") FROM,
		"b.example"},
	{SEALED("1", "a.example", "dkim=pass header.d=other.example; dkim=fail header.d=hoge.example") FROM,
		"mail.hoge.example"},
	{SEALED("x", "a.example", "dkim=pass header.d=hoge.example") FROM, "mail.hoge.example"},
	{"ARC-Authentication-Results: i=1\n" FROM, "mail.hoge.example"},
	{"ARC-Authentication-Results: i=1;\n" FROM, "mail.hoge.example"},
	{"ARC-Authentication-Results: i=1; ;\n" FROM, "mail.hoge.example"},
};

/* The same header with what the seals themselves say (RFC 8617 section 5.2). */
static const struct {
	struct arc_verdict arc;
	const char *who;
} sealed_rows[] = {
	{{.set_count = 2}, "a.example"},
	{{.set_count = 2, .oldest_pass = 1}, "a.example"}, /* sealed as it is now */
	{{.set_count = 2, .oldest_pass = 2, .altered_before_oldest = true}, "second.example"},
	{{.set_count = 2, .oldest_pass = 2}, "a.example"}, /* nobody knows about the first */
	{{.set_count = 1, .failed = 1, .fault = ARCFAULT_BODY_HASH}, "a host behind a.example"},
	{{.set_count = 2, .failed = 2, .fault = ARCFAULT_BODY_HASH}, "a.example"},
	{{.set_count = 1, .failed = 1, .fault = ARCFAULT_SIGNATURE}, "a.example"}, /* a wrong key, maybe */
	{{.set_count = 1, .failed = 1, .fault = ARCFAULT_SEAL}, "a.example"},
};

void culprits_by_seals(void **state)
{
	static const struct arc_hop hops[] = {{.sealer = "first.example"}, {.sealer = "second.example"}};

	(void)state;
	for (size_t i = 0; i < sizeof sealed_rows / sizeof sealed_rows[0]; i++) {
		struct bench bench;
		struct collection collection;

		bench_begin(&bench);
		bench_header(&bench, SEALED("1", "a.example", "dkim=pass header.d=hoge.example") FROM);
		bench.verdicts.arc = sealed_rows[i].arc;
		bench.verdicts.arc.hops = hops;
		collection_begin(&collection, &bench.facts, bench.arena);
		assert_string_equal(culprit_of(&collection, &bench.signatures[0]), sealed_rows[i].who);
		bench_end(&bench);
	}
}

void culprits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bench bench;
		struct collection collection;

		bench_begin(&bench);
		bench_header(&bench, rows[i].header);
		collection_begin(&collection, &bench.facts, bench.arena);
		assert_string_equal(culprit_of(&collection, &bench.signatures[0]), rows[i].who);
		bench_end(&bench);
	}
}
