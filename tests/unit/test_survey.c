/* survey/: the tree of a record with what each branch costs, MX hosts, selectors, and the causes. */
#include "base/arena.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "settings/settings.h"
#include "survey/survey.h"
#include "verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const zone_lines[] = {
	"plain.example. TXT \"v=spf1 ip4:192.0.2.25 a mx include:in.example -all\"",
	"plain.example. A 192.0.2.80",
	"plain.example. MX 20 b.plain.example.",
	"plain.example. MX 10 a.plain.example.",
	"a.plain.example. A 192.0.2.25",
	"b.plain.example. AAAA 2001:db8::25",
	"in.example. TXT \"v=spf1 a:a.plain.example exists:%{i}.x.example ?all ip4:192.0.2.99\"",
	"default._domainkey.plain.example. TXT \"v=DKIM1; p=\"",
	"odd._domainkey.plain.example. TXT \"v=DKIM1; p=\"",
	"_dmarc.plain.example. TXT \"v=DMARC1; p=none\"",
	/* redirect= counts last and not beside all; what is not understood */
	"turn.example. TXT \"v=spf1 redirect=plain.example ip4:192.0.2.1\"",
	"both.example. TXT \"v=spf1 redirect=plain.example ~all\"",
	"odd.example. TXT \"v=spf1 include=in.example ipv4:192.0.2.1 ptr -all\"",
	/* nothing there */
	"void.example. TXT \"v=spf1 a:none.example mx:none.example include:none.example include:bare.example "
	"-all\"",
	"bare.example. A 192.0.2.80",
	"two.example. TXT \"v=spf1 -all\"",
	"two.example. TXT \"v=spf1 ~all\"",
	"intwo.example. TXT \"v=spf1 include:two.example -all\"",
	/* itself, by a detour */
	"loop.example. TXT \"v=spf1 include:loop2.example -all\"",
	"loop2.example. TXT \"v=spf1 redirect=LOOP.example\"",
	/* MX of all kinds */
	"mx.example. MX 1 192.0.2.25.",
	"mx.example. MX 2 alias.mx.example.",
	"mx.example. MX 3 none.mx.example.",
	"mx.example. MX 4 home.mx.example.",
	"mx.example. MX 5 good.mx.example.",
	"alias.mx.example. CNAME good.mx.example.",
	"good.mx.example. A 192.0.2.26",
	"home.mx.example. A 10.0.0.1",
	"null.example. MX 0 .",
	/* one record of forty includes, each of them again */
	"bomb.example. TXT \"v=spf1 include:bomb1.example include:bomb2.example include:bomb3.example -all\"",
	"bomb1.example. TXT \"v=spf1 include:bomb2.example include:bomb3.example include:bomb4.example "
	"-all\"",
	"bomb2.example. TXT \"v=spf1 include:bomb1.example include:bomb3.example include:bomb4.example "
	"-all\"",
	"bomb3.example. TXT \"v=spf1 include:bomb1.example include:bomb2.example include:bomb4.example "
	"-all\"",
	"bomb4.example. TXT \"v=spf1 include:bomb1.example include:bomb2.example include:bomb3.example "
	"-all\"",
};

struct house {
	struct arena *arena;
	struct settings *settings;
	struct suffixes *suffixes;
	struct libraries *libraries;
	struct dns *dns;
	struct work work;
};

static int house_open(void **state)
{
	static struct house house;
	struct fault fault = {""};
	struct zone *zone;

	house.arena = arena_new();
	zone = zone_new(house.arena);
	for (size_t i = 0; i < COUNT(zone_lines); i++)
		if (!zone_add_record(zone, zone_lines[i], &fault)) {
			print_error("%s: %s\n", zone_lines[i], fault.text);
			return -1;
		}
	house.settings = settings_new();
	house.suffixes = suffixes_open("", NULL, 0, &fault);
	house.libraries = libraries_open(1772355600, &fault);
	house.dns = dns_open_zone(zone);
	house.work = (struct work){.libraries = house.libraries,
		.settings = house.settings,
		.suffixes = house.suffixes,
		.dns = house.dns,
		.arena = house.arena,
		.now = 1772355600};
	house.work.client = dns_client_new(house.dns, house.arena, 5000, 5000);
	*state = &house;
	return house.suffixes == NULL || house.libraries == NULL ? -1 : 0;
}

