/* verify_spf against the plain walk of tests/support, on random zones: same result, same counts,
 * same questions; and the trace must explain the verdict. SPF_ORACLE_ZONES and SPF_ORACLE_SEED in
 * the environment ask for more or other ones. */
#include "base/text.h"
#include "support/spf_bench.h"
#include "support/spf_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { DOMAINS = 8, HOSTS = 8, ZONES = 400, TEXT_SIZE = 1024, LINE_SIZE = 8192 };

static uint64_t random_state;

static unsigned random_below(unsigned limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % limit;
}

static const char *const clients[] = {
	"192.0.2.25", "192.0.2.26", "198.51.100.7", "2001:db8::25", "127.0.0.1"};

/* In a healthy zone names exist and syntax is right, so that the limits come into reach. */
static bool healthy;

/* Whose record is being written; healthy records lead to later ones only. */
static unsigned current;

static const char *const healthy_zone[] = {"*.ok.example. A 192.0.2.99", "*.ok.example. AAAA 2001:db8::99",
	"*.ok.example. MX 10 m1.ok.example.", "d8.example. TXT \"v=spf1 ?all\""};

/* "#" becomes a digit. */
static const char *const healthy_specs[] = {":a#.ok.example", ":d#.example", ":%{l}.%{d}.ok.example"};
static const char *const specs[] = {":h#.example", ":d#.example", ":%{d}", ":%{l}.h#.example",
	":%{i}._x.h#.example", ":%{p}", ":%{h}", ":%{d1}", ":no#.example", ":%{ir}.%{v}.arpa",
	":%{lr-}.w#.example.", ":h#.example..", ":%{o2r}.h#.example"};

static void spec_write(char out[64])
{
	char *mark;

	(void)snprintf(out, 64, "%s",
		healthy ? healthy_specs[random_below(COUNT(healthy_specs))]
			: specs[random_below(COUNT(specs))]);
	mark = strchr(out, '#');
	if (mark != NULL)
		*mark = (char)('0' + random_below(HOSTS));
}

static const char *const prefixes[] = {"", "", "", "/24", "//64", "/0", "//0", "/32//128"};

/* One term with its blank in front. Mostly right, now and then not. */
static int term_write(char *out, size_t size)
{
	static const char qualifiers[] = "+-~?";
	static const char *const broken[] = {"moo", "a:", "ip4:1.2.3", "all:x", "mx:x/33", "a:%{x}.y",
		"redirect:d1.example", "=", "\\200"};
	static const char *const plain[] = {"ip4:192.0.2.0/24", "ip4:192.0.2.26", "ip6:2001:db8::/32",
		"ip4:203.0.113.1", "ip6:::/0", "ip4:0.0.0.0/0", "all", "x=%{d}", "ptr", "a", "mx", "a//0",
		"mx/24"};
	static const char *const named[] = {"a", "mx", "exists", "include", "include", "include", "ptr"};
	const char *name;
	char spec[64], mark[2] = "";
	int len;

	if (!healthy && random_below(40) == 0)
		return snprintf(out, size, " %s", broken[random_below(COUNT(broken))]);
	if (random_below(healthy ? 60 : 12) == 0)
		return snprintf(out, size, " redirect=d%u.example", random_below(DOMAINS));
	if (random_below(30) == 0)
		return snprintf(out, size, " exp=h%u.example", random_below(HOSTS));
	name = plain[random_below(COUNT(plain))];
	if (random_below(3) == 0)
		mark[0] = qualifiers[random_below(4)];
	if (strchr(name, '=') != NULL)
		return snprintf(out, size, " %s", name);
	if (random_below(healthy ? 8 : 2) == 0)
		return snprintf(out, size, " %s%s", mark, name);
	name = named[random_below(COUNT(named))];
	spec_write(spec);
	if (healthy && name[0] == 'i')
		(void)snprintf(
			spec, sizeof spec, ":d%u.example", current + 1 + random_below(DOMAINS - current));
	len = snprintf(out, size, " %s%s%s", mark, name, spec);
	if (name[0] == 'a' || name[0] == 'm')
		len += snprintf(out + len, size - (size_t)len, "%s", prefixes[random_below(COUNT(prefixes))]);
	return len;
}

static void record_add(struct spf_bench *bench, unsigned domain)
{
	char text[TEXT_SIZE], line[LINE_SIZE];
	int len = snprintf(text, sizeof text, "v=spf1"), at;

	current = domain;
	for (unsigned terms = random_below(healthy ? 12 : 8); terms > 0; terms--)
		len += term_write(text + len, sizeof text - (size_t)len);
	if (!healthy && random_below(20) == 0) /* any octet anywhere */
		text[random_below((unsigned)len)] = (char)(1 + random_below(255));
	at = snprintf(line, sizeof line, "d%u.example. TXT \"", domain);
	for (int i = 0; i < len && i < 250; i++) {
		bool plain = text_is_printable(text[i]) && strchr("\"\\;", text[i]) == NULL;

		at += snprintf(line + at, sizeof line - (size_t)at, plain ? "%c" : "\\%03d",
			plain ? text[i] : (unsigned char)text[i]);
	}
	(void)snprintf(line + at, sizeof line - (size_t)at, "\"");
	spf_bench_zone(bench, line);
}

