/* SPF did not match, and the record itself says why: repairs are tried one by one, the
 * surest first. Proven: the repaired record lets the client pass. */
#include "base/arena.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/edit_distance.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"

#include <string.h>

/* Ours: repairs tried for one record; whoever writes 300 wrong words gets no 300 evaluations. */
enum { REPAIRS_MAX = 20, NEAR_TRIED = 2 };

struct view {
	struct collection *collection;
	const struct findings_so_far *facts;
	const struct spf_verdict *spf;
	struct spf_words words;
	struct arena *arena;
	unsigned *repairs_left;
};

/* How sure is a repair? Not at all when it was tried and does not help. */
static bool repair_helps(const struct view *view, const char *record, enum confidence *confidence)
{
	enum spf_try result = SPF_TRY_OTHER;

	if (*view->repairs_left > 0) {
		--*view->repairs_left;
		result = spf_attempt_here(view->collection, record).outcome;
	}
	*confidence = result == SPF_TRY_PASS ? CONFIDENCE_PROVEN : CONFIDENCE_LIKELY;
	return result != SPF_TRY_OTHER;
}

static bool is_all(const struct spf_word *word)
{
	return spf_word_is(word, "all") && word->separator == '\0';
}

/* The first "all", or the count. */
static size_t index_of_all(const struct view *view)
{
	size_t i = 1;

	while (i < view->words.count && !is_all(&view->words.items[i]))
		i++;
	return i;
}

static bool explicit_deny(const struct view *view)
{
	const struct spf_term *term = view->spf->decided_by;
	const char *text = term == NULL ? "" : term->text;

	text += text[0] != '\0' && strchr("+-~?", text[0]) != NULL;
	if (term == NULL || text_equal(text, "all") || term->qualifier == '+')
		return false;
	cause_found(
		view->collection, CAUSE_SPF_EXPLICIT_DENY, CONFIDENCE_PROVEN, DETAILS({"mech", term->text}));
	return true;
}

/* Nothing but "all": either the domain never sends, or nobody ever filled the record in. */
static bool nothing_listed(const struct view *view)
{
	const struct answer *mx = inquire(view->collection, view->spf->domain, RR_MX);
	bool without_mx;

	if (view->words.count != 2 || !is_all(&view->words.items[1]))
		return false;
	without_mx = mx != NULL &&
		     (answer_is_negative(mx) ||
			     (mx->kind == ANSWER_RECORDS && strcmp(known_mx_host(&mx->values[0]), ".") == 0));
	if (without_mx && view->words.items[1].qualifier == '-' && view->spf->result == RESULT_FAIL)
		cause_found(view->collection, CAUSE_SPF_PARKED_DOMAIN_FORGED, CONFIDENCE_STRONG, NULL);
	else
		cause_found(view->collection, CAUSE_SPF_NOTHING_LISTED,
			mx != NULL ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
			DETAILS({"fix", spf_proposal(view->collection,
						spf_text_with(view->spf->record,
							spf_client_word(view->collection), view->arena))}));
	return true;
}

static bool version_repeated(const struct view *view)
{
	const char *merged = spf_text_all_last(view->spf->record, view->arena);
	enum confidence confidence;

	for (size_t i = 1; i < view->words.count; i++) {
		if (!text_equal(view->words.items[i].text, "v=spf1"))
			continue;
		if (!repair_helps(view, merged, &confidence))
			return false;
		cause_found(view->collection, CAUSE_SPF_VERSION_REPEATED, confidence,
			DETAILS({"fix", spf_proposal(view->collection, merged)}));
		return true;
	}
	return false;
}

/* The repair is the same for several terms behind "all"; the first that would match is named. */
static bool mechanism_after_all(const struct view *view)
{
	const char *repaired = spf_text_all_last(view->spf->record, view->arena);
	enum confidence confidence;

	for (size_t i = index_of_all(view) + 1; i < view->words.count; i++) {
		const struct spf_word *word = &view->words.items[i];
		const char *alone = arena_printf(view->arena, "v=spf1 %s", word->text);

		if (word->separator == '=' || is_all(word) || !repair_helps(view, alone, &confidence) ||
			!repair_helps(view, repaired, &confidence))
			continue;
		cause_found(view->collection, CAUSE_SPF_MECHANISM_AFTER_ALL, confidence,
			DETAILS({"mech", word->text}, {"fix", spf_proposal(view->collection, repaired)}));
		return true;
	}
	return false;
}

