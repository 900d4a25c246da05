#include "report/authres.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/authres_dkim.h"

#include <string.h>

static const char *word_shown(enum result result, struct arena *arena)
{
	const char *word = result_word(result);

	return text_upper(arena, word, strlen(word));
}

/* Unlike in the header, Gmail writes all eight groups of an IPv6 address here. */
static void add_client(struct buf *out, const struct netaddr *client)
{
	char text[NETADDR_TEXT_SIZE];

	if (client->family != NETADDR_IPV6) {
		buf_text(out, netaddr_format(client, text));
		return;
	}
	for (size_t i = 0; i < sizeof client->octets; i += 2)
		buf_printf(out, "%s%x", i > 0 ? ":" : "",
			(unsigned)client->octets[i] << 8 | client->octets[i + 1]);
}

/* The panel has room for one signature: an aligned pass, else a pass, else the author's own, else
 * the first. */
static const struct signature_verdict *signature_to_show(const struct verdicts *verdicts)
{
	const struct signature_verdict *best = NULL;
	int best_rank = -1;

	for (size_t i = 0; i < verdicts->signature_count; i++) {
		bool aligned =
			i < verdicts->dmarc.dkim_count && verdicts->dmarc.dkim_alignments[i] != ALIGNMENT_NO;
		int rank = (verdicts->signatures[i].result == RESULT_PASS ? 2 : 0) + (aligned ? 1 : 0);

		if (rank > best_rank) {
			best_rank = rank;
			best = &verdicts->signatures[i];
		}
	}
	return best;
}

const char *show_original_table(const struct findings *findings, struct arena *arena)
{
	const struct verdicts *verdicts = findings->verdicts;
	const struct signature_verdict *signature = signature_to_show(verdicts);
	struct buf out = buf_in(arena);

	if (verdicts->skipped)
		return "";
	buf_printf(&out, "SPF:\t%s with IP ", word_shown(verdicts->spf.result, arena));
	add_client(&out, &findings->envelope->client);
	buf_char(&out, '\n');
	if (signature != NULL) {
		const char *domain = signature_domain_shown(signature, arena);

		buf_printf(&out, "DKIM:\t'%s'", word_shown(signature_words_of(signature).shown, arena));
		if (domain[0] != '\0')
			buf_printf(&out, " with domain %s", domain);
		buf_char(&out, '\n');
	}
	if (verdicts->dmarc.result != RESULT_NONE)
		buf_printf(&out, "DMARC:\t'%s'\n", word_shown(verdicts->dmarc.result, arena));
	return out.data;
}
