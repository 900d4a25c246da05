/* SPF did not match and the record is sound: what it relies on does not lead to the client. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"

#include <string.h>

enum { SIBLINGS_TRIED = 4 }; /* ours */

/* The same host over IPv4 would have passed. */
static bool other_family(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct spf_verdict *spf = &facts->verdicts->spf;
	const char *names[] = {facts->verdicts->iprev.name, facts->envelope->helo_domain.name};
	bool same = text_equal(names[0], names[1]);

	for (size_t n = 0; facts->envelope->client.family == NETADDR_IPV6 && n < (same ? 1u : 2u); n++) {
		const struct answer *answer = inquire(collection, names[n], RR_A);

		for (size_t i = 0; answer != NULL && i < answer->count && i < SIBLINGS_TRIED; i++) {
			struct netaddr sibling;
			struct spf_attempt attempt;

			if (!netaddr_parse(answer->values[i].text, &sibling))
				continue;
			attempt = spf_attempt_of(collection, &sibling, spf->domain, spf->record);
			if (attempt.outcome != SPF_TRY_PASS)
				continue;
			cause_found(collection, CAUSE_SPF_IPV6_NOT_LISTED, CONFIDENCE_PROVEN,
				DETAILS({"v4", answer->values[i].text},
					{"fix", spf_proposal(collection, spf_text_with(spf->record,
										 spf_client_word(collection),
										 collection->arena))}));
			return true;
		}
	}
	return false;
}

/* The first host of the MX that can never match: an address, or a name without any. */
static const char *broken_mx_host(struct collection *collection, const char *name)
{
	const struct evidence *evidence = &collection->facts->evidence;
	const struct answer *mx = inquire(collection, name, RR_MX);

	for (size_t i = 0; mx != NULL && mx->kind == ANSWER_RECORDS && i < mx->count && i < SIBLINGS_TRIED;
		i++) {
		const char *host = known_mx_host(&mx->values[i]);

		if (domain_is_address(host))
			return host;
		if (known_answer(evidence, host, RR_A) == NULL)
			(void)inquire(collection, host, RR_A);
		else if (answer_is_negative(known_answer(evidence, host, RR_A)))
			(void)inquire(collection, host, RR_AAAA);
		if (known_without_address(evidence, host) == KNOWN_YES)
			return host;
	}
	return NULL;
}

static bool uses_mx(const struct spf_words *words)
{
	for (size_t i = 1; i < words->count; i++)
		if (spf_word_is(&words->items[i], "mx") && words->items[i].qualifier == '+')
			return true;
	return false;
}

static bool broken_mx(struct collection *collection, const struct spf_words *words)
{
	const struct findings_so_far *facts = collection->facts;
	struct netaddr meant;
	const char *host;
	bool itself;

	if (!uses_mx(words))
		return false;
	host = broken_mx_host(collection, facts->verdicts->spf.domain);
	if (host == NULL)
		return false;
	itself = netaddr_parse(host, &meant) && netaddr_equal(&meant, &facts->envelope->client);
	cause_found(collection, CAUSE_SPF_MX_MECHANISM_BROKEN, itself ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG,
		DETAILS({"mx", host}));
	return true;
}

/* Only one kind of mechanism could have allowed anybody. */
static bool relies_only_on(const struct spf_words *words, const char *name)
{
	size_t found = 0;

	for (size_t i = 1; i < words->count; i++) {
		const struct spf_word *word = &words->items[i];

		if (word->separator == '=' || word->qualifier != '+' || spf_word_is(word, "all"))
			continue;
		if (!spf_word_is(word, name))
			return false;
		found++;
	}
	return found > 0;
}

static bool reverse_name_only(struct collection *collection, const struct spf_words *words)
{
	const char *ptr = collection->facts->verdicts->iprev.name;

	if (!relies_only_on(words, "ptr"))
		return false;
	if (ptr[0] == '\0')
		ptr = collection->facts->language == LANGUAGE_JA ? "なし" : "missing";
	cause_found(collection, CAUSE_SPF_PTR_UNMATCHED, CONFIDENCE_STRONG, DETAILS({"ptr", ptr}));
	return true;
}

