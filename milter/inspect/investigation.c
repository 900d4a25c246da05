#include "inspect/investigation.h"

#include "dns/dns.h"
#include "verify/trial.h"
#include "verify/verify.h"

void investigation_begin(struct investigation *investigation)
{
	investigation->done = (struct trials){.spf = investigation->spf, .keys = investigation->keys};
	investigation->partial = false;
}

static void ask_all(
	struct investigation *investigation, const struct inquiry *inquiry, const struct work *work)
{
	/* All are on their way before the first is waited for. */
	for (size_t i = 0; i < inquiry->question_count && i < dns_questions_left(work->client); i++)
		if (inquiry->questions[i].mode == ASK_NORMAL &&
			dns_client_may_ask(work->client, inquiry->questions[i].name))
			dns_warm(work->dns, inquiry->questions[i].name, inquiry->questions[i].type);
	for (size_t i = 0; i < inquiry->question_count; i++)
		if (dns_ask_how(work->client, inquiry->questions[i])->trouble == TROUBLE_BUDGET)
			investigation->partial = true;
}

bool investigation_pursue(struct investigation *investigation, const struct inquiry *inquiry,
	const struct work *work, const struct verdicts *verdicts)
{
	struct trials *done = &investigation->done;

	if (inquiry_is_empty(inquiry))
		return false;
	ask_all(investigation, inquiry, work);
	for (size_t i = 0; i < inquiry->spf_count && done->spf_count < INQUIRY_TRIALS_MAX; i++) {
		investigation->spf[done->spf_count] = inquiry->spf[i];
		trial_spf(work, &investigation->spf[done->spf_count++]);
	}
	for (size_t i = 0; i < inquiry->key_count && done->key_count < INQUIRY_TRIALS_MAX; i++) {
		investigation->keys[done->key_count] = inquiry->keys[i];
		trial_key(work, verdicts, &investigation->keys[done->key_count++]);
	}
	if (inquiry->question_count == 0 && !inquiry->alterations_wanted &&
		(inquiry->spf_count == 0 || done->spf_count == INQUIRY_TRIALS_MAX) &&
		(inquiry->key_count == 0 || done->key_count == INQUIRY_TRIALS_MAX)) {
		investigation->partial = true;
		return false;
	}
	return true;
}
