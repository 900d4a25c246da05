/* feedback/: the rows of a day become sums, XML and a letter, and go to those who agreed. */
#include "base/arena.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "feedback/aggregate_xml.h"
#include "feedback/destination.h"
#include "feedback/failure_letter.h"
#include "feedback/gather.h"
#include "feedback/ledger.h"
#include "feedback/letter.h"
#include "feedback/sendmail.h"
#include "feedback/sums.h"
#include "store/database.h"
#include "store/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct row row_of_mail(void)
{
	return (struct row){.id = "1",
		.time = 1700000000,
		.receiver = "mx.rx.example",
		.queue_id = "Q",
		.client = "192.0.2.25",
		.from_domain = "a.example",
		.mail_domain = "a.example",
		.spf = "pass",
		.spf_domain = "a.example",
		.spf_scope = "mfrom",
		.signatures = "pass a.example s1",
		.dmarc = "pass",
		.dmarc_domain = "a.example",
		.dmarc_record = "v=DMARC1; p=reject; rua=mailto:dmarc@a.example",
		.dkim_aligned = 1,
		.spf_aligned = 1,
		.disposition = "none",
		.override = "",
		.cause = "",
		.record = "{}",
		.failure = ""};
}

/* RFC 9990 section 3.1.1: what differs in one of these is a row of its own. */
static void what_differs_is_counted_apart(void **state)
{
	static const struct {
		const char *what;
		size_t place; /* of a text in the row; 0 where it is no text */
		size_t sums;
	} rows[] = {
		{"client", offsetof(struct row, client), 2},
		{"from", offsetof(struct row, from_domain), 2},
		{"envelope", offsetof(struct row, mail_domain), 2},
		{"SPF", offsetof(struct row, spf), 2},
		{"SPF domain", offsetof(struct row, spf_domain), 2},
		{"SPF scope", offsetof(struct row, spf_scope), 2},
		{"signatures", offsetof(struct row, signatures), 2},
		{"disposition", offsetof(struct row, disposition), 2},
		{"override", offsetof(struct row, override), 2},
		{"receiver", offsetof(struct row, receiver), 1},
		{"queue id", offsetof(struct row, queue_id), 1},
		{"cause", offsetof(struct row, cause), 1},
		{"record", offsetof(struct row, record), 1},
		{"published", offsetof(struct row, dmarc_record), 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct sums *sums = sums_new("a.example", arena);
		struct row row = row_of_mail(), other = row_of_mail();

		*(const char **)((char *)&other + rows[i].place) = "other";
		sums_add(sums, &row);
		sums_add(sums, &other);
		sums_add(sums, &row);
		if (sums_count(sums) != rows[i].sums)
			fail_msg("%s: %zu sums", rows[i].what, sums_count(sums));
		assert_int_equal(sums_at(sums, 0)->count, rows[i].sums == 1 ? 3 : 2);
		assert_int_equal(sums_messages(sums), 3);
		arena_free(&arena);
	}
}

/* Neighbours do not run into each other, and numbers count as yes and no. */
static void neighbours_stay_apart(void **state)
{
	struct arena *arena = arena_new();
	struct sums *sums = sums_new("a.example", arena);
	struct row row = row_of_mail();

	(void)state;
	row.from_domain = "ab", row.mail_domain = "c";
	sums_add(sums, &row);
	row.from_domain = "a", row.mail_domain = "bc";
	sums_add(sums, &row);
	assert_int_equal(sums_count(sums), 2);
	row.dkim_aligned = 7;
	sums_add(sums, &row);
	assert_int_equal(sums_count(sums), 2);
	row.dkim_aligned = 0;
	sums_add(sums, &row);
	row.spf_aligned = 0;
	sums_add(sums, &row);
	assert_int_equal(sums_count(sums), 4);
	row.is_report = 1;
	sums_add(sums, &row);
	assert_int_equal(sums_reports(sums), 1);
	arena_free(&arena);
}

/* A stranger with many addresses: memory is bounded, and nothing is uncounted. */
static void too_many_sums_are_told(void **state)
{
	static const size_t rows[] = {
		1, 31, 32, 33, 63, 64, 65, 1000, SUMS_MAX - 1, SUMS_MAX, SUMS_MAX + 1, SUMS_MAX + 500};
	struct report_facts facts = {.organization = "x", .email = "x@y.example", .id = "1@y.example"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct sums *sums = sums_new("a.example", arena);
		size_t kept = rows[i] < SUMS_MAX ? rows[i] : SUMS_MAX;
		struct row row = row_of_mail();
		char client[32];

		row.client = client; /* borrowed: what sums keeps is a copy */
		for (size_t round = 0; round < 2; round++)
			for (size_t n = 0; n < rows[i]; n++) {
				(void)snprintf(client, sizeof client, "192.0.%zu.%zu", n / 256, n % 256);
				sums_add(sums, &row);
			}
		assert_int_equal(sums_count(sums), kept);
		assert_int_equal(sums_messages(sums), 2 * rows[i]);
		assert_int_equal(sums_left_out(sums), 2 * (rows[i] - kept));
		for (size_t n = 0; n < kept; n++)
			assert_int_equal(sums_at(sums, n)->count, 2);
		assert_string_equal(sums_at(sums, 0)->client, "192.0.0.0");
		assert_int_equal(
			strstr(aggregate_xml(sums, &facts, arena), "left out") != NULL, rows[i] > SUMS_MAX);
		arena_free(&arena);
	}
}

static const char *xml_of(const struct row *row, enum report_form form, struct arena *arena)
{
	struct report_facts facts = {.form = form,
		.organization = "A & <B>",
		.email = "x@y.example",
		.id = "1@y.example",
		.from = 1700000000,
		.until = 1700086400};
	struct sums *sums = sums_new(row->dmarc_domain, arena);

	sums_add(sums, row);
	return aggregate_xml(sums, &facts, arena);
}

/* Whatever a value is, it stays character data. */
static void hostile_values_stay_values(void **state)
{
	static const struct {
		const char *value, *in_xml;
	} rows[] = {
		{"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"]]>", "]]&gt;"},
		{"<![CDATA[x", "&lt;![CDATA[x"},
		{"&lt;&#0;", "&amp;lt;&amp;#0;"},
		{"a\x01\x7f\x1b[31mb", "a???[31mb"},
		{"\xff\xfe\xc0\x80", "????"},
		{"\xef\xbf\xbf", "???"},
		{"\xe9\x96\xa2", "\xe9\x96\xa2"},
		{"%s%n", "%s%n"},
		{"</domain></dkim>", "&lt;/domain&gt;&lt;/dkim&gt;"},
	};
	static const enum report_form forms[] = {FORM_RFC9990, FORM_RFC7489};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t f = 0; f < COUNT(forms); f++) {
			struct row row = row_of_mail();
			const char *xml;

			row.mail_domain = row.spf_domain = rows[i].value;
			row.signatures = arena_printf(arena, "pass a.example %s", rows[i].value);
			xml = xml_of(&row, forms[f], arena);
			assert_non_null(strstr(xml, "<org_name>A &amp; &lt;B&gt;</org_name>"));
			if (strstr(xml, arena_printf(arena, "<selector>%s</selector>", rows[i].in_xml)) ==
					NULL ||
				strstr(xml, arena_printf(arena, "<envelope_from>%s</envelope_from>",
						    rows[i].in_xml)) == NULL)
				fail_msg("row %zu: %s", i, xml);
		}
	}
	arena_free(&arena);
}

