/* What a domain publishes for mail, and what is wrong with it: "sekisho domain". No message is needed:
 * scenes stand in for one (scene.h), and the causes, sentences and fixes are those of the diagnosis. */
#ifndef SURVEY_SURVEY_H
#define SURVEY_SURVEY_H

#include "survey/exchangers.h"
#include "survey/proposal.h"
#include "survey/selectors.h"
#include "survey/senders.h"
#include "survey/spf_chart.h"

struct survey_request {
	const char *domain; /* usable (base/domain.h) */
	struct asked_selectors selectors;
	struct netaddr client; /* family NONE: nobody is asked about */
	enum language language;
	struct remembered_keys remembered; /* of the domain */
};

enum { SURVEY_FINDINGS_MAX = 64 };

struct survey_finding {
	struct diagnosis diagnosis;
	const char *about;  /* "shop._domainkey.example.com", "192.0.2.1"; "" for the domain itself */
	bool only_if_sends; /* holds only if the host in about sends mail */
};

struct survey {
	const char *domain;
	const char *organization;
	struct spf_chart spf;
	struct exchangers mx;
	struct senders senders;
	struct proposal proposal; /* for the client that was asked about, when no cause has a record for it */
	struct selectors selectors;
	bool keys_elsewhere; /* there are keys, under names that were not tried */
	struct dmarc_verdict dmarc;
	bool mta_sts, tls_reports, bimi; /* present, no more was looked at */
	bool sends_nothing;              /* it says so: "v=spf1 -all" */
	struct survey_finding findings[SURVEY_FINDINGS_MAX];
	size_t finding_count;
	bool partial; /* a limit, or a question without answer, left something open */
	unsigned questions;
};

/* Waits for DNS, SURVEY_WAIT_MS at most. tools: libraries, settings, suffixes, dns, arena and the time;
 * the survey lives in the arena. */
const struct survey *survey_make(const struct work *tools, const struct survey_request *request);

/* Is anything wrong for certain? Remarks of severity "info" and what holds only perhaps do not count. */
bool survey_is_bad(const struct survey *survey);

#endif
