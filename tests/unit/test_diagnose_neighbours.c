/* Causes that rest on answers beyond the verifiers' own: neighbouring names, the domain's other hosts,
 * providers, name servers asked themselves. Here the answers are all there; that they are asked for is
 * shown by tests/cases. */
#include "support/diagnose_bench.h"
#include "test_diagnose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct row {
	const char *about, *codes, *record; /* record NULL: none published */
	const char *answers;
	const char *client, *ptr, *helo, *mail, *header; /* NULL: the bench's */
	bool passes, stranger, altered;
};

static const char *or_text(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

static void run(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct bench bench;

		bench_begin(&bench);
		bench_client(&bench, or_text(row->client, "192.0.2.25"),
			or_text(row->ptr, "mail.hoge.example"), or_text(row->helo, "mail.hoge.example"),
			or_text(row->mail, "<taro@hoge.example>"));
		bench.verdicts.spf.term_count = 0;
		bench.verdicts.spf.decided_by = NULL;
		bench_spf(&bench,
			row->passes           ? RESULT_PASS
			: row->record != NULL ? RESULT_SOFTFAIL
					      : RESULT_NONE,
			or_text(row->record, ""));
		if (row->record == NULL)
			bench.verdicts.spf.fault = SPFAULT_NO_RECORD;
		if (row->header != NULL)
			bench_header(&bench, row->header);
		bench_answers(&bench, row->answers);
		if (row->stranger)
			bench.verdicts.signature_count = 0;
		bench.signatures[0].result = row->altered ? RESULT_FAIL : RESULT_PASS;
		bench.signatures[0].fault = row->altered ? SIGFAULT_BODY_HASH : SIGFAULT_NONE;
		bench_dmarc(&bench, row->stranger ? RESULT_FAIL : RESULT_PASS,
			row->stranger ? DMARCFAULT_NOTHING_ALIGNED : DMARCFAULT_NONE, "");
		bench_expect(&bench, row->about, row->codes);
		bench_end(&bench);
	}
}

#define ROW(words, expected, published, ...)                                                                 \
	{                                                                                                    \
		.about = words, .codes = expected, .record = published, .answers = __VA_ARGS__               \
	}

#define NOTHING_ELSE                                                                                         \
	"hoge.example TXT !nodata\nhoge.example SPF !nodata\nhoge.example.hoge.example TXT !nxdomain"

static const struct row none_rows[] = {
	ROW("nothing anywhere", "spf-no-record=strong", NULL, NOTHING_ELSE),
	ROW("the zone appended", "spf-zone-suffix-doubled=strong !spf-no-record", NULL,
		"hoge.example TXT !nodata\nhoge.example.hoge.example TXT v=spf1 ip4:192.0.2.25 ~all"),
	ROW("a wildcard is no doubled name", "spf-no-record", NULL,
		"hoge.example TXT !nodata\nhoge.example.hoge.example TXT v=spf1 a ~all\n"
		"sekisho-asks-for-nobody.hoge.example TXT v=spf1 a ~all"),
	ROW("below _spf", "spf-record-wrong-name=strong !spf-no-record", NULL,
		NOTHING_ELSE "\n_spf.hoge.example TXT v=spf1 ip4:192.0.2.25 ~all"),
	ROW("a host's own record", "spf-no-record !spf-record-wrong-name", NULL,
		NOTHING_ELSE "\nwww.hoge.example TXT v=spf1 -all"),
};

static const struct row provider_rows[] = {
	ROW("derived name", "spf-provider-not-included=strong", "v=spf1 ip4:198.51.100.44 ~all",
		"hoge.example MX !nodata\n_spf.prov.example TXT v=spf1 ip4:203.0.113.0/24 -all",
		.client = "203.0.113.9", .ptr = "out9.prov.example", .helo = "out9.prov.example"),
	ROW("named in the provider's own record", "spf-provider-not-included=strong",
		"v=spf1 ip4:198.51.100.44 ~all",
		"prov.example TXT v=spf1 include:customers.prov.example -all\n"
		"customers.prov.example TXT v=spf1 ip4:203.0.113.0/24 -all",
		.client = "203.0.113.9", .ptr = "out9.prov.example", .helo = "out9.prov.example"),
	ROW("another name of the provider", "spf-wrong-include=strong", "v=spf1 include:prov.example ~all",
		"prov.example TXT v=spf1 ip4:198.51.100.0/24 -all\n"
		"spf.prov.example TXT v=spf1 ip4:203.0.113.0/24 -all",
		.client = "203.0.113.9", .ptr = "out9.prov.example", .helo = "out9.prov.example"),
	ROW("a provider whose record does not hold it", "spf-ip-not-listed", "v=spf1 ip4:198.51.100.44 ~all",
		"spf.prov.example TXT v=spf1 ip4:198.51.100.0/24 -all", .client = "203.0.113.9",
		.ptr = "out9.prov.example", .helo = "out9.prov.example"),
};