/* RFC 9990 section 3.1 and RFC 7489 appendix C */
static void xml_says_what_happened(void **state)
{
	static const struct {
		enum report_form form;
		int64_t dkim, spf;
		const char *scope, *disposition, *override, *record, *has, *has_not;
	} rows[] = {
		{FORM_RFC9990, 1, 1, "mfrom", "none", "", "v=DMARC1; p=reject", "<disposition>pass<",
			"<reason>"},
		{FORM_RFC7489, 1, 1, "mfrom", "none", "", "v=DMARC1; p=reject", "<disposition>none<",
			"xmlns"},
		{FORM_RFC9990, 0, 0, "mfrom", "none", "local_policy", "v=DMARC1; p=reject",
			"<reason>\n<type>local_policy</type>", "<disposition>pass"},
		{FORM_RFC9990, 0, 0, "mfrom", "reject", "", "v=DMARC1; p=reject", "<disposition>reject<",
			"<reason>"},
		{FORM_RFC9990, 1, 0, "mfrom", "none", "", "v=DMARC1; p=none", "<dkim>pass</dkim>\n<spf>fail<",
			"<fo>"},
		{FORM_RFC9990, 0, 1, "helo", "none", "", "v=DMARC1; p=none", "<dkim>fail</dkim>\n<spf>pass<",
			"<scope>"},
		{FORM_RFC7489, 0, 1, "helo", "none", "", "v=DMARC1; p=none", "<scope>helo</scope>", "<np>"},
		{FORM_RFC9990, 1, 1, "mfrom", "none", "", "v=DMARC1; p=none; sp=reject; t=y; fo=1:d; aspf=s",
			"<sp>reject</sp>\n<np>reject</np>\n<fo>1:d</fo>\n<adkim>r</adkim>\n<aspf>s</aspf>\n"
			"<testing>y<",
			"<pct>"},
		{FORM_RFC7489, 1, 1, "mfrom", "none", "", "v=DMARC1; p=none; pct=7", "<pct>7</pct>",
			"<testing>"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct row row = row_of_mail();
		const char *xml;

		row.dkim_aligned = rows[i].dkim;
		row.spf_aligned = rows[i].spf;
		row.spf_scope = rows[i].scope;
		row.disposition = rows[i].disposition;
		row.override = rows[i].override;
		row.dmarc_record = rows[i].record;
		xml = xml_of(&row, rows[i].form, arena);
		if (strstr(xml, rows[i].has) == NULL || strstr(xml, rows[i].has_not) != NULL)
			fail_msg("row %zu: %s", i, xml);
		assert_non_null(strstr(xml, "<begin>1700000000</begin>\n<end>1700086399</end>"));
	}
	arena_free(&arena);
}

/* RFC 9990 section 3.3: not more than 100, those that pass first. */
static void passing_signatures_come_first(void **state)
{
	struct arena *arena = arena_new();
	const char *lines = "fail z.example z", *xml;
	struct row row = row_of_mail();
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < 120; i++)
		lines = arena_printf(arena, "%s\n%s d%zu.example s", lines, i == 110 ? "pass" : "fail", i);
	row.signatures = lines;
	xml = xml_of(&row, FORM_RFC9990, arena);
	assert_true(strstr(xml, "d110.example") < strstr(xml, "z.example"));
	for (const char *at = xml; (at = strstr(at, "<selector>")) != NULL; at++)
		count++;
	assert_int_equal(count, 100);
	arena_free(&arena);
}

