#include "survey/survey.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/known_answers.h"
#include "diagnose/spf_text.h"
#include "dns/dns.h"
#include "survey/scene.h"

#include <string.h>

enum { HOSTS_MAX = 40 };

struct making {
	struct work work; /* the tools, with the survey's own client of DNS */
	const struct survey_request *request;
	struct survey *survey;
};

static const char *below(const struct making *making, const char *label)
{
	return arena_printf(making->work.arena, "%s.%s", label, making->survey->domain);
}

static struct scene *scene_of(const struct making *making)
{
	struct scene *scene = arena_alloc(making->work.arena, sizeof *scene);

	scene_set(scene, &making->work, making->survey->domain);
	scene->language = making->request->language;
	scene->remembered = making->request->remembered;
	return scene;
}

/* Everything that is asked in any case is on its way before the first answer is waited for. */
static void warm_all(const struct making *making)
{
	static const enum rr_type types[] = {RR_TXT, RR_MX, RR_A, RR_AAAA};
	static const char *const labels[] = {"_domainkey", "_mta-sts", "_smtp._tls", "default._bimi"};
	const struct survey *survey = making->survey;
	struct dns *dns = making->work.dns;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		dns_warm(dns, survey->domain, types[i]);
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		dns_warm(dns, below(making, labels[i]), RR_TXT);
	dns_warm(dns, survey->organization, RR_NS);
	verify_dmarc_warm(&scene_of(making)->work);
	(void)selectors_to_try(&making->work, survey->domain, &making->request->selectors,
		&making->request->remembered, NULL, 0);
}

/* The same cause about the same thing is said once; a certain one replaces one that holds perhaps. */
static void add_finding(
	struct survey *survey, const struct diagnosis *diagnosis, const char *about, bool only_if)
{
	for (size_t i = 0; i < survey->finding_count; i++) {
		struct survey_finding *known = &survey->findings[i];

		if (known->diagnosis.cause == diagnosis->cause &&
			(diagnosis->signature < 0 || strcmp(known->about, about) == 0)) {
			if (known->only_if_sends && !only_if)
				*known = (struct survey_finding){*diagnosis, about, false};
			return;
		}
	}
	if (survey->finding_count == SURVEY_FINDINGS_MAX)
		survey->partial = true;
	else
		survey->findings[survey->finding_count++] =
			(struct survey_finding){*diagnosis, about, only_if};
}

static bool says_nothing_is_sent(const char *record, struct arena *arena)
{
	struct spf_words words = spf_words_of(record, arena);

	return words.count == 2 && text_equal(words.items[1].text, "-all");
}

/* What is right for a domain that says it sends nothing, and what does not matter where none is. */
static bool is_in_order(const struct survey *survey, enum cause cause)
{
	for (size_t i = 0; i < survey->finding_count && cause == CAUSE_DKIM_NOT_SET_UP; i++)
		if (survey->findings[i].diagnosis.cause == CAUSE_SPF_DOMAIN_NXDOMAIN)
			return true;
	return survey->sends_nothing && (cause == CAUSE_DNS_MX_NULL || cause == CAUSE_DNS_NO_MX_NO_A ||
						cause == CAUSE_DKIM_NOT_SET_UP);
}

/* Or about what is published, whoever sends? */
static bool is_about_host(const struct sender *sender, enum cause cause)
{
	enum result result = sender->spf.result;

	return strcmp(cause_row(cause)->method, "spf") == 0 &&
	       (result == RESULT_FAIL || result == RESULT_SOFTFAIL || result == RESULT_NEUTRAL);
}

/* Does a cause say which record to publish? */
static bool has_record(const struct diagnoses *diagnoses)
{
	for (size_t i = 0; i < diagnoses->count; i++)
		if (strstr(diagnoses->items[i].fix, "TXT \"v=spf1") != NULL)
			return true;
	return false;
}

static void judge_senders(const struct making *making)
{
	struct survey *survey = making->survey;
	struct senders *senders = &survey->senders;

	survey->proposal.line = "";
	for (size_t i = 0; i < senders->count; i++) {
		struct sender *sender = &senders->items[i];
		struct scene *scene = scene_of(making);
		char address[NETADDR_TEXT_SIZE];

		sender_judge(sender, scene);
		if (sender->role == SENDER_ASKED && sender->spf.result != RESULT_PASS &&
			!has_record(&sender->diagnoses))
			survey->proposal = proposal_for(scene);
		survey->partial = survey->partial || scene->partial || sender->diagnoses.partial;
		for (size_t k = 0; k < sender->diagnoses.count; k++) {
			const struct diagnosis *diagnosis = &sender->diagnoses.items[k];
			enum bearing bearing = sender_bearing(sender, diagnosis->cause);
			const char *about = is_about_host(sender, diagnosis->cause)
						    ? arena_text(making->work.arena,
							      netaddr_format(&sender->address, address))
						    : "";

			if (bearing != BEARING_NONE && !is_in_order(survey, diagnosis->cause))
				add_finding(survey, diagnosis, about, bearing == BEARING_IF);
		}
	}
}

