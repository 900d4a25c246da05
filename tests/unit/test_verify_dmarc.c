/* verify/dmarc: discovery, alignment and policy, with SPF and DKIM verdicts given. Section numbers are
 * RFC 9989's unless another is named. "M1" is the list of false passes that libopendmarc's own
 * alignment gives; "A" rows are the project's attack catalogue. */
#include "verify/verify.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "dns/zone.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "settings/settings.h"
#include "verify/dmarc_discovery.h"
#include "verify/dmarc_library.h"
#include "verify/dmarc_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define DMARC(name, text) "_dmarc." name ". TXT \"" text "\""
#define QUESTIONS_MAX 60

enum { LINES_MAX = 9, SIGNATURES_MAX = 3 };

struct signer {
	enum result result;
	const char *domain;
};

/* One message: what is in DNS ("!" in front: a fault line), who wrote, what passed, and the verdict. */
struct row {
	const char *about;
	const char *zone[LINES_MAX];
	const char *from; /* the From field's value */
	bool null_sender;
	struct signer spf;
	enum spf_identity identity;
	struct signer dkim[SIGNATURES_MAX];

	enum result result;
	enum dmarc_fault fault;
	const char *record_domain;
	enum dmarc_policy_tag tag;
	enum dmarc_policy policy;
};

struct scene {
	struct arena *arena;
	struct settings *settings;
	struct suffixes *suffixes;
	struct zone *zone;
	struct dns *dns;
	struct envelope envelope;
	struct header_list header;
	struct author author;
	struct verdicts so_far;
	struct work work;
};

static const char *const extra_suffixes[] = {"rs.example"};

static void zone_fill(struct zone *zone, const char *const *lines)
{
	for (size_t i = 0; i < LINES_MAX && lines[i] != NULL; i++) {
		struct fault fault = {""};
		bool added = lines[i][0] == '!' ? zone_add_fault(zone, lines[i] + 1, &fault)
						: zone_add_record(zone, lines[i], &fault);

		if (!added)
			fail_msg("%s: %s", lines[i], fault.text);
	}
}

static struct signature_verdict signature_of(const struct signer *signer)
{
	return (struct signature_verdict){.result = signer->result, .domain_name = signer->domain};
}

static void scene_set(struct scene *scene, const struct row *row, enum discovery method)
{
	struct fault fault;
	struct signature_verdict *signatures;

	memset(scene, 0, sizeof *scene);
	scene->arena = arena_new();
	scene->settings = settings_new();
	scene->settings->dmarc_discovery = (int)method;
	scene->suffixes = suffixes_open("", extra_suffixes, COUNT(extra_suffixes), &fault);
	assert_non_null(scene->suffixes);
	scene->zone = zone_new(scene->arena);
	zone_fill(scene->zone, row->zone);
	scene->dns = dns_open_zone(scene->zone);
	scene->envelope = envelope_empty();
	scene->envelope.sender.null = row->null_sender;
	scene->header = header_list_new(scene->arena);
	header_list_add(&scene->header, "From", row->from, strlen(row->from));
	scene->author = author_of(&scene->header, scene->arena);

	scene->so_far = verdicts_empty();
	scene->so_far.spf.result = row->spf.result;
	scene->so_far.spf.domain = row->spf.domain == NULL ? "" : row->spf.domain;
	scene->so_far.spf.identity = row->identity;
	signatures = arena_array(scene->arena, SIGNATURES_MAX, sizeof *signatures);
	for (size_t i = 0; i < SIGNATURES_MAX && row->dkim[i].domain != NULL; i++)
		signatures[scene->so_far.signature_count++] = signature_of(&row->dkim[i]);
	scene->so_far.signatures = signatures;
	scene->work = (struct work){.settings = scene->settings,
		.suffixes = scene->suffixes,
		.envelope = &scene->envelope,
		.header = &scene->header,
		.author = &scene->author,
		.dns = scene->dns,
		.client = dns_client_new(scene->dns, scene->arena, 1000, QUESTIONS_MAX),
		.arena = scene->arena};
}

static void scene_strike(struct scene *scene)
{
	dns_close(&scene->dns);
	suffixes_close(&scene->suffixes);
	settings_free(&scene->settings);
	arena_free(&scene->arena);
}

static void check(const struct row *row, enum discovery method)
{
	struct scene scene;
	struct dmarc_verdict verdict;
	const char *record_domain = row->record_domain == NULL ? "" : row->record_domain;

	scene_set(&scene, row, method);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	if (verdict.result != row->result || verdict.fault != row->fault ||
		strcmp(verdict.record_domain, record_domain) != 0 || verdict.policy_tag != row->tag ||
		verdict.policy != row->policy)
		fail_msg("%s: %s, fault %d, record of \"%s\", tag %d, policy %s", row->about,
			result_word(verdict.result), (int)verdict.fault, verdict.record_domain,
			(int)verdict.policy_tag, dmarc_policy_word(verdict.policy));
	assert_int_equal(verdict.dkim_count, scene.so_far.signature_count);
	if (verdict.fault == DMARCFAULT_DNS)
		assert_true(verdict.fault_text[0] != '\0' && verdict.fault_domain[0] != '\0');
	scene_strike(&scene);
}

#define PASSES(name)                                                                                         \
	{                                                                                                    \
		RESULT_PASS, name                                                                            \
	}
#define REJECTED DMARCFAULT_NOTHING_ALIGNED

