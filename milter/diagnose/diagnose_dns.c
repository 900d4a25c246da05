/* What is wrong with DNS itself: why a verdict ended in temperror. */
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"

/* A resolver that validates and does not say so answers SERVFAIL, and the data with checking disabled. */
static bool is_hidden_bogus(struct collection *collection, const struct answer *answer)
{
	const struct answer *unchecked;

	if (answer->trouble != TROUBLE_SERVFAIL)
		return false;
	unchecked = inquire_how(collection, (struct question){.name = answer->asked.name,
						    .type = answer->asked.type,
						    .mode = ASK_UNCHECKED,
						    .server = ""});
	return unchecked != NULL && unchecked->kind == ANSWER_RECORDS;
}

static void trouble_cause(struct collection *collection, const struct answer *answer)
{
	const char *name = answer->asked.name, *reason = known_reason(answer, collection->arena);
	bool said = answer->kind == ANSWER_BOGUS;

	if (said || is_hidden_bogus(collection, answer)) {
		cause_found(collection, CAUSE_DNS_DNSSEC_BOGUS, said ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
			DETAILS({"name", name},
				{"ede_text", said ? reason : "it answers with checking disabled"}));
		return;
	}
	switch (answer->trouble) {
	case TROUBLE_TCP:
		cause_found(collection, CAUSE_DNS_TCP_BLOCKED, CONFIDENCE_STRONG, DETAILS({"name", name}));
		break;
	case TROUBLE_TIMEOUT:
		cause_found(collection, CAUSE_DNS_TIMEOUT, CONFIDENCE_STRONG, DETAILS({"name", name}));
		break;
	case TROUBLE_SERVFAIL:
	case TROUBLE_REFUSED:
	case TROUBLE_LOOP:
	case TROUBLE_BROKEN:
		cause_found(collection, CAUSE_DNS_SERVFAIL, CONFIDENCE_STRONG,
			DETAILS({"name", name}, {"reason", reason}));
		break;
	case TROUBLE_NONE:
	case TROUBLE_BUDGET: /* ours: the code of the verdict says it */
	case TROUBLE_LOCAL:  /* rx-resolver-failure */
		break;
	}
}

static void troubles_of(struct collection *collection, const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++)
		if (answer_is_trouble(evidence->answers[i]))
			trouble_cause(collection, evidence->answers[i]);
}

void resolver_causes(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;

	if (verdicts->spf.result == RESULT_TEMPERROR)
		troubles_of(collection, &verdicts->spf.evidence);
	if (verdicts->arc.fault == ARCFAULT_KEY_DNS && verdicts->arc.key_answer != NULL)
		trouble_cause(collection, verdicts->arc.key_answer);
	for (size_t i = 0; i < verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];

		if (signature->fault == SIGFAULT_KEY_DNS && signature->key_answer != NULL)
			trouble_cause(collection, signature->key_answer);
	}
	if (verdicts->dmarc.result == RESULT_TEMPERROR)
		troubles_of(collection, &verdicts->dmarc.evidence);
}
