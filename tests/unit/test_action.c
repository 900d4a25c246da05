/* report/action: which action the options ask for, overrides, trouble of our own, SMTP replies. */
#include "base/arena.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/action.h"
#include "report/override.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define ACCEPT ACTION_ACCEPT
#define HOLD ACTION_QUARANTINE
#define REJECT ACTION_REJECT
#define TEMP ACTION_TEMPFAIL

static const struct settings nothing_set;
static const struct settings all_reject = {.spf_fail = REJECT,
	.spf_softfail = REJECT,
	.dkim_fail = REJECT,
	.dmarc_reject_policy = REJECT,
	.dmarc_quarantine_policy = REJECT,
	.bad_from = REJECT,
	.temperror = REJECT};
static const struct settings all_hold = {.spf_fail = HOLD,
	.spf_softfail = HOLD,
	.dkim_fail = HOLD,
	.dmarc_reject_policy = HOLD,
	.dmarc_quarantine_policy = HOLD,
	.bad_from = HOLD,
	.temperror = HOLD};
static const struct settings all_temp = {.spf_fail = TEMP, .dmarc_reject_policy = TEMP, .temperror = TEMP};
static const struct settings mixed = {
	.spf_fail = HOLD, .dmarc_reject_policy = REJECT, .temperror = TEMP, .spf_softfail = TEMP};
static const struct settings dry = {.spf_fail = REJECT, .dry_run = true};

/* What is known about a message, as far as decisions go. */
struct message {
	const char *client, *author, *sender;
	enum result spf, dmarc;
	enum dmarc_fault dmarc_fault;
	enum dmarc_policy policy;
	enum result signatures[2]; /* none ends the list */
	enum signature_fault signature_fault;
	enum cause cause;
	const char *summary;
	bool resolver_down;
};

static const struct answer no_resolver = {.trouble = TROUBLE_LOCAL, .kind = ANSWER_NO_REPLY};
static const struct answer *const resolver_down[] = {&no_resolver};

static struct decision decide_on(
	const struct message *message, const struct settings *settings, struct arena *arena)
{
	struct verdicts verdicts = verdicts_empty();
	struct envelope envelope = {.sender.domain = domain_none()};
	struct signature_verdict signatures[2] = {{.fault = message->signature_fault}};
	struct diagnosis diagnosis = {.cause = message->cause,
		.summary = message->summary != NULL ? message->summary : "Sentence.",
		.fix = ""};
	struct findings findings = {.envelope = &envelope, .verdicts = &verdicts};

	assert_true(
		netaddr_parse(message->client != NULL ? message->client : "198.51.100.1", &envelope.client));
	if (message->sender != NULL)
		envelope.sender.domain.name = message->sender;
	verdicts.spf.result = message->spf;
	verdicts.dmarc.result = message->dmarc;
	verdicts.dmarc.fault = message->dmarc_fault;
	verdicts.dmarc.policy = message->policy;
	if (message->author != NULL)
		verdicts.dmarc.author_domain = message->author;
	for (size_t i = 0; i < 2 && message->signatures[i] != RESULT_NONE; i++) {
		signatures[i].result = message->signatures[i];
		verdicts.signature_count = i + 1;
	}
	verdicts.signatures = signatures;
	if (message->cause != CAUSE_NONE)
		findings.diagnoses = (struct diagnoses){.items = &diagnosis, .count = 1};
	if (message->resolver_down)
		findings.evidence = (struct evidence){.answers = resolver_down, .count = 1};
	return decide(&findings, settings, arena);
}

#define DMARC_FAIL(asked) .dmarc = RESULT_FAIL, .policy = asked