static const struct row tree_rows[] = {
	{.about = "own record (4.10.1)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; sp=none")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_PASS,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "organisation's record, sp (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; sp=quarantine"),
			"a.b.example.com. A 192.0.2.1"},
		.from = "a@a.b.example.com",
		.spf = PASSES("other.example"),
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_SP,
		.policy = DMARC_POLICY_QUARANTINE},
	{.about = "organisation's record without sp (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject"), "b.example.com. A 192.0.2.1"},
		.from = "a@b.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_REJECT},
	{.about = "own record before the organisation's (4.10.1)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject"),
			DMARC("b.example.com", "v=DMARC1; p=none")},
		.from = "a@b.example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_PASS,
		.record_domain = "b.example.com",
		.policy = DMARC_POLICY_NONE},
	{.about = "np for a name that does not exist (4.7, A7 80)",
		.zone = {DMARC("example.com", "v=DMARC1; p=none; sp=none; np=reject")},
		.from = "a@ghost.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_NP,
		.policy = DMARC_POLICY_REJECT},
	{.about = "np not for one that does (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=none; sp=none; np=reject"),
			"b.example.com. A 192.0.2.1"},
		.from = "a@b.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_SP,
		.policy = DMARC_POLICY_NONE},
	{.about = "no np: sp for the name that does not exist (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=none; sp=reject")},
		.from = "a@ghost.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_SP,
		.policy = DMARC_POLICY_REJECT},
	{.about = "t=y: reject is quarantine (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; t=y")},
		.from = "a@example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_QUARANTINE},
	{.about = "t=y: quarantine is none (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=quarantine; t=y")},
		.from = "a@example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_NONE},
	{.about = "pct is not applied (removed, A.6)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; pct=0")},
		.from = "a@example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "psd=y above the organisation (4.10.2 step 2)",
		.zone = {DMARC("gov.example", "v=DMARC1; p=reject; psd=y"),
			"www.dept.gov.example. A 192.0.2.1"},
		.from = "a@www.dept.gov.example",
		.spf = PASSES("dept.gov.example"),
		.result = RESULT_PASS,
		.record_domain = "gov.example",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_REJECT},
	{.about = "psd=y parts two organisations (4.10.2)",
		.zone = {DMARC("gov.example", "v=DMARC1; p=reject; psd=y"), "b.gov.example. A 192.0.2.1"},
		.from = "a@b.gov.example",
		.spf = PASSES("c.gov.example"),
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "gov.example",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_REJECT},
	{.about = "psd=y without policy is only a boundary (4.10.1)",
		.zone = {DMARC("gov.example", "v=DMARC1; psd=y"), "b.gov.example. A 192.0.2.1"},
		.from = "a@b.gov.example",
		.spf = PASSES("b.gov.example"),
		.result = RESULT_NONE,
		.fault = DMARCFAULT_NO_RECORD},
	{.about = "psd=n ends the walk (4.10.2 step 1)",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=none; psd=n"),
			DMARC("example.com", "v=DMARC1; p=reject")},
		.from = "a@a.b.example.com",
		.spf = PASSES("example.com"),
		.dkim = {PASSES("c.example.com")},
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "b.example.com",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_NONE},
	{.about = "psd=n in the identifier's branch parts it (4.10.2)",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=none; psd=n"),
			DMARC("example.com", "v=DMARC1; p=reject")},
		.from = "a@example.com",
		.dkim = {PASSES("a.b.example.com")},
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "no record of the parent: the subdomain is its own organisation (4.10.2)",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=reject")},
		.from = "a@b.example.com",
		.spf = PASSES("example.com"),
		.dkim = {PASSES("c.example.com")},
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "b.example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "several records are all discarded, the walk goes on (4.10 step 2)",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=none"),
			DMARC("b.example.com", "v=DMARC1; p=reject"),
			DMARC("example.com", "v=DMARC1; p=quarantine")},
		.from = "a@b.example.com",
		.spf = PASSES("b.example.com"),
		.result = RESULT_PASS,
		.record_domain = "example.com",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_QUARANTINE},
	{.about = "twelve labels: asked in full, then from seven on (4.10 step 4, A4 52)",
		.zone = {DMARC("f.g.h.i.j.mail.example.com", "v=DMARC1; p=reject"),
			DMARC("example.com", "v=DMARC1; p=none"),
			"a.b.c.d.e.f.g.h.i.j.mail.example.com. A 192.0.2.1"},
		.from = "a@a.b.c.d.e.f.g.h.i.j.mail.example.com",
		.spf = PASSES("mail.example.com"),
		.result = RESULT_PASS,
		.record_domain = "example.com",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_NONE},
	{.about = "a wildcard below _dmarc answers nobody's question (4.10)",
		.zone = {"*._dmarc.example.com. TXT \"v=DMARC1; p=none\"",
			DMARC("example.com", "v=DMARC1; p=reject"), "b.example.com. A 192.0.2.1"},
		.from = "a@b.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_REJECT},
	{.about = "a wildcard record stands at every name, the author's own first (4.10.1)",
		.zone = {"*.example.com. TXT \"v=DMARC1; p=quarantine\"",
			DMARC("example.com", "v=DMARC1; p=reject")},
		.from = "a@b.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "b.example.com",
		.policy = DMARC_POLICY_QUARANTINE},
	{.about = "eight labels: every name is asked (4.10 step 4)",
		.zone = {DMARC("g.f.mail.example.com", "v=DMARC1; p=reject"),
			"a.b.c.g.f.mail.example.com. A 192.0.2.1"},
		.from = "a@a.b.c.g.f.mail.example.com",
		.spf = PASSES("g.f.mail.example.com"),
		.result = RESULT_PASS,
		.record_domain = "g.f.mail.example.com",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_REJECT},
	{.about = "several records at the organisation: none of them (4.10 step 2)",
		.zone = {DMARC("example.com", "v=DMARC1; p=none"), DMARC("example.com", "v=DMARC1; p=reject"),
			DMARC("b.example.com", "v=DMARC1; p=quarantine")},
		.from = "a@b.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "b.example.com",
		.policy = DMARC_POLICY_QUARANTINE},
	{.about = "t=y and np: the name that does not exist gets one step less (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=none; np=reject; t=y")},
		.from = "a@ghost.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_NP,
		.policy = DMARC_POLICY_QUARANTINE},
	{.about = "a name with nothing but names below it exists: NODATA is not NXDOMAIN (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=none; np=reject"), "x.b.example.com. A 192.0.2.1"},
		.from = "a@b.example.com",
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "example.com",
		.tag = DMARC_TAG_P,
		.policy = DMARC_POLICY_NONE},
	{.about = "noise beside the record (A7 79, 4.10.1)",
		.zone = {DMARC("example.com", "v=spf1 -all"), DMARC("example.com", "v=DMARC1; p=none"),
			DMARC("example.com", "token")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_PASS,
		.record_domain = "example.com"},
};