static bool redirect_ignored(const struct view *view)
{
	enum confidence confidence;

	if (index_of_all(view) == view->words.count)
		return false;
	for (size_t i = 1; i < view->words.count; i++) {
		const struct spf_word *word = &view->words.items[i];

		if (!spf_word_is(word, "redirect") || word->separator != '=' ||
			!repair_helps(view, arena_printf(view->arena, "v=spf1 redirect=%s", word->value),
				&confidence))
			continue;
		cause_found(view->collection, CAUSE_SPF_REDIRECT_IGNORED, confidence,
			DETAILS({"target", word->value}));
		return true;
	}
	return false;
}

/* "include=…" is a legal unknown modifier: no reader complains, and it does nothing. */
static bool separator_swapped(const struct view *view)
{
	static const char *const names[] = {"include", "a", "mx", "ip4", "ip6", "ptr", "exists"};
	enum confidence confidence;

	for (size_t i = 1; i < view->words.count; i++) {
		const struct spf_word *word = &view->words.items[i];
		const char *meant = arena_printf(view->arena, "%s:%s", word->name, word->value);

		for (size_t n = 0; word->separator == '=' && n < sizeof names / sizeof names[0]; n++) {
			if (!spf_word_is(word, names[n]) ||
				!repair_helps(
					view, arena_printf(view->arena, "v=spf1 %s", meant), &confidence))
				continue;
			spf_separator_cause(view->collection, word->text, meant);
			return true;
		}
	}
	return false;
}

static bool is_documentation(const struct netaddr *address)
{
	static const char *const networks[] = {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
		"2001:db8::/32"}; /* RFC 5737, RFC 3849 */

	for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
		struct network network;

		if (network_parse(networks[i], &network) && network_contains(&network, address))
			return true;
	}
	return false;
}

/* Addresses of examples are nobody's, unless DNS knows whose: then the world in question is made of them. */
static bool is_example(const struct view *view, const struct netaddr *address)
{
	const struct answer *owner;

	if (!is_documentation(address) || is_documentation(&view->facts->envelope->client))
		return false;
	owner = inquire(view->collection, netaddr_reverse_name(address, view->arena), RR_PTR);
	return owner == NULL ? view->facts->inquiry == NULL : answer_is_negative(owner);
}

static bool placeholder(const struct view *view)
{
	for (size_t i = 1; i < view->words.count; i++) {
		const struct spf_word *word = &view->words.items[i];
		struct network network;

		if (!spf_word_network(word, &network) || word->qualifier != '+')
			continue;
		if (!netaddr_is_private(&network.address) && !is_example(view, &network.address))
			continue;
		cause_found(view->collection, CAUSE_SPF_PLACEHOLDER_IP, CONFIDENCE_STRONG,
			DETAILS({"listed", word->value}));
		return true;
	}
	return false;
}

/* "192.0.2.0" without a length, or a length that misses the client by one or two bits. */
static bool cidr_too_narrow(const struct view *view)
{
	const struct netaddr *client = &view->facts->envelope->client;

	for (size_t i = 1; i < view->words.count; i++) {
		const struct spf_word *word = &view->words.items[i];
		const char *host = arena_copy(view->arena, word->value, strcspn(word->value, "/"));
		bool written = strchr(word->value, '/') != NULL;
		struct network network;
		unsigned wider;

		if (!spf_word_network(word, &network) || word->qualifier != '+' || network.prefix < 3)
			continue;
		if (!written && (network.address.family != NETADDR_IPV4 || network.address.octets[3] != 0))
			continue;
		wider = written ? network.prefix - 2 : 24;
		if (!netaddr_match(&network.address, client, wider))
			continue;
		if (written && netaddr_match(&network.address, client, wider + 1))
			wider++;
		cause_found(view->collection, CAUSE_SPF_CIDR_TOO_NARROW,
			written ? CONFIDENCE_LIKELY : CONFIDENCE_STRONG,
			DETAILS({"listed", word->value},
				{"fix", arena_printf(view->arena, "%s:%s/%u", word->name, host, wider)}));
		return true;
	}
	return false;
}

static bool same_organization(const struct view *view, const char *a, const char *b)
{
	return a[0] != '\0' && b[0] != '\0' &&
	       text_equal(suffixes_organization(view->facts->suffixes, a),
		       suffixes_organization(view->facts->suffixes, b));
}

