#include "survey/proposal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "diagnose/sentence.h"
#include "diagnose/spf_text.h"
#include "survey/scene.h"
#include "verify/trial.h"

#include <string.h>

enum { STRING_MAX = 255 }; /* RFC 1035 section 3.3 */

/* Strings of at most 255 octets, cut behind a blank. */
static const char *zone_line(const char *domain, const char *record, struct arena *arena)
{
	struct buf out = buf_in(arena);

	buf_printf(&out, "%s. TXT", domain);
	while (*record != '\0') {
		size_t len = strlen(record);

		if (len > STRING_MAX) {
			len = STRING_MAX;
			while (len > 1 && record[len - 1] != ' ')
				len--;
			len = len > 1 ? len : STRING_MAX;
		}
		buf_printf(&out, " \"%s\"",
			sentence_quote(arena_copy(arena, record, len), DETAIL_RECORD_MAX, arena));
		record += len;
	}
	return out.data;
}

struct proposal proposal_for(const struct scene *scene)
{
	struct arena *arena = scene->work.arena;
	const struct spf_verdict *spf = &scene->verdicts.spf;
	const struct netaddr *client = &scene->envelope.client;
	char address[NETADDR_TEXT_SIZE];
	const char *word = arena_printf(arena, "%s:%s", client->family == NETADDR_IPV6 ? "ip6" : "ip4",
		netaddr_format(client, address));
	struct spf_trial trial = {
		.client = *client,
		.domain = spf->domain,
		.record = spf_text_with(spf->record[0] != '\0' ? spf->record : "v=spf1 ~all", word, arena),
		.matched = "",
	};

	trial_spf(&scene->work, &trial);
	if (trial.result != RESULT_PASS)
		return (struct proposal){.line = ""}; /* something else is to be mended first */
	return (struct proposal){
		.line = zone_line(spf->domain, trial.record, arena), .lookups = trial.lookups};
}