static const char *const zone_lines[] = {
	"a.example._report._dmarc.agreed.test. TXT \"v=DMARC1\"",
	"a.example._report._dmarc.other-text.test. TXT \"v=spf1 -all\"",
	"a.example._report._dmarc.other-text.test. TXT \"v=DMARC1;\"",
	"a.example._report._dmarc.foreign.test. TXT \"v=spf1 -all\"",
	"b.example._report._dmarc.not-for-a.test. TXT \"v=DMARC1\"",
	"*._report._dmarc.anybody.test. TXT \"v=DMARC1\"",
	"a.example._report._dmarc.instead.test. TXT \"v=DMARC1; rua=mailto:new@instead.test\"",
	"a.example._report._dmarc.thief.test. TXT \"v=DMARC1; rua=mailto:victim@elsewhere.test\"",
	"a.example._report._dmarc.broken.test. TXT \"v=DMARC1; rua=http://broken.test/\"",
};

static const char *const zone_faults[] = {
	"a.example._report._dmarc.slow.test. TXT timeout",
	"a.example._report._dmarc.servfail.test. TXT servfail",
};

struct office {
	struct arena *arena;
	struct dns *dns;
	struct suffixes *suffixes;
};

static struct office office_open(void)
{
	struct office office = {.arena = arena_new()};
	struct zone *zone = zone_new(office.arena);
	struct fault fault = {""};