static void discovery_by_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tree_rows); i++)
		check(&tree_rows[i], DISCOVERY_TREE);
}

static const struct row no_policy_rows[] = {
	{.about = "nothing published (4.10.1)",
		.zone = {"example.com. A 192.0.2.1"},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_NONE,
		.fault = DMARCFAULT_NO_RECORD},
	{.about = "the author's domain does not exist (3.2.13, 4.10.1)",
		.zone = {"other.com. A 192.0.2.1"},
		.from = "a@example.com",
		.spf = PASSES("other.com"),
		.result = RESULT_NONE,
		.fault = DMARCFAULT_FROM_NO_NAME},
	{.about = "public suffix as author (4.10.1)",
		.zone = {"co.jp. A 192.0.2.1"},
		.from = "a@co.jp",
		.result = RESULT_NONE,
		.fault = DMARCFAULT_FROM_SUFFIX},
	{.about = "several records, nothing above (4.10.1)",
		.zone = {DMARC("example.com", "v=DMARC1; p=none"),
			DMARC("example.com", "v=DMARC1; p=reject")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_NONE,
		.fault = DMARCFAULT_SEVERAL_RECORDS},
	{.about = "v= not first (4.7)",
		.zone = {DMARC("example.com", "p=none; v=DMARC1")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_NONE,
		.fault = DMARCFAULT_VERSION},
	{.about = "v= broken at the organisation (4.7)",
		.zone = {DMARC("example.com", "v=dmarc1; p=none"), "b.example.com. A 192.0.2.1"},
		.from = "a@b.example.com",
		.result = RESULT_NONE,
		.fault = DMARCFAULT_VERSION},
	{.about = "separator (4.8)",
		.zone = {DMARC("example.com", "v=DMARC1, p=none")},
		.from = "a@example.com",
		.result = RESULT_NONE,
		.fault = DMARCFAULT_SYNTAX},
	{.about = "wildcard SPF answers (4.10 step 2)",
		.zone = {"*.example.com. TXT \"v=spf1 -all\"", "example.com. A 192.0.2.1"},
		.from = "a@example.com",
		.result = RESULT_NONE,
		.fault = DMARCFAULT_NO_RECORD},
	/* permerror even for aligned mail (4.10.1: no DMARC for it) */
	{.about = "no p, no rua (4.10.1)",
		.zone = {DMARC("example.com", "v=DMARC1; sp=none")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_PERMERROR,
		.fault = DMARCFAULT_POLICY_MISSING,
		.record_domain = "example.com"},
	{.about = "p unknown (4.10.1)",
		.zone = {DMARC("example.com", "v=DMARC1; p=monitor")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_PERMERROR,
		.fault = DMARCFAULT_POLICY_INVALID,
		.record_domain = "example.com"},
	{.about = "p unknown, but rua (4.10.1)",
		.zone = {DMARC("example.com", "v=DMARC1; p=monitor; rua=mailto:a@example.com")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_PASS,
		.record_domain = "example.com"},
	/* From: permerror, never pass and never none */
	{.about = "two author domains (A4 40, 5.3.1)",
		.zone = {DMARC("a.com", "v=DMARC1; p=none"), DMARC("b.com", "v=DMARC1; p=none")},
		.from = "x@a.com, y@b.com",
		.spf = PASSES("a.com"),
		.dkim = {PASSES("b.com")},
		.result = RESULT_PERMERROR,
		.fault = DMARCFAULT_FROM_MULTIPLE},
	{.about = "no author (5.3.1)",
		.from = "<>",
		.spf = PASSES("a.com"),
		.result = RESULT_PERMERROR,
		.fault = DMARCFAULT_FROM_MISSING},
	{.about = "rubbish (5.3.1)",
		.from = "Taro",
		.spf = PASSES("a.com"),
		.result = RESULT_PERMERROR,
		.fault = DMARCFAULT_FROM_UNPARSEABLE},
	/* trouble is temperror, never none */
	{.about = "own lookup (4.10.1)",
		.zone = {"!_dmarc.example.com. TXT servfail"},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS},
	{.about = "forged answer (4.10.1)",
		.zone = {"!_dmarc.example.com. TXT bogus", DMARC("example.com", "v=DMARC1; p=none")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS},
	{.about = "lookup above, no policy yet (4.10.1)",
		.zone = {"b.example.com. A 192.0.2.1", "!_dmarc.example.com. TXT timeout"},
		.from = "a@b.example.com",
		.spf = PASSES("b.example.com"),
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS},
	{.about = "lookup in the middle (4.10.1)",
		.zone = {"a.b.example.com. A 192.0.2.1", DMARC("example.com", "v=DMARC1; p=none"),
			"!_dmarc.b.example.com. TXT timeout"},
		.from = "a@a.b.example.com",
		.spf = PASSES("a.b.example.com"),
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS},
	{.about = "lookup at the top-level domain (4.10.1)",
		.zone = {"b.example.com. A 192.0.2.1", "!_dmarc.com. TXT servfail"},
		.from = "a@b.example.com",
		.spf = PASSES("b.example.com"),
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS},
	{.about = "lookup above, equal names need no organisation (4.10.1)",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=reject"), "!_dmarc.example.com. TXT timeout"},
		.from = "a@b.example.com",
		.spf = PASSES("b.example.com"),
		.result = RESULT_PASS,
		.record_domain = "b.example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "lookup above hides whether the signer belongs (4.10.1)",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=reject"), "!_dmarc.example.com. TXT timeout"},
		.from = "a@b.example.com",
		.dkim = {PASSES("example.com")},
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS,
		.record_domain = "b.example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "lookup above does not matter for strangers (4.10.1)",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=reject"), "!_dmarc.example.com. TXT timeout"},
		.from = "a@b.example.com",
		.dkim = {PASSES("stranger.test")},
		.result = RESULT_FAIL,
		.fault = REJECTED,
		.record_domain = "b.example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "signer's own branch (4.10.1)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject"), "!_dmarc.b.example.com. TXT servfail"},
		.from = "a@example.com",
		.dkim = {PASSES("b.example.com")},
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "does the name exist? np would be milder (4.7)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; np=none"), "!b.example.com. TXT servfail"},
		.from = "a@b.example.com",
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_REJECT},
};