/* The service behind exists:%{i}… knows the client and said no. */
static bool macro_refused(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	for (size_t i = 0; i < spf->term_count; i++) {
		const struct spf_term *term = &spf->terms[i];

		if (text_find(term->text, strlen(term->text), "exists:") == NULL ||
			strstr(term->text, "%{") == NULL || term->outcome != TERM_NO_MATCH)
			continue;
		cause_found(collection, CAUSE_SPF_MACRO_EXISTS_REFUSED, CONFIDENCE_STRONG,
			DETAILS({"query", term->target}));
		return true;
	}
	return false;
}

/* "a:smtp.example.com" names the very host that connected, but its address record is another. */
static bool stale_name(struct collection *collection, const struct spf_words *words)
{
	const struct findings_so_far *facts = collection->facts;
	const struct evidence *evidence = &facts->evidence;

	for (size_t i = 1; i < words->count; i++) {
		const struct spf_word *word = &words->items[i];
		const char *host = arena_copy(collection->arena, word->value, strcspn(word->value, "/"));
		const char *old;

		if (!spf_word_is(word, "a") || word->separator != ':' ||
			(!text_equal(host, facts->envelope->helo_domain.name) &&
				!text_equal(host, facts->verdicts->iprev.name)))
			continue;
		if (known_address(evidence, host, &facts->envelope->client, 0) == KNOWN_NOT)
			continue;
		old = known_addresses(evidence, host, collection->arena);
		cause_found(collection, CAUSE_SPF_MECHANISM_STALE_NAME, CONFIDENCE_STRONG,
			DETAILS({"name", host}, {"old_ip", old[0] != '\0' ? old : "no address"}));
		return true;
	}
	return false;
}

/* Two of the address's numbers, in either order, in the name of an access pool. */
bool name_shows_address(const char *name, const struct netaddr *address, struct arena *arena)
{
	static const char marks[] = "-.x_";
	const uint8_t *octets = address->octets;
	bool named[4];

	/* Asked of every message: most names hold no number at all. */
	if (address->family != NETADDR_IPV4 || strpbrk(name, "0123456789") == NULL)
		return false;
	for (size_t i = 0; i < 4; i++)
		named[i] = strstr(name, arena_printf(arena, "%u", octets[i])) != NULL;
	for (size_t i = 0; i + 1 < 4; i++)
		for (const char *mark = marks; named[i] && named[i + 1] && *mark != '\0'; mark++) {
			const char *up = arena_printf(arena, "%u%c%u", octets[i], *mark, octets[i + 1]);
			const char *down = arena_printf(arena, "%u%c%u", octets[i + 1], *mark, octets[i]);

			if (strstr(name, up) != NULL || strstr(name, down) != NULL)
				return true;
		}
	return false;
}

bool name_is_of_pool(const char *name)
{
	static const char *const words[] = {"dyn", "dynamic", "dhcp", "ppp", "pppoe", "pool", "dsl", "adsl",
		"vdsl", "xdsl", "dialup", "dial", "cable", "catv", "broadband", "fiber", "ftth", "flets",
		"hikari", "ipngn", "ipbf", "customer", "cust", "mobile", "lte", "home", "residential",
		"client"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t len = strlen(words[i]);

		/* A whole word between hyphens, dots and digits. */
		for (const char *at = name; (at = text_find(at, strlen(at), words[i])) != NULL; at++)
			if ((at == name || !text_is_alpha(at[-1])) && !text_is_alpha(at[len]))
				return true;
	}
	return false;
}

bool spf_access_line(const struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *ptr = facts->verdicts->iprev.name, *helo = facts->envelope->helo;
	bool pool =
		name_is_of_pool(ptr) || name_shows_address(ptr, &facts->envelope->client, collection->arena);
	struct netaddr literal = {.family = NETADDR_NONE};
	bool machine = helo[0] != '\0' && strpbrk(helo, ".:[") == NULL;

	/* "[192.168.0.12]": a mail program behind somebody's router. */
	if (helo[0] == '[' &&
		netaddr_parse(arena_copy(collection->arena, helo + 1, strcspn(helo + 1, "]")), &literal))
		machine = netaddr_is_private(&literal);

	return facts->verdicts->signature_count == 0 && (pool || machine);
}

bool spf_reliance_causes(struct collection *collection)
{
	struct spf_words words = spf_words_of(collection->facts->verdicts->spf.record, collection->arena);

	return other_family(collection) || broken_mx(collection, &words) || macro_refused(collection) ||
	       reverse_name_only(collection, &words) || stale_name(collection, &words);
}