static int house_close(void **state)
{
	struct house *house = *state;

	dns_close(&house->dns);
	libraries_close(&house->libraries);
	suffixes_close(&house->suffixes);
	settings_free(&house->settings);
	arena_free(&house->arena);
	return 0;
}

/* RFC 7208 sections 4.6.4, 5.2, 6.1: what a branch costs, what is reached, what is not. */
static void charts(void **state)
{
	static const struct {
		const char *domain;
		unsigned lookups, voids;
		size_t lines;
		struct {
			size_t line;
			int depth;
			const char *text;
			enum chart_note note;
			unsigned lookups, voids;
		} shown[3];
	} rows[] = {
		{"plain.example", 5, 0, 9,
			{{1, 0, "a", CHART_FINE, 1, 0}, {3, 0, "include:in.example", CHART_FINE, 3, 0},
				{7, 1, "ip4:192.0.2.99", CHART_NOT_REACHED, 0, 0}}},
		{"in.example", 2, 0, 4, {{1, 0, "exists:%{i}.x.example", CHART_PER_SENDER, 1, 0}}},
		{"turn.example", 6, 0, 11, {{1, 0, "redirect=plain.example", CHART_FINE, 6, 0}}},
		{"both.example", 0, 0, 2, {{1, 0, "redirect=plain.example", CHART_IGNORED, 0, 0}}},
		{"odd.example", 1, 0, 4,
			{{0, 0, "include=in.example", CHART_IGNORED, 0, 0},
				{1, 0, "ipv4:192.0.2.1", CHART_BROKEN, 0, 0},
				{2, 0, "ptr", CHART_DISCOURAGED, 1, 0}}},
		{"void.example", 4, 3, 5,
			{{0, 0, "a:none.example", CHART_NO_NAME, 1, 1},
				{2, 0, "include:none.example", CHART_NO_NAME, 1, 1},
				{3, 0, "include:bare.example", CHART_NO_RECORD, 1, 0}}},
		{"intwo.example", 1, 0, 2, {{0, 0, "include:two.example", CHART_SEVERAL_RECORDS, 1, 0}}},
		{"loop.example", 2, 0, 3,
			{{0, 0, "include:loop2.example", CHART_FINE, 2, 0},
				{1, 1, "redirect=LOOP.example", CHART_LOOP, 1, 0}}},
		{"bare.example", 0, 0, 0, {{0}}},
		{"gone.example", 0, 0, 0, {{0}}},
	};
	struct house *house = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spf_chart chart = spf_chart_of(&house->work, rows[i].domain);

		assert_int_equal(chart.lookups, rows[i].lookups);
		assert_int_equal(chart.voids, rows[i].voids);
		assert_int_equal(chart.count, rows[i].lines);
		for (size_t k = 0; k < COUNT(rows[i].shown) && rows[i].shown[k].text != NULL; k++) {
			const struct chart_line *line = &chart.lines[rows[i].shown[k].line];

			assert_string_equal(line->text, rows[i].shown[k].text);
			assert_int_equal(line->depth, rows[i].shown[k].depth);
			assert_int_equal(line->note, rows[i].shown[k].note);
			assert_int_equal(line->lookups, rows[i].shown[k].lookups);
			assert_int_equal(line->voids, rows[i].shown[k].voids);
		}
	}
}

/* Whatever a zone holds, a chart ends. */
static void bombs_end(void **state)
{
	struct house *house = *state;
	struct spf_chart chart = spf_chart_of(&house->work, "bomb.example");

	assert_true(chart.count <= CHART_LINES_MAX);
	assert_true(chart.records <= CHART_RECORDS_MAX);
	assert_true(chart.lookups > 10);
	assert_true(chart.cut);
}