static const struct {
	const char *name;
	struct message message;
	const struct settings *settings;
	enum action action, would;
	const char *option, *status;
} rows[] = {
	{"only tagged by default", {.spf = RESULT_FAIL, DMARC_FAIL(DMARC_POLICY_REJECT)}, &nothing_set,
		ACCEPT, ACCEPT, "", ""},
	{"nothing wrong", {.spf = RESULT_PASS, .dmarc = RESULT_PASS}, &all_reject, ACCEPT, ACCEPT, "", ""},
	{"spf fail", {.spf = RESULT_FAIL}, &all_reject, REJECT, REJECT, "spf-fail", "5.7.23"},
	{"spf fail, dry run", {.spf = RESULT_FAIL}, &dry, ACCEPT, REJECT, "spf-fail", "5.7.23"},
	{"spf fail, tempfail", {.spf = RESULT_FAIL}, &all_temp, TEMP, TEMP, "spf-fail", "4.7.23"},
	{"spf fail, held", {.spf = RESULT_FAIL}, &all_hold, HOLD, HOLD, "spf-fail", ""},
	{"spf softfail", {.spf = RESULT_SOFTFAIL}, &all_reject, REJECT, REJECT, "spf-softfail", "5.7.23"},
	{"spf permerror has no option", {.spf = RESULT_PERMERROR}, &all_reject, ACCEPT, ACCEPT, "", ""},
	{"spf temperror without DMARC", {.spf = RESULT_TEMPERROR}, &all_temp, TEMP, TEMP, "temperror",
		"4.7.24"},
	{"spf temperror, DMARC decided", {.spf = RESULT_TEMPERROR, .dmarc = RESULT_PASS}, &all_temp, ACCEPT,
		ACCEPT, "", ""},
	{"dmarc temperror", {.spf = RESULT_PASS, .dmarc = RESULT_TEMPERROR}, &all_temp, TEMP, TEMP,
		"temperror", "4.4.3"},
	{"dmarc reject", {DMARC_FAIL(DMARC_POLICY_REJECT)}, &all_reject, REJECT, REJECT,
		"dmarc-reject-policy", "5.7.26"},
	{"dmarc quarantine", {DMARC_FAIL(DMARC_POLICY_QUARANTINE)}, &all_reject, REJECT, REJECT,
		"dmarc-quarantine-policy", "5.7.26"},
	{"dmarc none asks for nothing", {DMARC_FAIL(DMARC_POLICY_NONE)}, &all_reject, ACCEPT, ACCEPT, "", ""},
	{"a policy without a fail", {.dmarc = RESULT_PASS, .policy = DMARC_POLICY_REJECT}, &all_reject,
		ACCEPT, ACCEPT, "", ""},
	{"all signatures fail", {.signatures = {RESULT_FAIL, RESULT_PERMERROR}}, &all_reject, REJECT, REJECT,
		"dkim-fail", "5.7.20"},
	{"none is acceptable", {.signatures = {RESULT_FAIL, RESULT_POLICY}}, &all_reject, REJECT, REJECT,
		"dkim-fail", "5.7.21"},
	{"one passes", {.signatures = {RESULT_FAIL, RESULT_PASS}}, &all_reject, ACCEPT, ACCEPT, "", ""},
	{"one might pass later", {.signatures = {RESULT_FAIL, RESULT_TEMPERROR}}, &all_reject, ACCEPT, ACCEPT,
		"", ""},
	{"one was not evaluated",
		{.signatures = {RESULT_NEUTRAL, RESULT_FAIL}, .signature_fault = SIGFAULT_NOT_EVALUATED},
		&all_reject, ACCEPT, ACCEPT, "", ""},
	{"one over our limits", {.signatures = {RESULT_POLICY}, .signature_fault = SIGFAULT_KEY_TOO_LONG},
		&all_reject, ACCEPT, ACCEPT, "", ""},
	{"not signed", {.spf = RESULT_PASS}, &all_reject, ACCEPT, ACCEPT, "", ""},
	{"From missing", {.dmarc = RESULT_PERMERROR, .dmarc_fault = DMARCFAULT_FROM_MISSING}, &all_reject,
		REJECT, REJECT, "bad-from", "5.7.1"},
	{"several authors", {.dmarc = RESULT_PERMERROR, .dmarc_fault = DMARCFAULT_FROM_MULTIPLE}, &all_hold,
		HOLD, HOLD, "bad-from", ""},
	{"unreadable author", {.dmarc = RESULT_PERMERROR, .dmarc_fault = DMARCFAULT_FROM_UNPARSEABLE},
		&all_reject, REJECT, REJECT, "bad-from", "5.7.1"},
	{"several records are not a bad From",
		{.dmarc = RESULT_PERMERROR, .dmarc_fault = DMARCFAULT_SEVERAL_RECORDS}, &all_reject, ACCEPT,
		ACCEPT, "", ""},
	{"reject is stricter than quarantine", {.spf = RESULT_FAIL, DMARC_FAIL(DMARC_POLICY_REJECT)}, &mixed,
		REJECT, REJECT, "dmarc-reject-policy", "5.7.26"},
	{"tempfail is stricter than accept", {.spf = RESULT_SOFTFAIL, DMARC_FAIL(DMARC_POLICY_NONE)}, &mixed,
		TEMP, TEMP, "spf-softfail", "4.7.23"},

	/* trouble of our own */
	{"a private client", {.client = "10.1.2.3", .spf = RESULT_FAIL, DMARC_FAIL(DMARC_POLICY_REJECT)},
		&all_reject, ACCEPT, ACCEPT, "", ""},
	{"a private client over IPv6", {.client = "fd00::1", .spf = RESULT_SOFTFAIL}, &all_hold, ACCEPT,
		ACCEPT, "", ""},
	{"a bad From through a private client",
		{.client = "10.1.2.3", .dmarc = RESULT_PERMERROR, .dmarc_fault = DMARCFAULT_FROM_MULTIPLE},
		&all_reject, REJECT, REJECT, "bad-from", "5.7.1"},
	{"behind our relay", {.spf = RESULT_FAIL, .cause = CAUSE_RX_BEHIND_OWN_RELAY}, &all_reject, ACCEPT,
		ACCEPT, "", ""},
	{"our clock", {.signatures = {RESULT_NEUTRAL}, .cause = CAUSE_RX_CLOCK_SKEW}, &all_reject, TEMP, TEMP,
		"dkim-fail", "4.7.20"},
	{"our resolver", {DMARC_FAIL(DMARC_POLICY_REJECT), .cause = CAUSE_RX_RESOLVER_FAILURE}, &all_reject,
		TEMP, TEMP, "dmarc-reject-policy", "4.7.26"},
	{"our resolver, undiagnosed", {.spf = RESULT_TEMPERROR, .resolver_down = true}, &all_reject, TEMP,
		TEMP, "temperror", "4.7.24"},
	{"our size limit",
		{.signatures = {RESULT_TEMPERROR},
			.signature_fault = SIGFAULT_BODY_TOO_LARGE,
			DMARC_FAIL(DMARC_POLICY_REJECT)},
		&all_reject, ACCEPT, ACCEPT, "", ""},
	{"a note about us is no trouble", {.spf = RESULT_FAIL, .cause = CAUSE_RX_PSL_OUTDATED}, &all_reject,
		REJECT, REJECT, "spf-fail", "5.7.23"},
};