	for (size_t i = 0; i < COUNT(zone_lines); i++)
		if (!zone_add_record(zone, zone_lines[i], &fault))
			fail_msg("%s", fault.text);
	for (size_t i = 0; i < COUNT(zone_faults); i++)
		if (!zone_add_fault(zone, zone_faults[i], &fault))
			fail_msg("%s", fault.text);
	office.dns = dns_open_zone(zone);
	office.suffixes = suffixes_open("", NULL, 0, &fault);
	assert_non_null(office.suffixes);
	return office;
}

static void office_close(struct office *office)
{
	dns_close(&office->dns);
	suffixes_close(&office->suffixes);
	arena_free(&office->arena);
}

/* "address address!octets" */
static const char *shown(const struct destinations *destinations, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < destinations->count; i++) {
		const struct destination *item = &destinations->items[i];

		text = arena_printf(arena, "%s%s%s", text, i > 0 ? " " : "", item->address);
		if (item->most_octets > 0)
			text = arena_printf(arena, "%s!%llu", text, (unsigned long long)item->most_octets);
	}
	return text;
}

static const struct {
	const char *rua, *to, *refused; /* refused: words of it */
} destination_rows[] = {
	{"", "", ""},
	{"mailto:d@a.example", "d@a.example", ""},
	{"MAILTO:D@A.Example", "D@a.example", ""},
	{" mailto:d@a.example , mailto:e@sub.a.example ", "d@a.example e@sub.a.example", ""},
	{"mailto:d@a.example,mailto:d@a.example,mailto:D@A.example", "d@a.example", ""},
	{",,mailto:d@a.example,,", "d@a.example", ""},
	/* sizes: RFC 7489 section 6.2 */
	{"mailto:d@a.example!10", "d@a.example!10", ""},
	{"mailto:d@a.example!10k", "d@a.example!10240", ""},
	{"mailto:d@a.example!10M", "d@a.example!10485760", ""},
	{"mailto:d@a.example!1g", "d@a.example!1073741824", ""},
	{"mailto:d@a.example!1t", "d@a.example!1099511627776", ""},
	{"mailto:d@a.example!10x", "", "size"},
	{"mailto:d@a.example!", "", "size"},
	{"mailto:d@a.example!-1m", "", "size"},
	{"mailto:d@a.example!99999999999999999999m", "", "size"},
	{"mailto:a%21b@a.example!1k", "a!b@a.example!1024", ""},
	/* RFC 3986 section 2.1 */
	{"mailto:d%2Bx%40a.example", "d+x@a.example", ""},
	{"mailto:d%2@a.example", "", "not an address"},
	{"mailto:d%zz@a.example", "", "not an address"},
	{"mailto:d%00@a.example", "", "not an address"},
	{"mailto:d@a.example%", "", "not an address"},
	/* RFC 9990 section 4 */
	{"mailto:d@agreed.test", "d@agreed.test", ""},
	{"mailto:d@other-text.test", "d@other-text.test", ""},
	{"mailto:d@anybody.test", "d@anybody.test", ""},
	{"mailto:d@foreign.test", "", "not agreed"},
	{"mailto:d@nobody.test", "", "not agreed"},
	{"mailto:d@not-for-a.test", "", "not agreed"},
	{"mailto:d@slow.test", "", "not agreed"},
	{"mailto:d@servfail.test", "", "not agreed"},
	{"mailto:d@instead.test", "new@instead.test", ""},
	{"mailto:d@instead.test,mailto:new@instead.test", "new@instead.test", ""},
	{"mailto:d@thief.test", "", "another host"},
	{"mailto:d@broken.test", "", "not a mailto"},
	/* what is no address, or one that means something to a shell, a header or a command */
	{"https://a.example/x", "", "not a mailto"},
	{"mailto", "", "not a mailto"},
	{"mailto:", "", "not an address"},
	{"mailto:d", "", "not an address"},
	{"mailto:@a.example", "", "not an address"},
	{"mailto:d@", "", "not an address"},
	{"mailto:-oQ/tmp/x@a.example", "", "not an address"},
	{"mailto:d%0aBcc:x@a.example", "", "not an address"},
	{"mailto:d%0d%0a@a.example", "", "not an address"},
	{"mailto:d%20e@a.example", "", "not an address"},
	{"mailto:%22d%22@a.example", "", "not an address"},
	{"mailto:d%3e@a.example", "", "not an address"},
	{"mailto:.d@a.example", "", "not an address"},
	{"mailto:d@e@a.example", "", "not an address"},
	{"mailto:d@[192.0.2.1]", "", "not an address"},
	{"mailto:d@192.0.2.1", "", "not an address"},
	{"mailto:d@a..example", "", "not an address"},
	{"mailto:d@\xff\xfe", "", "not an address"},
	{"mailto:d@a.example?cc=victim@elsewhere.test", "", "not an address"},
	{"mailto:\x1b[31m@a.example", "", "\\x1b"},
	/* not more than DESTINATIONS_MAX */
	{"mailto:1@a.example,mailto:2@a.example,mailto:3@a.example,mailto:4@a.example,mailto:5@a."
	 "example,"
	 "mailto:6@a.example",
		"1@a.example 2@a.example 3@a.example 4@a.example 5@a.example", "6@a.example (one too many)"},
};