static void without_policy(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(no_policy_rows); i++)
		check(&no_policy_rows[i], DISCOVERY_TREE);
}

#define REJECT_ALL(name)                                                                                     \
	{                                                                                                    \
		DMARC(name, "v=DMARC1; p=reject")                                                            \
	}
#define FAILS .result = RESULT_FAIL, .fault = REJECTED, .policy = DMARC_POLICY_REJECT
#define ALIGNS .result = RESULT_PASS, .policy = DMARC_POLICY_REJECT

/* By names alone: the same in both ways of discovery. */
static const struct row alignment_rows[] = {
	{.about = "equal (4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@Example.com",
		.dkim = {PASSES("example.com")},
		ALIGNS,
		.record_domain = "example.com"},
	{.about = "below (4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.dkim = {PASSES("mail.example.com")},
		ALIGNS,
		.record_domain = "example.com"},
	{.about = "second of three signatures (4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.dkim = {{RESULT_FAIL, "example.com"}, PASSES("example.com"), PASSES("evil.test")},
		ALIGNS,
		.record_domain = "example.com"},
	{.about = "bad signature of the victim beside a good one of the attacker (A5 69, 4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.dkim = {{RESULT_FAIL, "example.com"}, PASSES("evil.test")},
		FAILS,
		.record_domain = "example.com"},
	{.about = "the same the other way round (4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.dkim = {PASSES("evil.test"), {RESULT_FAIL, "example.com"}},
		FAILS,
		.record_domain = "example.com"},
	{.about = "policy is no pass (l=, short keys, 5.3.5)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.dkim = {{RESULT_POLICY, "example.com"}},
		FAILS,
		.record_domain = "example.com"},
	{.about = "neutral is no pass (5.3.5)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.dkim = {{RESULT_NEUTRAL, "example.com"}},
		FAILS,
		.record_domain = "example.com"},
	{.about = "SPF softfail is no pass (5.3.5)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.spf = {RESULT_SOFTFAIL, "example.com"},
		FAILS,
		.record_domain = "example.com"},
	{.about = "SPF none is no pass (A1 1, 5.3.5)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.spf = {RESULT_NONE, "notexist.example.com"},
		FAILS,
		.record_domain = "example.com"},
	/* M1: one-letter labels */
	{.about = "M1 x.com (4.4.1)",
		.zone = REJECT_ALL("x.com"),
		.from = "a@x.com",
		.dkim = {PASSES("evil.com")},
		FAILS,
		.record_domain = "x.com"},
	{.about = "M1 evil.com (4.4.1)",
		.zone = REJECT_ALL("evil.com"),
		.from = "a@evil.com",
		.dkim = {PASSES("x.com")},
		FAILS,
		.record_domain = "evil.com"},
	{.about = "M1 t.co (4.4.2)",
		.zone = REJECT_ALL("t.co"),
		.from = "a@t.co",
		.spf = PASSES("evil.co"),
		FAILS,
		.record_domain = "t.co"},
	{.about = "M1 z.jp (4.4.1)",
		.zone = REJECT_ALL("z.jp"),
		.from = "a@z.jp",
		.dkim = {PASSES("evil.jp")},
		FAILS,
		.record_domain = "z.jp"},
	/* M1: strict */
	{.about = "M1 adkim=s (4.4.1)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; adkim=s")},
		.from = "a@example.com",
		.dkim = {PASSES("mail.example.com")},
		FAILS,
		.record_domain = "example.com"},
	{.about = "adkim=s is not for SPF (4.4.2)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; adkim=s")},
		.from = "a@example.com",
		.spf = PASSES("mail.example.com"),
		ALIGNS,
		.record_domain = "example.com"},
	{.about = "M1 aspf=s (4.4.2)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; aspf=s")},
		.from = "a@example.com",
		.spf = PASSES("mail.example.com"),
		FAILS,
		.record_domain = "example.com"},
	{.about = "aspf=s, equal (4.4.2)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; aspf=s")},
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		ALIGNS,
		.record_domain = "example.com"},
	/* M1, A5 61, A7 81: public suffixes */
	{.about = "M1 d=co.jp (4.4.1)",
		.zone = REJECT_ALL("victim.co.jp"),
		.from = "a@victim.co.jp",
		.dkim = {PASSES("co.jp")},
		FAILS,
		.record_domain = "victim.co.jp"},
	{.about = "M1 neighbours below co.jp (4.4.1)",
		.zone = REJECT_ALL("victim.co.jp"),
		.from = "a@victim.co.jp",
		.dkim = {PASSES("evil.co.jp")},
		FAILS,
		.record_domain = "victim.co.jp"},
	{.about = "M1 From co.jp (4.4.1)",
		.zone = REJECT_ALL("co.jp"),
		.from = "a@co.jp",
		.dkim = {PASSES("evil.co.jp")},
		FAILS,
		.record_domain = "co.jp"},
	{.about = "M1 github.io (4.4.1)",
		.zone = REJECT_ALL("github.io"),
		.from = "a@github.io",
		.dkim = {PASSES("evil.github.io")},
		FAILS,
		.record_domain = "github.io"},
	{.about = "M1 *.kawasaki.jp (4.4.1)",
		.zone = REJECT_ALL("victim.foo.kawasaki.jp"),
		.from = "a@victim.foo.kawasaki.jp",
		.dkim = {PASSES("evil.foo.kawasaki.jp")},
		FAILS,
		.record_domain = "victim.foo.kawasaki.jp"},
	{.about = "city.kawasaki.jp is an exception (4.4.1)",
		.zone = REJECT_ALL("city.kawasaki.jp"),
		.from = "a@city.kawasaki.jp",
		.dkim = {PASSES("tax.city.kawasaki.jp")},
		ALIGNS,
		.record_domain = "city.kawasaki.jp"},
	{.about = "d=com (A5 61, 4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.dkim = {PASSES("com")},
		FAILS,
		.record_domain = "example.com"},
	{.about = "the site's own suffix (4.4.2)",
		.zone = {DMARC("taro.rs.example", "v=DMARC1; p=reject")},
		.from = "a@taro.rs.example",
		.spf = PASSES("rs.example"),
		FAILS,
		.record_domain = "taro.rs.example"},
	{.about = "look-alike in front (A7 81, 4.4.1)",
		.zone = REJECT_ALL("victim.example"),
		.from = "a@victim.example",
		.dkim = {PASSES("evilvictim.example"), PASSES("victim.example.attacker.test")},
		FAILS,
		.record_domain = "victim.example"},
	{.about = "TLD unknown to the list (A7 82, 4.4.1)",
		.zone = REJECT_ALL("victim.nosuchtld"),
		.from = "a@victim.nosuchtld",
		.dkim = {PASSES("mail.victim.nosuchtld")},
		ALIGNS,
		.record_domain = "victim.nosuchtld"},
	{.about = "neighbours below it (4.4.1)",
		.zone = REJECT_ALL("victim.nosuchtld"),
		.from = "a@victim.nosuchtld",
		.dkim = {PASSES("evil.nosuchtld")},
		FAILS,
		.record_domain = "victim.nosuchtld"},
	{.about = "U-label author, A-label signer (RFC 8616, A4 50)",
		.zone = REJECT_ALL("xn--r8jz45g.example"),
		.from = "a@\xe4\xbe\x8b\xe3\x81\x88.example",
		.dkim = {PASSES("xn--r8jz45g.example")},
		ALIGNS,
		.record_domain = "xn--r8jz45g.example"},
	/* identities (4.4.2, CVE-2019-20790) */
	{.about = "HELO does not stand in for MAIL FROM (4.4.2)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.spf = PASSES("example.com"),
		.identity = IDENTITY_HELO,
		FAILS,
		.record_domain = "example.com"},
	{.about = "but for the null sender (4.4.2)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.null_sender = true,
		.spf = PASSES("mx.example.com"),
		.identity = IDENTITY_HELO,
		ALIGNS,
		.record_domain = "example.com"},
	{.about = "whose HELO is foreign (4.4.2)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.null_sender = true,
		.spf = PASSES("mx.other.example"),
		.identity = IDENTITY_HELO,
		FAILS,
		.record_domain = "example.com"},
	/* what is not known yet */
	{.about = "SPF temperror, aligned (4.4.2)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.spf = {RESULT_TEMPERROR, "mail.example.com"},
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_INPUT_TEMPERROR,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "DKIM temperror, aligned (4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.spf = {RESULT_FAIL, "example.com"},
		.dkim = {{RESULT_TEMPERROR, "example.com"}},
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_INPUT_TEMPERROR,
		.record_domain = "example.com",
		.policy = DMARC_POLICY_REJECT},
	{.about = "temperror of strangers (4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.spf = {RESULT_TEMPERROR, "evil.test"},
		.dkim = {{RESULT_TEMPERROR, "evil.test"}},
		FAILS,
		.record_domain = "example.com"},
	{.about = "temperror beside a pass (4.4.1)",
		.zone = REJECT_ALL("example.com"),
		.from = "a@example.com",
		.spf = {RESULT_TEMPERROR, "example.com"},
		.dkim = {PASSES("example.com")},
		ALIGNS,
		.record_domain = "example.com"},
	{.about = "temperror that strict alignment rules out (4.4.2)",
		.zone = {DMARC("example.com", "v=DMARC1; p=reject; aspf=s")},
		.from = "a@example.com",
		.spf = {RESULT_TEMPERROR, "b.example.com"},
		FAILS,
		.record_domain = "example.com"},
};