static void options(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct decision decision = decide_on(&rows[i].message, rows[i].settings, arena);
		const char *code = rows[i].status[0] == '5' ? "550" : rows[i].status[0] == '4' ? "451" : "";

		if (decision.action != rows[i].action || strcmp(decision.option, rows[i].option) != 0)
			print_error("%s\n", rows[i].name);
		assert_int_equal(decision.action, rows[i].action);
		assert_int_equal(decision.would, rows[i].would);
		assert_string_equal(decision.option, rows[i].option);
		assert_string_equal(decision.reply_status, rows[i].status);
		assert_string_equal(decision.reply_code, code);
		assert_int_equal(decision.reply_text[0] != '\0', code[0] != '\0');
	}
	arena_free(&arena);
}

static void skipped_mail_is_accepted(void **state)
{
	struct arena *arena = arena_new();
	struct verdicts verdicts = verdicts_empty();
	struct findings findings = {.verdicts = &verdicts};

	(void)state;
	verdicts.skipped = true;
	verdicts.spf.result = RESULT_FAIL;
	assert_int_equal(decide(&findings, &all_reject, arena).would, ACTION_ACCEPT);
	arena_free(&arena);
}

static void trusted_relay(void **state)
{
	static const struct message message = {.client = "203.0.113.77", .spf = RESULT_FAIL};
	struct arena *arena = arena_new();
	struct settings settings = all_reject;
	struct network relay;

	(void)state;
	assert_true(network_parse("203.0.113.64/26", &relay));
	assert_int_equal(decide_on(&message, &settings, arena).would, ACTION_REJECT);
	settings.trusted_relays = (struct network_list){.items = &relay, .count = 1};
	assert_int_equal(decide_on(&message, &settings, arena).would, ACTION_ACCEPT);
	arena_free(&arena);
}