static void exchanger_states(void **state)
{
	static const struct {
		const char *host;
		enum exchanger_state state;
		const char *addresses;
	} rows[] = {
		{"192.0.2.25", EXCHANGER_IS_ADDRESS, ""},
		{"alias.mx.example", EXCHANGER_IS_ALIAS, "192.0.2.26"},
		{"none.mx.example", EXCHANGER_WITHOUT_HOST, ""},
		{"home.mx.example", EXCHANGER_PRIVATE, "10.0.0.1"},
		{"good.mx.example", EXCHANGER_FINE, "192.0.2.26"},
	};
	struct house *house = *state;
	struct exchangers mx = exchangers_of(&house->work, "mx.example");

	assert_int_equal(mx.count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(mx.items[i].preference, i + 1);
		assert_string_equal(mx.items[i].host, rows[i].host);
		assert_int_equal(mx.items[i].state, rows[i].state);
		assert_string_equal(mx.items[i].addresses, rows[i].addresses);
	}
	mx = exchangers_of(&house->work, "plain.example");
	assert_string_equal(mx.items[0].host, "a.plain.example"); /* by preference */
	assert_int_equal(exchangers_of(&house->work, "null.example").items[0].state, EXCHANGER_NULL);
	assert_int_equal(exchangers_of(&house->work, "gone.example").count, 0);
}

static bool has_cause(const struct survey *survey, enum cause cause)
{
	for (size_t i = 0; i < survey->finding_count; i++)
		if (survey->findings[i].diagnosis.cause == cause)
			return true;
	return false;
}

/* Selectors given are looked for and explained; common ones are found; remembered ones are tried. */
static void selectors_found(void **state)
{
	static const char *const asked[] = {"ODD", "missing"};
	static const struct remembered_key remembered[] = {{"old", "plain.example", "AAAA", 0}};
	struct house *house = *state;
	struct survey_request request = {.domain = "plain.example",
		.selectors = {asked, COUNT(asked)},
		.remembered = {remembered, COUNT(remembered)}};
	const struct survey *survey = survey_make(&house->work, &request);
	const struct selectors *selectors = &survey->selectors;

	assert_string_equal(selectors->items[0].name, "odd");
	assert_int_equal(selectors->items[0].key.fault, SIGFAULT_KEY_REVOKED);
	assert_string_equal(selectors->items[1].name, "missing");
	assert_false(selectors->items[1].found);
	assert_string_equal(selectors->items[2].name, "old");
	assert_int_equal(selectors->items[2].origin, SELECTOR_REMEMBERED);
	assert_int_equal(selectors->found, 2); /* odd and default */
	assert_true(has_cause(survey, CAUSE_DKIM_KEY_MISSING_SELECTOR));
	assert_true(has_cause(survey, CAUSE_DKIM_KEY_REVOKED));
	assert_true(survey_is_bad(survey));
	assert_false(survey->partial);
}

/* With a client: its verdict, and a record to publish that lets it pass. */
static void client_asked(void **state)
{
	static const struct {
		const char *domain, *client;
		enum result result;
		const char *fix;
	} rows[] = {
		{"plain.example", "192.0.2.25", RESULT_PASS, ""},
		{"bare.example", "192.0.2.80", RESULT_NONE,
			"bare.example. TXT \"v=spf1 ip4:192.0.2.80 ~all\""},
		{"two.example", "192.0.2.80", RESULT_PERMERROR, "two.example. TXT \"v=spf1 ~all\""},
		{"in.example", "198.51.100.7", RESULT_NEUTRAL,
			"in.example. TXT \"v=spf1 a:a.plain.example exists:%{i}.x.example ip4:198.51.100.7 "
			"?all "
			"ip4:192.0.2.99\""},
		{"plain.example", "2001:db8::7", RESULT_FAIL,
			"plain.example. TXT \"v=spf1 ip4:192.0.2.25 a mx include:in.example ip6:2001:db8::7 "
			"-all\""},
	};
	struct house *house = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct survey_request request = {.domain = rows[i].domain};
		const struct survey *survey;
		bool proposed;

		assert_true(netaddr_parse(rows[i].client, &request.client));
		survey = survey_make(&house->work, &request);
		assert_int_equal(survey->senders.items[0].role, SENDER_ASKED);
		assert_int_equal(survey->senders.items[0].spf.result, rows[i].result);
		proposed = strcmp(survey->proposal.line, rows[i].fix) == 0;
		for (size_t k = 0; k < survey->finding_count; k++)
			proposed = proposed || strstr(survey->findings[k].diagnosis.fix, rows[i].fix) != NULL;
		assert_true(proposed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(charts),
		cmocka_unit_test(bombs_end),
		cmocka_unit_test(exchanger_states),
		cmocka_unit_test(selectors_found),
		cmocka_unit_test(client_asked),
	};

	return cmocka_run_group_tests_name("survey", tests, house_open, house_close);
}