static void alignment(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(alignment_rows); i++) {
		check(&alignment_rows[i], DISCOVERY_TREE);
		check(&alignment_rows[i], DISCOVERY_PSL);
	}
}

/* The list guards the walk: a record at a public suffix is no roof over its customers. */
static const struct row guard_rows[] = {
	{.about = "neighbours under a suffix with a record (4.10.2)",
		.zone = {DMARC("co.jp", "v=DMARC1; p=reject"), "victim.co.jp. A 192.0.2.1"},
		.from = "a@victim.co.jp",
		.dkim = {PASSES("evil.co.jp")},
		FAILS,
		.record_domain = "co.jp"},
	{.about = "its policy still protects (4.10.2)",
		.zone = {DMARC("co.jp", "v=DMARC1; p=none; np=reject")},
		.from = "a@ghost.co.jp",
		.dkim = {PASSES("evil.test")},
		FAILS,
		.record_domain = "co.jp",
		.tag = DMARC_TAG_NP},
	{.about = "own names align under it (4.10.2)",
		.zone = {DMARC("co.jp", "v=DMARC1; p=reject"), "b.victim.co.jp. A 192.0.2.1"},
		.from = "a@b.victim.co.jp",
		.dkim = {PASSES("victim.co.jp")},
		ALIGNS,
		.record_domain = "co.jp"},
	{.about = "psd=n says it is one organisation (4.10.2)",
		.zone = {DMARC("co.jp", "v=DMARC1; p=reject; psd=n"), "b.co.jp. A 192.0.2.1"},
		.from = "a@b.co.jp",
		.dkim = {PASSES("c.co.jp")},
		ALIGNS,
		.record_domain = "co.jp"},
	{.about = "the suffix as signer (4.10.2)",
		.zone = {DMARC("co.jp", "v=DMARC1; p=reject"), DMARC("victim.co.jp", "v=DMARC1; p=reject")},
		.from = "a@victim.co.jp",
		.dkim = {PASSES("co.jp")},
		FAILS,
		.record_domain = "victim.co.jp"},
	{.about = "the suffix as author (4.10.2)",
		.zone = {DMARC("co.jp", "v=DMARC1; p=reject")},
		.from = "a@co.jp",
		.dkim = {PASSES("evil.co.jp")},
		FAILS,
		.record_domain = "co.jp"},
	{.about = "top-level domain (4.10.2)",
		.zone = {DMARC("com", "v=DMARC1; p=reject"), "victim.com. A 192.0.2.1"},
		.from = "a@victim.com",
		.dkim = {PASSES("evil.com")},
		FAILS,
		.record_domain = "com"},
};