static void overrides(void **state)
{
	static const char *const items[] = {
		"example.com spf-fail reject",
		".example.com spf-fail quarantine",
		"  .b.example.com\tspf-fail   tempfail ",
		"Bank.Example dmarc-reject-policy accept",
		"twice.example spf-fail reject",
		"twice.example spf-fail tempfail",
		"sender.example spf-fail reject",
	};
	static const struct {
		const char *author, *sender, *option;
		enum action usual, action;
	} cases[] = {
		{"example.com", "other.example", "spf-fail", ACCEPT, REJECT},
		{"a.example.com", NULL, "spf-fail", ACCEPT, HOLD},
		{"x.b.example.com", NULL, "spf-fail", ACCEPT, TEMP},
		{"b.example.com", NULL, "spf-fail", ACCEPT, HOLD},
		{"notexample.com", NULL, "spf-fail", ACCEPT, ACCEPT},
		{"com", NULL, "spf-fail", HOLD, HOLD},
		{"example.com", NULL, "spf-softfail", HOLD, HOLD},
		{"bank.example", NULL, "dmarc-reject-policy", REJECT, ACCEPT},
		{"twice.example", NULL, "spf-fail", ACCEPT, TEMP},
		{"author.example", "sender.example", "spf-fail", ACCEPT, ACCEPT},
		{"", "sender.example", "spf-fail", ACCEPT, REJECT}, /* no usable author */
		{"", "", "spf-fail", ACCEPT, ACCEPT},
	};
	struct arena *arena = arena_new();
	struct settings settings = {.overrides = {.items = items, .count = COUNT(items)}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *domain = cases[i].author[0] != '\0' ? cases[i].author : cases[i].sender;
		struct message message = {
			.spf = RESULT_FAIL, .author = cases[i].author, .sender = cases[i].sender};

		assert_int_equal(
			override_action(&settings, domain, cases[i].option, cases[i].usual), cases[i].action);
		if (strcmp(cases[i].option, "spf-fail") == 0 && cases[i].usual == ACTION_ACCEPT)
			assert_int_equal(decide_on(&message, &settings, arena).would, cases[i].action);
	}
	arena_free(&arena);
}

static void broken_overrides_count_for_nothing(void **state)
{
	static const char *const broken[] = {
		"",
		"example.com",
		"example.com spf-fail",
		"example.com spf-fail bounce",
		"example.com spf-faill reject",
		"example.com spf-fail reject now",
		"example.com dry-run accept",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct settings settings = {.overrides = {.items = &broken[i], .count = 1}};

		assert_int_equal(override_action(&settings, "example.com", "spf-fail", ACTION_TEMPFAIL),
			ACTION_TEMPFAIL);
	}
}