static void only_those_who_agreed_get_reports(void **state)
{
	struct office office = office_open();

	(void)state;
	for (size_t i = 0; i < COUNT(destination_rows); i++) {
		struct dns_client *dns = dns_client_new(office.dns, office.arena, 20000, 20);
		struct destinations got = destinations_of(
			destination_rows[i].rua, "a.example", dns, office.suffixes, office.arena);

		if (strcmp(shown(&got, office.arena), destination_rows[i].to) != 0 ||
			strstr(got.refused, destination_rows[i].refused) == NULL ||
			(destination_rows[i].refused[0] == '\0' && destination_rows[i].to[0] != '\0' &&
				got.refused[0] != '\0'))
			fail_msg("%s: \"%s\", refused \"%s\"", destination_rows[i].rua,
				shown(&got, office.arena), got.refused);
	}
	office_close(&office);
}

/* A record with thousands of addresses costs a bounded number of questions. */
static void many_addresses_are_few_questions(void **state)
{
	struct office office = office_open();
	struct dns_client *dns = dns_client_new(office.dns, office.arena, 20000, 100);
	const char *rua = "";
	struct destinations got;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		rua = arena_printf(office.arena, "%smailto:x@n%zu.test,", rua, i);
	got = destinations_of(rua, "a.example", dns, office.suffixes, office.arena);
	assert_int_equal(got.count, 0);
	assert_in_range(dns_question_count(dns), 1, 20);
	office_close(&office);
}

static const char *gunzip(const char *octets, size_t len, struct arena *arena)
{
	char *text = arena_alloc(arena, 1000000);
	z_stream stream = {.next_in = (Bytef *)octets, .avail_in = (uInt)len};

	stream.next_out = (Bytef *)text;
	stream.avail_out = 999999;
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	(void)inflateEnd(&stream);
	return text;
}

static void gzip_comes_back(void **state)
{
	struct arena *arena = arena_new();
	const char *text = "";

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		size_t len;
		const char *gzip = gzip_of(text, strlen(text), &len, arena);

		assert_string_equal(gunzip(gzip, len, arena), text);
		if (i % 50 == 49)
			arena_reset(arena), text = "";
		text = arena_printf(arena, "%s<row>%zu</row>", text, i * 7919);
	}
	arena_free(&arena);
}

/* RFC 9990 section 3.5.2, RFC 5322 section 2.1.1, RFC 2045 section 6.8 */
static void letters_have_their_shape(void **state)
{
	static const size_t sizes[] = {0, 1, 57, 58, 100000};
	static const char *const parts[] = {"From: <dmarc@rx.example>\n", "To: <d@a.example>\n",
		"Date: Tue, 14 Nov 2023 22:13:20 +0000\n",
		"Subject: Report Domain: a.example\n Submitter: mx.rx.example\n Report-ID: <1.2@mx>\n",
		"Message-ID: <1.2@mx>\n", "Auto-Submitted: auto-generated\n", "MIME-Version: 1.0\n",
		"Content-Type: application/gzip; name=\"f.xml.gz\"\n", "filename=\"f.xml.gz\"\n"};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct letter letter = {.from = "dmarc@rx.example",
			.to = "d@a.example",
			.submitter = "mx.rx.example",
			.domain = "a.example",
			.report_id = "1.2@mx",
			.file_name = "f.xml.gz",
			.attachment = arena_alloc(arena, sizes[i] + 1),
			.attachment_len = sizes[i],
			.now = 1700000000};
		const char *text = letter_text(&letter, arena), *boundary = "\n--=_sekisho_report_=";
		size_t boundaries = 0;

		for (size_t n = 0; n < COUNT(parts); n++)
			if (strstr(text, parts[n]) == NULL)
				fail_msg("no %s in %s", parts[n], text);
		for (const char *at = text; (at = strstr(at, boundary)) != NULL; at++)
			boundaries++;
		assert_int_equal(boundaries, 3);
		assert_null(strchr(text, '\r')); /* the sendmail command reads lines of this system */
		for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") <= 78);
		assert_string_equal(text + strlen(text) - strlen("=--\n"), "=--\n");
	}
	arena_free(&arena);
}