static void suffix_guard(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(guard_rows); i++)
		check(&guard_rows[i], DISCOVERY_TREE);
}

/* RFC 7489 section 6.6.3. */
static const struct row list_rows[] = {
	{.about = "organisation's record",
		.zone = {DMARC("example.co.jp", "v=DMARC1; p=reject; sp=none"),
			"a.b.example.co.jp. A 192.0.2.1"},
		.from = "x@a.b.example.co.jp",
		.spf = PASSES("c.example.co.jp"),
		.result = RESULT_PASS,
		.record_domain = "example.co.jp",
		.tag = DMARC_TAG_SP},
	{.about = "nothing in between is asked",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=none; psd=n"),
			DMARC("example.com", "v=DMARC1; p=reject"), "a.b.example.com. A 192.0.2.1"},
		.from = "x@a.b.example.com",
		.spf = PASSES("example.com"),
		ALIGNS,
		.record_domain = "example.com"},
	{.about = "several records end the search",
		.zone = {DMARC("b.example.com", "v=DMARC1; p=none"),
			DMARC("b.example.com", "v=DMARC1; p=none"),
			DMARC("example.com", "v=DMARC1; p=reject")},
		.from = "x@b.example.com",
		.result = RESULT_NONE,
		.fault = DMARCFAULT_SEVERAL_RECORDS},
	{.about = "no record of the parent: the list decides",
		.zone = REJECT_ALL("b.example.com"),
		.from = "x@b.example.com",
		.dkim = {PASSES("c.example.com")},
		ALIGNS,
		.record_domain = "b.example.com"},
	{.about = "trouble at the organisation",
		.zone = {"b.example.com. A 192.0.2.1", "!_dmarc.example.com. TXT servfail"},
		.from = "x@b.example.com",
		.result = RESULT_TEMPERROR,
		.fault = DMARCFAULT_DNS},
	{.about = "broken at the author, sound above",
		.zone = {DMARC("b.example.com", "v=dmarc1; p=none"),
			DMARC("example.com", "v=DMARC1; p=reject")},
		.from = "x@b.example.com",
		.dkim = {PASSES("example.com")},
		ALIGNS,
		.record_domain = "example.com"},
};

static void discovery_by_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(list_rows); i++)
		check(&list_rows[i], DISCOVERY_PSL);
}