void neighbours_of_the_record(void **state)
{
	(void)state;
	run(none_rows, COUNT(none_rows));
	run(provider_rows, COUNT(provider_rows));
}

#define MOVED_HOST .client = "203.0.113.14", .ptr = "sv14.new.example", .helo = "sv14.new.example"
#define OLD_NAME "15.2.0.192.in-addr.arpa PTR v2005.old.example\n"
#define OLD_MX "hoge.example MX 10 mail.hoge.example\nmail.hoge.example A 192.0.2.15\n"

static const char web_form[] = "X-Mailer: PHPMailer 6.8\nFrom: taro@hoge.example\nTo: info@rx.example\n";
static const char submitted[] = "Received: from [10.0.0.5] (pc [198.51.100.9])\n"
				"\tby sv14.new.example with ESMTPSA; Sun, 1 Mar 2026 17:55:25 +0900\n"
				"From: taro@hoge.example\nTo: info@rx.example\n";

static const struct row host_rows[] = {
	ROW("moved, name servers too", "spf-stale-after-move=strong dns-mx-old-host",
		"v=spf1 ip4:192.0.2.15 ~all",
		"hoge.example A 203.0.113.14\nhoge.example NS ns1.new.example\n" OLD_NAME OLD_MX, MOVED_HOST),
	ROW("moved, signed", "spf-stale-after-move=likely", "v=spf1 ip4:192.0.2.15 ~all",
		"hoge.example A 203.0.113.14\n" OLD_NAME, MOVED_HOST),
	ROW("moved, handed in by login", "spf-stale-after-move dmarc-nothing-passed",
		"v=spf1 ip4:192.0.2.15 ~all", "hoge.example A 203.0.113.14\n" OLD_NAME, MOVED_HOST,
		.header = submitted, .stranger = true),
	ROW("moved, the record names the old host", "spf-stale-after-move", "v=spf1 a:v2005.old.example ~all",
		"hoge.example A 203.0.113.14\nv2005.old.example A 192.0.2.15", MOVED_HOST),
	ROW("web form beside a listed mail host", "spf-web-server-not-listed=strong",
		"v=spf1 ip4:192.0.2.15 ~all", "hoge.example A 203.0.113.14\n" OLD_NAME OLD_MX, MOVED_HOST,
		.header = web_form, .stranger = true),
	ROW("www", "spf-web-server-not-listed", "v=spf1 ip4:198.51.100.44 ~all",
		"hoge.example A 192.0.2.1\nwww.hoge.example A 203.0.113.14", MOVED_HOST),
	ROW("one of two addresses", "spf-multi-host-partial=strong", "v=spf1 ip4:198.51.100.7 ~all",
		"hoge.example A 203.0.113.14|198.51.100.7\n7.100.51.198.in-addr.arpa PTR sv7.prov.example",
		MOVED_HOST),
	ROW("one of two MX hosts", "spf-multi-host-partial", "v=spf1 ip4:198.51.100.7 ~all",
		"hoge.example MX 10 a.mx.example|20 b.mx.example\na.mx.example A 198.51.100.7\n"
		"b.mx.example A 203.0.113.14",
		MOVED_HOST),
	ROW("one of the addresses of HELO", "spf-multi-host-partial", "v=spf1 ip4:198.51.100.7 ~all",
		"sv14.new.example A 203.0.113.14|198.51.100.7", MOVED_HOST),
};

void hosts_of_the_domain(void **state)
{
	(void)state;
	run(host_rows, COUNT(host_rows));
}

#define TWO_SERVERS "hoge.example NS@[parent] ns1.new.example|ns2.new.example\n"
#define GOOD "v=spf1 ip4:192.0.2.25 ~all\n"