static void sendmail_gets_the_letter(void **state)
{
	static const struct {
		const char *status; /* of the command; NULL: there is none */
		enum letter_end end;
	} rows[] = {
		{"0", LETTER_SENT},
		{"1", LETTER_NOT_SENT},
		{"67", LETTER_REFUSED},  /* EX_NOUSER */
		{"68", LETTER_REFUSED},  /* EX_NOHOST */
		{"75", LETTER_NOT_SENT}, /* EX_TEMPFAIL */
		{"$(kill -KILL $$)", LETTER_UNKNOWN},
		{NULL, LETTER_NOT_SENT},
	};
	static const char text[] = "From: <a@b.example>\n\nx\n";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char path[] = "/tmp/sekisho-sendmail.XXXXXX";
		int fd = mkstemp(path);
		struct fault fault = {""};

		assert_true(fd >= 0);
		assert_true(dprintf(fd, "#!/bin/sh\ncat >/dev/null\nexit %s\n",
				    rows[i].status != NULL ? rows[i].status : "") > 0);
		assert_int_equal(fchmod(fd, rows[i].status != NULL ? 0700 : 0600), 0);
		(void)close(fd);
		assert_int_equal(
			sendmail_send(path, "a@b.example", "c@d.example", text, &fault), rows[i].end);
		assert_int_equal(fault.text[0] == '\0', rows[i].end == LETTER_SENT);
		assert_int_equal(unlink(path), 0);
	}
}

static void the_ledger_remembers(void **state)
{
	char path[] = "/tmp/sekisho-ledger.XXXXXX";
	int fd = mkstemp(path);
	struct fault fault = {""};
	struct ledger *ledger;

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	for (size_t round = 0; round < 2; round++) { /* the second time from the file */
		ledger = ledger_open(path, &fault);
		assert_non_null(ledger);
		assert_int_equal(ledger_was_sent(ledger, "a.example", 100, "x@a.example"), round == 1);
		assert_true(ledger_note_sent(ledger, "a.example", 100, "x@a.example", 200));
		assert_false(ledger_was_sent(ledger, "a.example", 86500, "x@a.example"));
		assert_false(ledger_was_sent(ledger, "b.example", 100, "x@a.example"));
		assert_true(ledger_refuse(ledger, "'; DROP TABLE refused; --@x", "came back", 1, false));
		assert_true(ledger_is_refused(ledger, "'; drop table refused; --@X"));
		assert_true(ledger_refuse(ledger, "'; DROP TABLE refused; --@x", "", 1, true));
		assert_false(ledger_is_refused(ledger, "'; DROP TABLE refused; --@x"));
		ledger_close(&ledger);
	}
	assert_null(ledger_open("/nonexistent/ledger", &fault));
	assert_int_equal(unlink(path), 0);
}