/* The remark that the other way of discovery gives another result, and what it may cost. */
static void other_method(void **state)
{
	static const struct {
		struct row row;
		enum discovery method;
		bool differs;
		enum result other;
	} rows[] = {
		{{.about = "psd=n between",
			 .zone = {DMARC("b.hoge.example", "v=DMARC1; p=reject; psd=n"),
				 DMARC("hoge.example", "v=DMARC1; p=none")},
			 .from = "x@a.b.hoge.example",
			 .spf = PASSES("hoge.example"),
			 .result = RESULT_FAIL},
			DISCOVERY_TREE, true, RESULT_PASS},
		{{.about = "the same, by list",
			 .zone = {DMARC("b.hoge.example", "v=DMARC1; p=reject; psd=n"),
				 DMARC("hoge.example", "v=DMARC1; p=none")},
			 .from = "x@a.b.hoge.example",
			 .spf = PASSES("hoge.example"),
			 .result = RESULT_PASS},
			DISCOVERY_PSL, true, RESULT_FAIL},
		{{.about = "no difference",
			 .zone = {DMARC("hoge.example", "v=DMARC1; p=none")},
			 .from = "x@hoge.example",
			 .spf = PASSES("hoge.example"),
			 .result = RESULT_PASS},
			DISCOVERY_TREE, false, RESULT_PASS},
		{{.about = "record of the parent missing",
			 .zone = REJECT_ALL("b.hoge.example"),
			 .from = "x@b.hoge.example",
			 .spf = PASSES("hoge.example"),
			 .result = RESULT_FAIL},
			DISCOVERY_TREE, true, RESULT_PASS},
		{{.about = "too many questions: no remark",
			 .zone = {DMARC("hoge.example", "v=DMARC1; p=none"),
				 DMARC("b.hoge.example", "v=DMARC1; p=none; psd=n")},
			 .from = "x@f.e.d.c.b.hoge.example",
			 .spf = PASSES("hoge.example"),
			 .result = RESULT_PASS},
			DISCOVERY_PSL, false, RESULT_NONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene scene;
		struct dmarc_verdict verdict;

		scene_set(&scene, &rows[i].row, rows[i].method);
		verdict = verify_dmarc(&scene.work, &scene.so_far);
		if (verdict.result != rows[i].row.result ||
			verdict.other_discovery_differs != rows[i].differs ||
			verdict.other_result != rows[i].other)
			fail_msg("%s: %s, other %s", rows[i].row.about, result_word(verdict.result),
				result_word(verdict.other_result));
		/* author, organisation, does it exist, and two for the remark */
		assert_true(rows[i].method == DISCOVERY_TREE || dns_question_count(scene.work.client) <= 5);
		scene_strike(&scene);
	}
}

/* Everything that log and diagnosis read. */
static void facts(void **state)
{
	static const struct row full = {
		.zone = {DMARC("example.com", "v=DMARC1; p=quarantine; sp=reject; np=none; adkim=s; pct=20; "
					      "t=y; fo=9; rua=mailto:r@example.com"),
			"b.example.com. A 192.0.2.1"},
		.from = "a@b.example.com",
		.spf = {RESULT_FAIL, "b.example.com"},
		.dkim = {PASSES("example.com"), {RESULT_FAIL, "b.example.com"}, PASSES("evil.test")},
	};
	static const struct row several = {
		.zone = {DMARC("example.com", "v=DMARC1; p=none"), DMARC("example.com", "v=DMARC1; p=none")},
		.from = "a@example.com"};
	static const struct row broken = {
		.zone = {DMARC("example.com", "v=DMARC1, p=none")}, .from = "a@example.com"};
	static const struct row trouble = {
		.zone = {"!_dmarc.example.com. TXT timeout"}, .from = "a@example.com"};
	static const struct row authors = {.from = "a@x.com, b@y.com"};
	struct scene scene;
	struct dmarc_verdict verdict;

	(void)state;
	scene_set(&scene, &full, DISCOVERY_TREE);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	assert_int_equal(verdict.result, RESULT_FAIL);
	assert_string_equal(verdict.author_domain, "b.example.com");
	assert_string_equal(verdict.author_organization, "example.com");
	assert_true(verdict.p_given && verdict.sp_given && verdict.np_given && verdict.testing);
	assert_true(verdict.strict_dkim && !verdict.strict_spf && verdict.author_exists);
	assert_int_equal(verdict.pct, 20);
	assert_string_equal(verdict.bad_tag, "fo=9");
	assert_string_equal(verdict.rua, "mailto:r@example.com");
	assert_int_equal(verdict.policy_tag, DMARC_TAG_SP);
	assert_int_equal(verdict.policy, DMARC_POLICY_QUARANTINE);
	assert_int_equal(verdict.spf_alignment, ALIGNMENT_STRICT);
	assert_int_equal(verdict.dkim_alignments[0], ALIGNMENT_RELAXED);
	assert_int_equal(verdict.dkim_alignments[1], ALIGNMENT_STRICT);
	assert_int_equal(verdict.dkim_alignments[2], ALIGNMENT_NO);
	assert_false(verdict.spf_aligned_pass || verdict.dkim_aligned_pass);
	assert_true(verdict.evidence.count >= 3);
	scene_strike(&scene);

	scene_set(&scene, &several, DISCOVERY_TREE);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	assert_string_equal(verdict.fault_text, "2");
	assert_string_equal(verdict.fault_domain, "_dmarc.example.com");
	scene_strike(&scene);

	scene_set(&scene, &broken, DISCOVERY_TREE);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	assert_string_equal(verdict.fault_text, ", p=none");
	assert_string_equal(verdict.record, "v=DMARC1, p=none");
	assert_string_equal(verdict.record_domain, "");
	scene_strike(&scene);

	scene_set(&scene, &trouble, DISCOVERY_TREE);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	assert_string_equal(verdict.fault_domain, "_dmarc.example.com");
	assert_true(verdict.fault_text[0] != '\0');
	scene_strike(&scene);

	scene_set(&scene, &authors, DISCOVERY_TREE);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	assert_string_equal(verdict.fault_text, "x.com, y.com");
	assert_int_equal(dns_question_count(scene.work.client), 0); /* A4 40 */
	scene_strike(&scene);
}

/* Section 4.10: which names, and never more than eight. */
static void walk_names(void **state)
{
	static const struct {
		const char *domain;
		size_t count;
		const char *second, *last;
	} rows[] = {
		{"com", 1, "com", "com"},
		{"example.com", 2, "com", "com"},
		{"b.c.d.e.f.example.com", 7, "c.d.e.f.example.com", "com"},
		{"a.b.c.d.e.f.example.com", 8, "b.c.d.e.f.example.com", "com"},
		{"a.b.c.d.e.f.g.h.i.j.mail.example.com", 8, "g.h.i.j.mail.example.com", "com"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *names[DMARC_WALK_MAX];
		size_t count = dmarc_walk_names(rows[i].domain, names);

		assert_int_equal(count, rows[i].count);
		assert_string_equal(names[0], rows[i].domain);
		assert_string_equal(names[count > 1 ? 1 : 0], rows[i].second);
		assert_string_equal(names[count - 1], rows[i].last);
	}
}

/* 110 labels, 100 signatures below the author: bounded (A4 52, A5 62). */
static void floods(void **state)
{
	static const struct row row = {
		.zone = {DMARC("example.com", "v=DMARC1; p=reject")}, .from = "a@example.com"};
	struct scene scene;
	struct dmarc_verdict verdict;
	struct signature_verdict signatures[100];

	(void)state;
	scene_set(&scene, &row, DISCOVERY_TREE);
	for (size_t i = 0; i < COUNT(signatures); i++)
		signatures[i] = (struct signature_verdict){.result = i < 10 ? RESULT_PASS : RESULT_FAIL,
			.domain_name = arena_printf(scene.arena, "a%zu.b.c.d.e.f.g.h.i.j.evil.test", i)};
	scene.so_far.signatures = signatures;
	scene.so_far.signature_count = COUNT(signatures);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	assert_int_equal(verdict.result, RESULT_FAIL);
	assert_int_equal(dns_question_count(scene.work.client), 2); /* strangers cost nothing */
	scene_strike(&scene);

	scene_set(&scene, &row, DISCOVERY_TREE);
	for (size_t i = 0; i < COUNT(signatures); i++)
		signatures[i].domain_name = arena_printf(scene.arena, "a%zu.b.c.d.e.f.example.com", i);
	signatures[99].domain_name = "example.com";
	signatures[99].result = RESULT_PASS;
	scene.so_far.signatures = signatures;
	scene.so_far.signature_count = COUNT(signatures);
	verdict = verify_dmarc(&scene.work, &scene.so_far);
	assert_int_equal(verdict.result, RESULT_PASS);
	assert_true(dns_question_count(scene.work.client) <= 2 + 5 + 10);
	scene_strike(&scene);
}

/* libopendmarc agrees with us on every record it can know. */
static void library_agrees(void **state)
{
	static const enum dmarc_policy policies[] = {
		DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE, DMARC_POLICY_REJECT};
	struct arena *arena = arena_new();

	(void)state;
	for (unsigned i = 0; i < 3 * 4 * 2 * 4; i++) {
		unsigned sp = i / 3 % 4, inherited = i / 12 % 2, passes = i / 24;
		const char *text =
			arena_printf(arena, "v=DMARC1; p=%s%s%s; rua=mailto:a@x.com; fo=9; rf=iodef",
				dmarc_policy_word(policies[i % 3]), sp < 3 ? "; sp=" : "",
				sp < 3 ? dmarc_policy_word(policies[sp]) : "");
		struct dmarc_record record = dmarc_record_parse(text, strlen(text), arena);
		struct dmarc_choice choice = dmarc_policy_choice(&record, inherited != 0, true);
		enum library_policy opinion = dmarc_library_ask(dmarc_record_normal_form(&record, arena),
			inherited ? "m.x.com" : "x.com", inherited ? "x.com" : NULL, (passes & 1) != 0,
			(passes & 2) != 0);

		assert_int_equal(opinion, passes != 0 ? LIBRARY_PASS : LIBRARY_NONE + choice.policy);
	}
	/* a refused record is never asked for its policy */
	assert_int_equal(
		dmarc_library_ask("v=DMARC1; p=reject; fo=9", "x.com", NULL, false, false), LIBRARY_SILENT);
	assert_int_equal(dmarc_library_ask("", "x.com", NULL, true, true), LIBRARY_SILENT);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(discovery_by_tree),
		cmocka_unit_test(without_policy),
		cmocka_unit_test(alignment),
		cmocka_unit_test(suffix_guard),
		cmocka_unit_test(discovery_by_list),
		cmocka_unit_test(other_method),
		cmocka_unit_test(facts),
		cmocka_unit_test(walk_names),
		cmocka_unit_test(floods),
		cmocka_unit_test(library_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