static void host_add(struct spf_bench *bench, unsigned host)
{
	static const char *const records[] = {"A 192.0.2.25", "A 192.0.2.99", "A 198.51.100.80",
		"AAAA 2001:db8::25", "AAAA 2001:db8::99", "TXT \"why %{i}?\"", "MX 10 h1.example.",
		"MX 20 h2.example.", "MX 0 .", "CNAME h3.example."};
	static const char *const troubles[] = {"* timeout", "A servfail", "TXT bogus", "MX timeout"};
	char line[200];

	for (unsigned count = random_below(3); count > 0; count--) {
		const char *record = records[random_below(COUNT(records))];

		if (record[0] == 'C' && (count > 1 || host == 3))
			continue;
		(void)snprintf(line, sizeof line, "h%u.example. %s", host, record);
		spf_bench_zone(bench, line);
		if (record[0] == 'C')
			return;
	}
	if (random_below(25) == 0) {
		(void)snprintf(
			line, sizeof line, "h%u.example. %s", host, troubles[random_below(COUNT(troubles))]);
		spf_bench_fault(bench, line);
	}
}

static void zone_add(struct spf_bench *bench)
{
	char line[200];

	healthy = random_below(2) == 0;
	for (size_t i = 0; healthy && i < COUNT(healthy_zone); i++)
		spf_bench_zone(bench, healthy_zone[i]);
	for (unsigned i = 0; healthy && i < 9 + random_below(4); i++) {
		(void)snprintf(line, sizeof line, "a9.ok.example. MX %u m%u.ok.example.", i % 3, i);
		spf_bench_zone(bench, line);
	}
	for (unsigned domain = 0; domain < DOMAINS; domain++) {
		if (healthy || random_below(25) > 0)
			record_add(bench, domain);
		if (!healthy && random_below(50) == 0)
			record_add(bench, domain);
	}
	for (unsigned host = 0; host < HOSTS; host++)
		host_add(bench, host);
	if (random_below(4) == 0)
		spf_bench_zone(bench, "*.h1.example. A 127.0.0.2");
	for (unsigned i = 0; i < 15 && random_below(6) == 0; i++) {
		(void)snprintf(line, sizeof line, "d0.example. MX %u h%u.example.", i, i);
		spf_bench_zone(bench, line);
	}
	for (unsigned i = random_below(3); i > 0; i--) {
		(void)snprintf(
			line, sizeof line, "25.2.0.192.in-addr.arpa. PTR h%u.example.", random_below(HOSTS));
		spf_bench_zone(bench, line);
	}
	if (random_below(10) == 0)
		spf_bench_fault(bench, "26.2.0.192.in-addr.arpa. PTR timeout");
}

/* The matching term carries the qualifier of the result; errors have a fault and no such term. */
static void trace_check(const struct spf_verdict *verdict)
{
	char qualifier = verdict->decided_by == NULL ? '?' : verdict->decided_by->qualifier;
	unsigned lookups = 0;

	switch (verdict->result) {
	case RESULT_PASS:
		assert_int_equal(qualifier, '+');
		break;
	case RESULT_FAIL:
		assert_int_equal(qualifier, '-');
		break;
	case RESULT_SOFTFAIL:
		assert_int_equal(qualifier, '~');
		break;
	case RESULT_NEUTRAL:
		assert_int_equal(qualifier, '?');
		break;
	default:
		assert_true(verdict->fault != SPFAULT_NONE);
		assert_null(verdict->decided_by);
		return;
	}
	assert_int_equal(verdict->fault, SPFAULT_NONE);
	for (size_t i = 0; i < verdict->term_count; i++) {
		lookups +=
			verdict->terms[i].target[0] != '\0' || strstr(verdict->terms[i].text, "%{") != NULL;
		assert_true(verdict->terms[i].outcome == TERM_MATCH ||
			    verdict->terms[i].outcome == TERM_NO_MATCH);
	}
	if (lookups != verdict->lookups)
		for (size_t i = 0; i < verdict->term_count; i++)
			print_error("%d %s %s %d\n", verdict->terms[i].depth, verdict->terms[i].text,
				verdict->terms[i].target, (int)verdict->terms[i].outcome);
	assert_int_equal(lookups, verdict->lookups);
}

/* Has any record that was read an exp=? Its question is not the walk's. */
static bool may_explain(const struct spf_verdict *verdict)
{
	for (size_t i = 0; i < verdict->record_count; i++)
		if (strstr(verdict->records[i].text, "exp=") != NULL)
			return verdict->result == RESULT_FAIL;
	return false;
}

static void compare(struct spf_bench *bench, const char *client, unsigned domain)
{
	char mail[64];
	struct work work;
	struct spf_verdict verdict;
	struct spf_walked walked;

	(void)snprintf(mail, sizeof mail, "ta-ro@d%u.example", domain);
	work = spf_bench_work(bench, client, "h1.example", mail);
	walked = spf_walk(&work);
	work = spf_bench_work(bench, client, "h1.example", mail);
	verdict = verify_spf(&work);
	if (verdict.result != walked.result)
		print_error("%s from %s: %s\n", mail, client, verdict.record);
	assert_int_equal(verdict.result, walked.result);
	trace_check(&verdict);
	if (verdict.fault == SPFAULT_LOOP) /* the walk goes round until the limit */
		return;
	assert_int_equal(verdict.lookups, walked.lookups);
	assert_int_equal(verdict.voids, walked.voids);
	if (!may_explain(&verdict))
		assert_int_equal(verdict.evidence.count, walked.questions);
}

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoul(text, NULL, 10);
}

static void random_zones(void **state)
{
	unsigned long zones = from_environment("SPF_ORACLE_ZONES", ZONES);

	(void)state;
	random_state = from_environment("SPF_ORACLE_SEED", 7208) * 2654435761u + 1;
	for (unsigned long i = 0; i < zones; i++) {
		struct spf_bench *bench = spf_bench_new();

		zone_add(bench);
		for (unsigned domain = 0; domain < DOMAINS; domain++)
			compare(bench, clients[random_below(COUNT(clients))], domain);
		spf_bench_free(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_zones)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