static void the_ledger_counts_failure_reports(void **state)
{
	char path[] = "/tmp/sekisho-ledger.XXXXXX";
	int fd = mkstemp(path);
	const int64_t now = 1000000, day = 86400;
	struct fault fault = {""};
	struct ledger *ledger;

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	ledger = ledger_open(path, &fault);
	assert_non_null(ledger);
	assert_int_equal(ledger_failures_until(ledger), 0);
	assert_true(ledger_note_failures_until(ledger, now));
	assert_true(ledger_note_failures_until(ledger, now + 1));
	assert_int_equal(
		ledger_note_failure(ledger, "a.example", "k1", "x@a.example", now - day, now), LEDGER_NOTED);
	assert_int_equal(
		ledger_note_failure(ledger, "a.example", "k1", "y@a.example", now - day, now), LEDGER_NOTED);
	assert_int_equal(
		ledger_note_failure(ledger, "b.example", "k1", "x@a.example", now + 5 - day, now + 5),
		LEDGER_NOTED);
	ledger_close(&ledger);
	ledger = ledger_open(path, &fault);
	assert_int_equal(ledger_failures_until(ledger), now + 1);
	assert_int_equal(ledger_failures(ledger, "", now - day, INT64_MAX), 3);
	assert_int_equal(ledger_failures(ledger, "a.example", now - day, INT64_MAX), 2);
	assert_int_equal(ledger_failures(ledger, "'; DROP TABLE failures; --", now - day, INT64_MAX), 0);
	assert_int_equal(ledger_failures(ledger, "", now, INT64_MAX), 1); /* the others are a day old */
	assert_true(ledger_has_failure(ledger, "a.example", "k1", "x@a.example", now - day, INT64_MAX));
	assert_false(ledger_has_failure(ledger, "a.example", "k2", "x@a.example", now - day, INT64_MAX));
	assert_false(ledger_has_failure(ledger, "a.example", "k1", "x@a.example", now, INT64_MAX));
	/* a clock that was set back: what is noted for later is not of today */
	assert_int_equal(ledger_failures(ledger, "", now - day, now), 2);
	assert_int_equal(ledger_failures(ledger, "", now - 2 * day, now - day), 0);
	assert_false(ledger_has_failure(ledger, "b.example", "k1", "x@a.example", now + 4 - day, now + 4));
	assert_true(ledger_has_failure(ledger, "b.example", "k1", "x@a.example", now + 5 - day, now + 5));
	/* the same again is told later, not twice */
	assert_int_equal(
		ledger_note_failure(ledger, "a.example", "k1", "x@a.example", now + day - day, now + day),
		LEDGER_NOTED);
	assert_int_equal(ledger_failures(ledger, "a.example", now, INT64_MAX), 1);
	/* of two runs one notes it, also when the other began some seconds before */
	assert_int_equal(
		ledger_note_failure(ledger, "a.example", "k1", "x@a.example", now, now + day), LEDGER_THERE);
	assert_int_equal(
		ledger_note_failure(ledger, "a.example", "k1", "x@a.example", now - 9, now + day - 9),
		LEDGER_THERE);
	assert_int_equal(ledger_failures(ledger, "a.example", now, INT64_MAX), 1);
	/* what is older than two days is forgotten */
	assert_int_equal(ledger_note_failure(ledger, "a.example", "k3", "x@a.example", now + 4 * day - day,
				 now + 4 * day),
		LEDGER_NOTED);
	assert_int_equal(ledger_failures(ledger, "", 0, INT64_MAX), 1);
	ledger_close(&ledger);
	assert_int_equal(unlink(path), 0);
}

/* RFC 6591: three parts, and what was said about the message in the second and third. */
static void a_failure_letter_is_whole(void **state)
{
	static const char *const parts[] = {"From: <dmarc@rx.example>\nTo: <ruf@a.example>\n",
		"Date: Tue, 14 Nov 2023 22:13:20 +0000\n", "Message-ID: <f.1@mx.rx.example>\n",
		"Auto-Submitted: auto-generated\n", "multipart/report; report-type=feedback-report;\n",
		"\nContent-Type: message/feedback-report\n\nFeedback-Type: auth-failure\nx: "
		"?y\nArrival-Date: Tue, 14 "
		"Nov 2023 22:13:19 +0000\nReporting-MTA: dns; mx.rx.example\nIncidents: 7\n\n--=",
		"\nContent-Type: text/rfc822-headers\n\nFrom: <#1@a.example>\n\n--="};
	struct failure_letter letter = {.from = "dmarc@rx.example",
		.to = "ruf@a.example",
		.receiver = "mx.rx.example",
		.domain = "a.example",
		.id = "f.1",
		.failure = "Feedback-Type: auth-failure\nx: \ty\n\nFrom: "
			   "<#1@a.example>\n--=_sekisho_failure_=--\n",
		.incidents = 7,
		.arrival = 1699999999,
		.now = 1700000000};
	struct arena *arena = arena_new();
	const char *text = failure_letter_text(&letter, arena);

	(void)state;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (strstr(text, parts[i]) == NULL)
			fail_msg("no %s in %s", parts[i], text);
	letter.to = "";
	letter.incidents = 1;
	text = failure_letter_text(&letter, arena);
	assert_null(strstr(text, "To:"));
	assert_null(strstr(text, "Incidents"));
	arena_free(&arena);
}