/* Who may sign: hosts whose organisations may have given their names to selectors. */
static size_t hosts_of(const struct making *making, const char *hosts[HOSTS_MAX])
{
	const struct survey *survey = making->survey;
	const struct answer *servers = dns_ask(making->work.client, survey->organization, RR_NS);
	size_t count = 0;

	for (size_t i = 0; i < survey->senders.count && count < HOSTS_MAX; i++)
		hosts[count++] = survey->senders.items[i].ptr;
	for (size_t i = 0; i < survey->mx.count && count < HOSTS_MAX; i++)
		hosts[count++] = survey->mx.items[i].host;
	for (size_t i = 0; servers->kind == ANSWER_RECORDS && i < servers->count && count < HOSTS_MAX; i++)
		hosts[count++] = servers->values[i].text;
	for (size_t i = 0; i < survey->spf.count && count < HOSTS_MAX; i++) {
		const char *at = strchr(survey->spf.lines[i].text, ':');

		if (at != NULL && text_starts(survey->spf.lines[i].text, "include:"))
			hosts[count++] = at + 1;
	}
	return count;
}

static void judge_keys(const struct making *making)
{
	struct survey *survey = making->survey;
	const char *hosts[HOSTS_MAX];
	size_t count = hosts_of(making, hosts);
	struct scene *scene = scene_of(making);
	struct diagnoses none;

	survey->selectors = selectors_to_try(&making->work, survey->domain, &making->request->selectors,
		&making->request->remembered, hosts, count);
	if (survey->senders.items[0].role != SENDER_NOBODY)
		scene_send(scene, &survey->senders.items[0].address); /* who probably signs */
	selectors_judge(&survey->selectors, scene, survey->domain);
	for (size_t i = 0; i < survey->selectors.count; i++) {
		const struct selector *selector = &survey->selectors.items[i];

		survey->partial = survey->partial || selector->key.fault == SIGFAULT_KEY_DNS;
		for (size_t k = 0; k < selector->diagnoses.count; k++) {
			struct diagnosis diagnosis = selector->diagnoses.items[k];

			diagnosis.signature = 0; /* it is about this key, not about the domain */
			add_finding(survey, &diagnosis, selector->key.key_name, false);
		}
	}
	if (survey->selectors.found > 0)
		return;
	scene->verdicts.signature_count = 0;
	none = scene_diagnose(scene, TOPIC_KEY);
	for (size_t i = 0; i < none.count; i++) {
		if (none.items[i].cause == CAUSE_DKIM_UNSIGNED_THIS_PATH)
			survey->keys_elsewhere = true;
		else if (!is_in_order(survey, none.items[i].cause))
			add_finding(survey, &none.items[i], "", false);
	}
}

/* Differences that need a message to matter. */
static bool is_of_message(enum cause cause)
{
	return cause == CAUSE_DMARC_RFC9989_DIFFERS || cause == CAUSE_DMARC_POLICY_SAMPLED;
}

static void judge_policy(const struct making *making)
{
	struct survey *survey = making->survey;
	struct scene *scene = scene_of(making);
	struct diagnoses found;

	scene->verdicts.dmarc = verify_dmarc(&scene->work, &scene->verdicts);
	survey->dmarc = scene->verdicts.dmarc;
	found = scene_diagnose(scene, TOPIC_POLICY);
	survey->partial = survey->partial || scene->partial;
	for (size_t i = 0; i < found.count; i++)
		if (!is_of_message(found.items[i].cause))
			add_finding(survey, &found.items[i], "", false);
}

static bool is_present(const struct making *making, const char *label, const char *start)
{
	return known_text(dns_ask(making->work.client, below(making, label), RR_TXT), start) != NULL;
}

static int rank_of(const struct survey_finding *finding)
{
	static const char *const severities[] = {"crit", "high", "med", "low", "info"};
	int rank = 0;

	while (rank < 4 && strcmp(cause_row(finding->diagnosis.cause)->severity, severities[rank]) != 0)
		rank++;
	return finding->only_if_sends ? 5 + rank : rank;
}

/* The gravest first; stable. */
static void sort_findings(struct survey *survey)
{
	for (size_t i = 1; i < survey->finding_count; i++) {
		struct survey_finding moved = survey->findings[i];
		size_t at = i;

		for (; at > 0 && rank_of(&survey->findings[at - 1]) > rank_of(&moved); at--)
			survey->findings[at] = survey->findings[at - 1];
		survey->findings[at] = moved;
	}
}

const struct survey *survey_make(const struct work *tools, const struct survey_request *request)
{
	struct survey *survey = arena_alloc(tools->arena, sizeof *survey);
	struct making making = {.work = *tools, .request = request, .survey = survey};

	making.work.client = dns_client_new(tools->dns, tools->arena, SURVEY_WAIT_MS, SURVEY_QUESTIONS_MAX);
	survey->domain = request->domain;
	survey->organization = suffixes_organization(tools->suffixes, request->domain);
	warm_all(&making);
	survey->spf = spf_chart_of(&making.work, survey->domain);
	survey->sends_nothing = says_nothing_is_sent(survey->spf.record, tools->arena);
	survey->mx = exchangers_of(&making.work, survey->domain);
	survey->senders =
		senders_of(&making.work, survey->domain, survey->spf.record, &survey->mx, &request->client);
	judge_senders(&making);
	judge_keys(&making);
	judge_policy(&making);
	survey->mta_sts = is_present(&making, "_mta-sts", "v=STSv1");
	survey->tls_reports = is_present(&making, "_smtp._tls", "v=TLSRPTv1");
	survey->bimi = is_present(&making, "default._bimi", "v=BIMI1");
	survey->partial = survey->partial || survey->spf.cut;
	survey->questions = dns_question_count(making.work.client);
	sort_findings(survey);
	return survey;
}

bool survey_is_bad(const struct survey *survey)
{
	for (size_t i = 0; i < survey->selectors.count; i++)
		if (survey->selectors.items[i].same_as[0] != '\0')
			return true;
	for (size_t i = 0; i < survey->finding_count; i++)
		if (rank_of(&survey->findings[i]) < 4)
			return true;
	return false;
}
