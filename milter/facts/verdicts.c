#include "facts/verdicts.h"

#include <string.h>

enum result verdicts_dkim_best(const struct verdicts *verdicts)
{
	static const enum result best_first[] = {
		RESULT_PASS,
		RESULT_POLICY,
		RESULT_NEUTRAL,
		RESULT_TEMPERROR,
		RESULT_FAIL,
		RESULT_PERMERROR,
	};

	for (size_t best = 0; best < sizeof best_first / sizeof best_first[0]; best++)
		for (size_t i = 0; i < verdicts->signature_count; i++)
			if (verdicts->signatures[i].result == best_first[best])
				return best_first[best];
	return RESULT_NONE;
}

const char *verdicts_word(const struct verdicts *verdicts, const char *method)
{
	const struct {
		const char *method;
		enum result result;
	} results[] = {
		{"spf", verdicts->spf.result},
		{"dkim", verdicts_dkim_best(verdicts)},
		{"dmarc", verdicts->dmarc.result},
		{"arc", verdicts->arc.result},
		{"iprev", verdicts->iprev.result},
	};

	for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
		if (strcmp(method, results[i].method) == 0)
			return result_word(results[i].result);
	return "";
}

bool verdicts_arc_overrides(const struct verdicts *verdicts)
{
	return verdicts->dmarc.result == RESULT_FAIL && verdicts->arc.result == RESULT_PASS &&
	       verdicts->arc.vouching > 0 && verdicts->arc.vouching_trusted;
}

struct verdicts verdicts_empty(void)
{
	struct verdicts empty = {
		.skip_reason = "",
		.spf = {.sender = "",
			.domain = "",
			.record = "",
			.explanation = "",
			.fault_domain = "",
			.fault_text = ""},
		.dmarc = {.fault_text = "",
			.fault_domain = "",
			.author_domain = "",
			.author_organization = "",
			.record_domain = "",
			.record = "",
			.bad_tag = "",
			.rua = "",
			.ruf = "",
			.pct = 100},
		.iprev = {.name = ""},
		.arc = {.fault_text = "", .key_name = ""},
	};

	return empty;
}

bool verdicts_doubt_body(const struct verdicts *verdicts)
{
	const struct signature_verdict *sealed = verdicts->arc.message_signature;

	if (sealed != NULL && !sealed->body_hash_matches)
		return true;
	for (size_t i = 0; i < verdicts->signature_count; i++)
		if (verdicts->signatures[i].digests_known && !verdicts->signatures[i].body_hash_matches)
			return true;
	return false;
}