/* Whose is the listed address? Asked only where it is near the client's. */
static const char *reverse_name(const struct view *view, const struct network *network, bool *known)
{
	const struct answer *answer =
		inquire(view->collection, netaddr_reverse_name(&network->address, view->arena), RR_PTR);

	*known = answer != NULL && !answer_is_trouble(answer);
	return *known && answer->kind == ANSWER_RECORDS ? answer->values[0].text : "";
}

static const char *corrected(const struct view *view, const struct spf_word *word)
{
	return spf_proposal(
		view->collection, spf_text_replaced(view->spf->record, word->position, strlen(word->text),
					  spf_client_word(view->collection), view->arena));
}

/* One listed address beside the client's, and both are the provider's: a neighbour in its pool. A
 * forger's address is near by chance: without a signature the reverse names must speak for it. */
static bool is_neighbour(const struct view *view, const struct spf_word *word, const struct network *network)
{
	const struct netaddr *client = &view->facts->envelope->client;
	const char *ptr = view->facts->verdicts->iprev.name, *listed;
	bool known;

	if (ptr[0] == '\0' || same_organization(view, ptr, view->spf->domain) ||
		!netaddr_match(&network->address, client, client->family == NETADDR_IPV6 ? 64 : 24))
		return false;
	listed = reverse_name(view, network, &known);
	if (known ? !same_organization(view, ptr, listed) : !spf_domain_signed(view->collection))
		return false;
	cause_found(view->collection, CAUSE_SPF_IP_NEAR_LISTED, known ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
		DETAILS({"listed", word->value}, {"fix", corrected(view, word)}));
	return true;
}

/* One keystroke away from the client's address, and nobody's we know. */
static bool is_slip(const struct view *view, const struct spf_word *word, const struct network *network)
{
	char text[NETADDR_TEXT_SIZE];
	const char *listed;
	bool known;

	if (edit_distance(word->value, netaddr_format(&view->facts->envelope->client, text)) != 1)
		return false;
	listed = reverse_name(view, network, &known);
	if (same_organization(view, view->spf->domain, listed))
		return false;
	cause_found(view->collection, CAUSE_SPF_IP_TYPO, known ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
		DETAILS({"listed", word->value}, {"fix", corrected(view, word)}));
	return true;
}

static bool any_listed(const struct view *view,
	bool (*test)(const struct view *view, const struct spf_word *word, const struct network *network))
{
	unsigned whole = view->facts->envelope->client.family == NETADDR_IPV6 ? 128 : 32;
	int tried = 0;

	for (size_t i = 1; i < view->words.count && tried < NEAR_TRIED; i++) {
		const struct spf_word *word = &view->words.items[i];
		struct network network;
		size_t before = inquiry_size(view->collection);

		if (!spf_word_network(word, &network) || network.prefix != whole || word->qualifier != '+')
			continue;
		if (test(view, word, &network))
			return true;
		tried += inquiry_size(view->collection) > before;
	}
	return false;
}

static struct view view_of(struct collection *collection, unsigned *repairs_left)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	return (struct view){
		.collection = collection,
		.facts = collection->facts,
		.spf = spf,
		.words = spf_words_of(spf->record, collection->arena),
		.arena = collection->arena,
		.repairs_left = repairs_left,
	};
}

bool spf_slip_cause(struct collection *collection)
{
	unsigned repairs_left = 0;
	const struct view view = view_of(collection, &repairs_left);

	if (!same_organization(&view, view.facts->verdicts->iprev.name, view.spf->domain) &&
		!spf_domain_signed(collection))
		return false; /* a forger's address is near by chance */
	return any_listed(&view, is_slip);
}

bool spf_record_causes(struct collection *collection)
{
	unsigned repairs_left = REPAIRS_MAX;
	const struct view view = view_of(collection, &repairs_left);

	return explicit_deny(&view) || nothing_listed(&view) || version_repeated(&view) ||
	       mechanism_after_all(&view) || redirect_ignored(&view) || separator_swapped(&view) ||
	       spf_seam_cause(collection) || placeholder(&view) || cidr_too_narrow(&view) ||
	       any_listed(&view, is_neighbour) ||
	       (view.spf->result == RESULT_NEUTRAL && spf_truncated_cause(collection));
}
