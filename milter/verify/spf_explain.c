#include "verify/spf_check.h"

#include "base/arena.h"
#include "dns/dns.h"

/* RFC 7208 section 6.2: any trouble, several records, or a text that is not plain US-ASCII with good
 * macros means no explanation. Its lookups are no voids and count nothing. */
const char *spf_explanation(struct spf_check *check)
{
	const struct spf_frame *frame = check->speaker;
	const struct answer *answer;
	struct spf_token token;
	struct span text, bad;

	if (frame == NULL || frame->record.exp == NULL)
		return "";
	token = (struct spf_token){.frame = check->speaker, .term = frame->record.exp};
	answer = dns_ask(check->work->client, spf_target_of(check, &token), RR_TXT);
	if (answer->count != 1)
		return "";
	text = (struct span){answer->values[0].text, answer->values[0].len};
	for (size_t i = 0; i < text.len; i++)
		if (!text_is_printable(text.at[i]))
			return "";
	if (text.len > SPFRECORD_OCTETS_MAX || !spf_macro_check(text, SPFMACRO_IN_EXPLANATION, &bad))
		return "";
	return spf_macro_explanation(check->arena, text, spf_values_for(check, frame->domain, text));
}