static const struct row server_rows[] = {
	ROW("corrected already", "dns-cached-old-answer=proven", "v=spf1 ip4:198.51.100.44 ~all",
		TWO_SERVERS "hoge.example TXT v=spf1 ip4:198.51.100.44 ~all\n"
			    "hoge.example TXT@ns1.new.example " GOOD
			    "hoge.example TXT@ns2.new.example " GOOD),
	ROW("added already", "dns-negative-cached=proven spf-no-record", NULL,
		TWO_SERVERS "hoge.example TXT !nodata\n"
			    "hoge.example TXT@ns1.new.example " GOOD
			    "hoge.example TXT@ns2.new.example " GOOD),
	ROW("two opinions", "dns-ns-inconsistent=proven", "v=spf1 ip4:198.51.100.44 ~all",
		TWO_SERVERS "hoge.example TXT v=spf1 ip4:198.51.100.44 ~all\n"
			    "hoge.example TXT@ns1.new.example " GOOD
			    "hoge.example TXT@ns2.new.example v=spf1 ip4:198.51.100.44 ~all"),
	ROW("at the former provider", "dns-edited-at-wrong-provider=proven spf-no-record", NULL,
		TWO_SERVERS "hoge.example TXT !nodata\nhoge.example TXT@ns1.new.example !nodata\n"
			    "hoge.example TXT@ns2.new.example !nodata\n" OLD_MX OLD_NAME
			    "old.example NS ns1.old.example\n"
			    "hoge.example TXT@ns1.old.example " GOOD),
	ROW("no server knows better", "spf-own-host-not-listed", "v=spf1 ip4:198.51.100.44 ~all",
		TWO_SERVERS "hoge.example TXT v=spf1 ip4:198.51.100.44 ~all\n"
			    "hoge.example TXT@ns1.new.example v=spf1 ip4:198.51.100.44 ~all\n"
			    "hoge.example TXT@ns2.new.example v=spf1 ip4:198.51.100.44 ~all"),
};

void servers_asked_themselves(void **state)
{
	(void)state;
	run(server_rows, COUNT(server_rows));
}

static const struct row zone_rows[] = {
	ROW("parent and zone differ", "dns-delegation-mismatch", GOOD,
		TWO_SERVERS "hoge.example NS ns1.new.example|ns3.new.example", .passes = true),
	ROW("hidden wildcard", "dns-wildcard-shadowed !dns-no-mx-no-a", GOOD,
		"sub.hoge.example MX !nodata\nsub.hoge.example A !nodata\nsub.hoge.example AAAA !nodata\n"
		"sekisho-asks-for-nobody.hoge.example A 192.0.2.80",
		.mail = "<x@sub.hoge.example>", .passes = true),
	ROW("addresses at two providers", "dns-multiple-a", GOOD,
		"hoge.example A 192.0.2.80|198.51.100.7\n80.2.0.192.in-addr.arpa PTR web80.shop.example\n"
		"7.100.51.198.in-addr.arpa PTR sv7.prov.example",
		.passes = true),
	ROW("MX left behind", "dns-mx-old-host=strong", "v=spf1 ip4:203.0.113.14 ~all",
		"hoge.example A 203.0.113.14\n" OLD_NAME OLD_MX, MOVED_HOST, .passes = true),
	ROW("MX elsewhere on purpose", "none", "v=spf1 ip4:203.0.113.14 ip4:192.0.2.15 ~all",
		"hoge.example A 203.0.113.14\n" OLD_NAME OLD_MX, MOVED_HOST, .passes = true),
	ROW("a filter of ours came first", "rx-milter-order=likely", GOOD, "",
		.header = "X-Virus-Scanned: scanner at mx.rx.example\nFrom: taro@hoge.example\n",
		.passes = true, .altered = true),
	ROW("a filter's mark from an earlier way", "!rx-milter-order", GOOD, "",
		.header = "Received: from a by b\nX-Virus-Scanned: scanner at mx.rx.example\n"
			  "From: taro@hoge.example\n",
		.passes = true, .altered = true),
};

static void budget_spent(void)
{
	struct bench bench;

	bench_begin(&bench);
	bench.facts.partial = true;
	bench_expect(&bench, "budget", "rx-diagnosis-budget=proven");
	bench_end(&bench);
}

void zone_remarks(void **state)
{
	(void)state;
	run(zone_rows, COUNT(zone_rows));
	budget_spent();
}