static void replies(void **state)
{
	static const char *const long_sentence = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
						 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	struct message message = {.spf = RESULT_FAIL, .cause = CAUSE_SPF_IP_NOT_LISTED};
	struct settings settings = all_reject;
	struct arena *arena = arena_new();
	const char *text;

	(void)state;
	message.summary = "SPF fail: 100% wrong.";
	assert_string_equal(decide_on(&message, &settings, arena).reply_text,
		"SPF does not allow this host: SPF fail: 100% wrong. (spf-ip-not-listed)");
	settings.reply_url = "https://rx.example/why";
	text = decide_on(&message, &settings, arena).reply_text;
	assert_string_equal(text, "SPF does not allow this host: SPF fail: 100% wrong. (spf-ip-not-listed) "
				  "https://rx.example/why");
	message.summary = "SPF fail: \xe9\x96\xa2\xe6\x89\x80"; /* Japanese has no place in a reply */
	text = decide_on(&message, &settings, arena).reply_text;
	assert_string_equal(text, "SPF does not allow this host (spf-ip-not-listed) https://rx.example/why");
	message.summary = "line\r\n250 ok";
	text = decide_on(&message, &settings, arena).reply_text;
	assert_string_equal(text, "SPF does not allow this host (spf-ip-not-listed) https://rx.example/why");
	message.summary = long_sentence;
	text = decide_on(&message, &settings, arena).reply_text;
	assert_int_equal(strlen(text), REPLY_TEXT_MAX);
	assert_non_null(strstr(text, "xxx... (spf-ip-not-listed) https://rx.example/why"));
	settings.reply_url = long_sentence;
	text = decide_on(&message, &settings, arena).reply_text;
	assert_int_equal(strlen(text), REPLY_TEXT_MAX);
	settings.reply_url = "https://rx.example/\r\nx\x1b";
	message.cause = CAUSE_NONE;
	text = decide_on(&message, &settings, arena).reply_text;
	assert_string_equal(text, "SPF does not allow this host https://rx.example/??x?");
	arena_free(&arena);
}

/* A chain of a trusted sealer that vouches for the author stands in for DMARC, for nothing else
 * (RFC 8617 section 7.2.1 leaves it to the receiver). */
static void trusted_chains(void **state)
{
	static const struct {
		const char *name;
		enum result arc, dmarc, spf;
		unsigned vouching;
		bool trusted;
		enum action action;
		const char *option;
	} chains[] = {
		{"trusted", RESULT_PASS, RESULT_FAIL, RESULT_PASS, 1, true, ACCEPT, ""},
		{"nobody trusts it", RESULT_PASS, RESULT_FAIL, RESULT_PASS, 1, false, REJECT,
			"dmarc-reject-policy"},
		{"it vouches for nobody", RESULT_PASS, RESULT_FAIL, RESULT_PASS, 0, true, REJECT,
			"dmarc-reject-policy"},
		{"it is broken", RESULT_FAIL, RESULT_FAIL, RESULT_PASS, 1, true, REJECT,
			"dmarc-reject-policy"},
		{"its key is out of reach", RESULT_TEMPERROR, RESULT_FAIL, RESULT_PASS, 1, true, REJECT,
			"dmarc-reject-policy"},
		{"SPF is another matter", RESULT_PASS, RESULT_FAIL, RESULT_FAIL, 1, true, REJECT, "spf-fail"},
		{"no author stays none", RESULT_PASS, RESULT_PERMERROR, RESULT_PASS, 1, true, REJECT,
			"bad-from"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(chains); i++) {
		struct verdicts verdicts = verdicts_empty();
		struct envelope envelope = {.sender.domain = domain_none()};
		struct findings findings = {.envelope = &envelope, .verdicts = &verdicts};
		struct decision decision;

		assert_true(netaddr_parse("198.51.100.1", &envelope.client));
		verdicts.spf.result = chains[i].spf;
		verdicts.dmarc.result = chains[i].dmarc;
		verdicts.dmarc.policy = DMARC_POLICY_REJECT;
		if (chains[i].dmarc == RESULT_PERMERROR)
			verdicts.dmarc.fault = DMARCFAULT_FROM_MISSING;
		verdicts.arc.result = chains[i].arc;
		verdicts.arc.vouching = chains[i].vouching;
		verdicts.arc.vouching_trusted = chains[i].trusted;
		decision = decide(&findings, &all_reject, arena);
		if (decision.action != chains[i].action)
			print_error("%s\n", chains[i].name);
		assert_int_equal(decision.action, chains[i].action);
		assert_string_equal(decision.option, chains[i].option);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options),
		cmocka_unit_test(skipped_mail_is_accepted),
		cmocka_unit_test(trusted_relay),
		cmocka_unit_test(overrides),
		cmocka_unit_test(broken_overrides_count_for_nothing),
		cmocka_unit_test(replies),
		cmocka_unit_test(trusted_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