struct gathered {
	char text[400];
};

static void note_sums(void *self, const struct sums *sums)
{
	struct gathered *gathered = self;
	size_t len = strlen(gathered->text);

	(void)snprintf(gathered->text + len, sizeof gathered->text - len, "%s %llu/%zu ", sums_domain(sums),
		(unsigned long long)sums_messages(sums), sums_count(sums));
}

static void rows_are_gathered_by_domain(void **state)
{
	static const struct {
		int64_t time;
		const char *dmarc, *from_domain, *dmarc_domain;
	} mails[] = {
		{100, "pass", "b.example", "b.example"},
		{100, "fail", "x.a.example", "a.example"},
		{101, "pass", "a.example", "a.example"},
		{102, "pass", "b.example", "b.example"},
		{103, "temperror", "b.example", "b.example"}, /* not decided */
		{104, "none", "n.example", ""},
		{199, "pass", "a.example", "a.example"},
		{200, "pass", "a.example", "a.example"}, /* the next day's */
		{99, "pass", "a.example", "a.example"},
	};
	static const struct {
		const char *domain, *gathered;
	} rows[] = {
		{"", "a.example 3/2 b.example 2/1 "},
		{"a.example", "a.example 3/2 "},
		{"b.example", "b.example 2/1 "},
		{"n.example", ""},
	};
	char path[] = "/tmp/sekisho-gather.XXXXXX", where[64];
	int fd = mkstemp(path);
	struct fault fault = {""};
	struct database *database;

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	(void)snprintf(where, sizeof where, "sqlite:%s", path);
	database = database_open(where, true, &fault);
	assert_non_null(database);
	for (size_t i = 0; i < COUNT(mails); i++) {
		struct row row = row_of_mail();
		char id[8];

		(void)snprintf(id, sizeof id, "%zu", i);
		row.id = id;
		row.time = mails[i].time;
		row.dmarc = mails[i].dmarc;
		row.from_domain = mails[i].from_domain;
		row.dmarc_domain = mails[i].dmarc_domain;
		assert_true(database_put(database, &row, 1, &fault));
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct gathered gathered = {""};
		struct gathering gathering = {.from = 100,
			.until = 200,
			.domain = rows[i].domain,
			.take = note_sums,
			.self = &gathered};

		assert_true(gather(database, &gathering, &fault));
		assert_string_equal(gathered.text, rows[i].gathered);
	}
	database_close(&database);
	for (size_t i = 0; i < 3; i++) {
		static const char *const companions[] = {"", "-wal", "-shm"};

		(void)snprintf(where, sizeof where, "%s%s", path, companions[i]);
		(void)unlink(where);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_differs_is_counted_apart),
		cmocka_unit_test(neighbours_stay_apart),
		cmocka_unit_test(too_many_sums_are_told),
		cmocka_unit_test(hostile_values_stay_values),
		cmocka_unit_test(xml_says_what_happened),
		cmocka_unit_test(passing_signatures_come_first),
		cmocka_unit_test(only_those_who_agreed_get_reports),
		cmocka_unit_test(many_addresses_are_few_questions),
		cmocka_unit_test(gzip_comes_back),
		cmocka_unit_test(letters_have_their_shape),
		cmocka_unit_test(sendmail_gets_the_letter),
		cmocka_unit_test(the_ledger_remembers),
		cmocka_unit_test(the_ledger_counts_failure_reports),
		cmocka_unit_test(a_failure_letter_is_whole),
		cmocka_unit_test(rows_are_gathered_by_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
