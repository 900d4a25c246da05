#include "diagnose/spf_proposal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/key_fix.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_lint.h"
#include "message/envelope.h"

#include <string.h>

enum {
	STRING_MAX = 255, /* RFC 1035 section 3.3 */
	PANEL_MAX = 127,  /* control panels with short fields */
};

static enum spf_try read_off(
	struct collection *collection, const struct netaddr *client, const char *domain, const char *record)
{
	const struct evidence *evidence = &collection->facts->evidence;
	const struct rdata *published;

	if (record[0] == '\0') {
		published = known_text(known_answer(evidence, domain, RR_TXT), "v=spf1");
		if (published == NULL)
			return SPF_TRY_UNKNOWN;
		record = published->text;
	}
	return spf_text_try(evidence, domain, record, client, collection->arena);
}

struct spf_attempt spf_attempt_of(
	struct collection *collection, const struct netaddr *client, const char *domain, const char *record)
{
	struct spf_attempt attempt = {.outcome = read_off(collection, client, domain, record)};
	const struct spf_trial *trial;

	if (attempt.outcome == SPF_TRY_OTHER || client->family == NETADDR_NONE)
		return attempt;
	trial = inquire_spf(collection, client, domain, record);
	if (trial == NULL)
		return attempt;
	return (struct spf_attempt){
		.outcome = trial->result == RESULT_PASS        ? SPF_TRY_PASS
			   : trial->result == RESULT_TEMPERROR ? SPF_TRY_UNKNOWN
							       : SPF_TRY_OTHER,
		.real = true,
		.lookups = trial->lookups,
		.result = trial->result,
	};
}

struct spf_attempt spf_attempt_here(struct collection *collection, const char *record)
{
	const struct findings_so_far *facts = collection->facts;

	return spf_attempt_of(collection, &facts->envelope->client, facts->verdicts->spf.domain, record);
}

enum confidence spf_attempt_confidence(const struct spf_attempt *attempt)
{
	return attempt->outcome == SPF_TRY_PASS ? CONFIDENCE_PROVEN : CONFIDENCE_LIKELY;
}

const char *spf_client_word(const struct collection *collection)
{
	const struct netaddr *client = &collection->facts->envelope->client;
	char text[NETADDR_TEXT_SIZE];

	return arena_printf(collection->arena, "%s:%s", client->family == NETADDR_IPV6 ? "ip6" : "ip4",
		netaddr_format(client, text));
}

/* Strings of at most max octets, cut behind blanks where there are any. */
static void add_strings(struct buf *out, const char *record, size_t max)
{
	while (*record != '\0') {
		size_t len = strlen(record);

		if (len > max) {
			len = max;
			while (len > 1 && record[len - 1] != ' ')
				len--;
			len = len > 1 ? len : max;
		}
		buf_printf(out, " \"%.*s\"", (int)len, record);
		record += len;
	}
}

/* "@", or the labels in front of the zone. */
static void add_host(struct buf *out, const struct collection *collection, const char *domain)
{
	const char *zone = suffixes_organization(collection->facts->suffixes, domain);
	size_t len = strlen(domain), zone_len = strlen(zone);

	if (collection->facts->language == LANGUAGE_JA)
		buf_printf(out, "（管理画面のホスト名欄は「%s」）", key_fix_host(collection, domain));
	else if (len == zone_len || !domain_is_below(domain, zone))
		buf_text(out, " (host name \"@\")");
	else
		buf_printf(
			out, " (host name \"%.*s\" in the zone %s)", (int)(len - zone_len - 1), domain, zone);
}

const char *spf_line(struct collection *collection, const char *record)
{
	const char *domain = collection->facts->verdicts->spf.domain;
	struct buf out = buf_in(collection->arena);

	buf_printf(&out, "%s. TXT", domain);
	add_strings(&out, record, STRING_MAX);
	add_host(&out, collection, domain);
	if (strlen(record) > PANEL_MAX) {
		bool japanese = collection->facts->language == LANGUAGE_JA;

		buf_text(&out,
			japanese ? "（127文字までの管理画面では" : "; where a field takes 127 characters:");
		add_strings(&out, record, PANEL_MAX);
		buf_text(&out, japanese ? "）" : "");
	}
	return out.data;
}

/* Does anything but the envelope connect the client with the domain? A forger's address is not proposed. */
static bool client_is_related(const struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct iprev_verdict *iprev = &facts->verdicts->iprev;

	return spf_domain_signed(collection) ||
	       (iprev->result == RESULT_PASS &&
		       text_equal(suffixes_organization(facts->suffixes, iprev->name),
			       suffixes_organization(facts->suffixes, facts->verdicts->spf.domain)));
}

const char *spf_publication(struct collection *collection, const char *record)
{
	const char *mended = spf_lint_mended(record, collection->arena);
	struct spf_attempt attempt;

	record = mended != NULL ? mended : record;
	attempt = spf_attempt_here(collection, record);
	if (attempt.outcome == SPF_TRY_OTHER && !(attempt.real && attempt.result == RESULT_PERMERROR) &&
		client_is_related(collection))
		record = spf_text_with(record, spf_client_word(collection), collection->arena);
	return spf_line(collection, record);
}

const char *spf_proposal(struct collection *collection, const char *record)
{
	const char *published = collection->facts->verdicts->spf.record;
	const char *word = spf_client_word(collection);

	if (spf_attempt_here(collection, record).outcome == SPF_TRY_OTHER)
		record = spf_text_with(
			published[0] != '\0' ? published : "v=spf1 ~all", word, collection->arena);
	if (spf_attempt_here(collection, record).outcome ==
		SPF_TRY_OTHER) /* something in front excludes it */
		record = spf_text_replaced(published[0] != '\0' ? published : "v=spf1 ~all", strlen("v=spf1"),
			0, arena_printf(collection->arena, " %s", word), collection->arena);
	return spf_line(collection, record);
}
