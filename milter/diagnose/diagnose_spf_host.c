/* SPF did not match: is the client a host of the domain itself? Its website's, its MX, one of several,
 * or the new home of a domain whose record still names the old one. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"
#include "message/header_list.h"

#include <string.h>

enum {
	MX_HOSTS_TRIED = 3, /* ours: more are one pool */
	OLD_HOSTS_TRIED = 2,
};

struct view {
	struct collection *collection;
	const struct findings_so_far *facts;
	const struct spf_verdict *spf;
	const struct netaddr *client;
	enum rr_type type; /* of the client's family */
	struct arena *arena;
};

static const char *organization_of(const struct view *view, const char *name)
{
	return suffixes_organization(view->facts->suffixes, name);
}

static bool has_client(const struct view *view, const char *name)
{
	const struct answer *answer = inquire(view->collection, name, view->type);

	return answer != NULL && known_address(&view->facts->evidence, name, view->client,
					 view->type == RR_AAAA ? 128 : 32) == KNOWN_YES;
}

static bool record_allows(const struct view *view, const char *address)
{
	struct netaddr other;

	return netaddr_parse(address, &other) && !netaddr_equal(&other, view->client) &&
	       spf_attempt_of(view->collection, &other, view->spf->domain, view->spf->record).outcome ==
		       SPF_TRY_PASS;
}

/* An address of the name, other than the client's, that the record allows; NULL without one. */
static const char *allowed_address(const struct view *view, const char *name)
{
	const struct answer *answer = known_answer(&view->facts->evidence, name, view->type);

	for (size_t i = 0; answer != NULL && answer->kind == ANSWER_RECORDS && i < answer->count; i++)
		if (record_allows(view, answer->values[i].text))
			return answer->values[i].text;
	return NULL;
}

static const char *with_client(const struct view *view, const char *word)
{
	return spf_proposal(view->collection, spf_text_with(view->spf->record, word, view->arena));
}

static bool partial(const struct view *view, const char *listed)
{
	if (listed == NULL)
		return false;
	cause_found(view->collection, CAUSE_SPF_MULTI_HOST_PARTIAL, CONFIDENCE_STRONG,
		DETAILS({"listed", listed}, {"fix", with_client(view, spf_client_word(view->collection))}));
	return true;
}

/* What the hosts of the MX are. */
struct exchangers {
	bool client;        /* the client is one */
	const char *listed; /* another one's address that the record allows, or NULL */
};

static struct exchangers exchangers_of(const struct view *view)
{
	const struct answer *mx = inquire(view->collection, view->spf->domain, RR_MX);
	struct exchangers found = {.listed = NULL};

	for (size_t i = 0; mx != NULL && mx->kind == ANSWER_RECORDS && i < mx->count && i < MX_HOSTS_TRIED;
		i++) {
		const char *host = known_mx_host(&mx->values[i]);

		if (domain_is_address(host) || host[0] == '.')
			continue;
		found.client = has_client(view, host) || found.client;
		if (found.listed == NULL)
			found.listed = allowed_address(view, host);
	}
	return found;
}

/* Written by a program behind a web page, not by somebody's mail program. */
static bool has_form_traces(const struct view *view)
{
	static const char *const fields[] = {"X-PHP-Originating-Script", "X-PHP-Script", "X-WP-Mail"};
	static const char *const mailers[] = {"PHPMailer", "PHP/", "WordPress", "Drupal", "Joomla",
		"SwiftMailer", "EC-CUBE", "Magento", "Zend_Mail", "CodeIgniter"};
	static const char *const users[] = {
		"www-data", "apache", "httpd", "nginx", "nobody", "wordpress", "www"};
	const struct header_field *mailer = header_list_find(view->facts->header, "X-Mailer", 1);

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (header_list_find(view->facts->header, fields[i], 1) != NULL)
			return true;
	for (size_t i = 0; mailer != NULL && i < sizeof mailers / sizeof mailers[0]; i++)
		if (text_find(mailer->value, mailer->value_len, mailers[i]) != NULL)
			return true;
	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
		if (text_equal(view->facts->envelope->sender.local, users[i]))
			return true;
	return false;
}

/* Handed in by somebody who logged in (RFC 3848): then the client is the domain's own mail server. */
static bool was_submitted(const struct view *view)
{
	const struct header_field *received = header_list_find(view->facts->header, "Received", 1);

	return received != NULL &&
	       (text_find(received->value, received->value_len, "with ESMTPA") != NULL ||
		       text_find(received->value, received->value_len, "with ESMTPSA") != NULL);
}

/* A host that the record names, at another organisation than the client and the domain. */
struct old_host {
	const char *address, *name;
	bool certain; /* its reverse name says whose it is */
};

static bool is_foreign(const struct view *view, const char *name)
{
	const char *organization = organization_of(view, name);

	return !text_equal(organization, organization_of(view, view->facts->verdicts->iprev.name)) &&
	       !text_equal(organization, organization_of(view, view->spf->domain));
}

static bool literal_is_old(const struct view *view, const struct network *network, struct old_host *old)
{
	const char *reverse = netaddr_reverse_name(&network->address, view->arena);
	const struct answer *answer = inquire(view->collection, reverse, RR_PTR);
	char *text = arena_alloc(view->arena, NETADDR_TEXT_SIZE);
	bool named = answer != NULL && answer->kind == ANSWER_RECORDS;

	if (answer == NULL || answer_is_trouble(answer) ||
		(named && !is_foreign(view, answer->values[0].text)))
		return false;
	if (old->certain || (old->address[0] != '\0' && !named))
		return true;
	*old = (struct old_host){.address = netaddr_format(&network->address, text),
		.name = named                                  ? answer->values[0].text
			: view->facts->language == LANGUAGE_JA ? "逆引きなし"
							       : "no reverse name",
		.certain = named};
	return true;
}

static bool name_is_old(const struct view *view, const struct spf_word *word, struct old_host *old)
{
	const char *host = arena_copy(view->arena, word->value, strcspn(word->value, "/"));
	const struct answer *answer = known_answer(&view->facts->evidence, host, view->type);

	if (word->separator != ':' || answer == NULL || answer->kind != ANSWER_RECORDS ||
		!is_foreign(view, host))
		return false;
	if (!old->certain)
		*old = (struct old_host){.address = answer->values[0].text, .name = host, .certain = true};
	return true;
}

static struct old_host old_host_of(const struct view *view)
{
	struct spf_words words = spf_words_of(view->spf->record, view->arena);
	struct old_host old = {.address = "", .name = ""};
	int tried = 0;

	for (size_t i = 1; i < words.count && tried < OLD_HOSTS_TRIED; i++) {
		const struct spf_word *word = &words.items[i];
		struct network network;

		if (word->qualifier != '+')
			continue;
		if (spf_word_network(word, &network)) {
			unsigned whole = network.address.family == NETADDR_IPV6 ? 128 : 32;

			if (network.prefix != whole)
				continue;
			tried++;
			(void)literal_is_old(view, &network, &old);
		} else if (spf_word_is(word, "a")) {
			(void)name_is_old(view, word, &old);
		}
	}
	return old;
}

/* The name servers went along to the client's organisation. */
static bool servers_moved(const struct view *view)
{
	const char *ptr = view->facts->verdicts->iprev.name;
	const struct answer *servers =
		inquire(view->collection, organization_of(view, view->spf->domain), RR_NS);

	for (size_t i = 0; ptr[0] != '\0' && servers != NULL && i < servers->count; i++)
		if (text_equal(organization_of(view, servers->values[i].text), organization_of(view, ptr)))
			return true;
	return false;
}

static bool moved(const struct view *view)
{
	struct old_host old = old_host_of(view);
	const char *word = spf_client_word(view->collection);
	struct spf_words words;
	const char *record = view->spf->record;
	bool went_along = old.address[0] != '\0' && servers_moved(view);

	if (old.address[0] == '\0' ||
		!(went_along || spf_domain_signed(view->collection) || was_submitted(view)))
		return false;
	words = spf_words_of(record, view->arena);
	for (size_t i = 1; i < words.count; i++)
		if (words.items[i].separator == ':' && text_equal(words.items[i].value, old.address))
			record = spf_text_replaced(record, words.items[i].position,
				strlen(words.items[i].text), word, view->arena);
	if (record == view->spf->record)
		record = spf_text_with(record, word, view->arena);
	cause_found(view->collection, CAUSE_SPF_STALE_AFTER_MOVE,
		old.certain && went_along ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
		DETAILS({"old_ip", old.address}, {"old_ptr", old.name},
			{"fix", spf_proposal(view->collection, record)}));
	return true;
}

static bool web_server(const struct view *view, bool certain)
{
	cause_found(view->collection, CAUSE_SPF_WEB_SERVER_NOT_LISTED,
		certain ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY, DETAILS({"fix", with_client(view, "a")}));
	return true;
}

/* The client has the address that visitors of the website get. */
static bool website(const struct view *view, const struct exchangers *mx)
{
	bool form = has_form_traces(view), plain = !spf_domain_signed(view->collection);

	if (form && mx->listed != NULL && !mx->client)
		return web_server(view, true);
	if (moved(view))
		return true;
	return !mx->client && web_server(view, (form || plain) && mx->listed != NULL);
}

static bool own_host(const struct view *view)
{
	const struct iprev_verdict *iprev = &view->facts->verdicts->iprev;

	if (iprev->result != RESULT_PASS ||
		!text_equal(organization_of(view, iprev->name), organization_of(view, view->spf->domain)))
		return false;
	cause_found(view->collection, CAUSE_SPF_OWN_HOST_NOT_LISTED, CONFIDENCE_STRONG,
		DETAILS({"fix", with_client(view, arena_printf(view->arena, "a:%s", iprev->name))}));
	return true;
}

bool spf_host_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct netaddr *client = &facts->envelope->client;
	const struct view view = {
		.collection = collection,
		.facts = facts,
		.spf = &facts->verdicts->spf,
		.client = client,
		.type = client->family == NETADDR_IPV6 ? RR_AAAA : RR_A,
		.arena = collection->arena,
	};
	const char *domain = view.spf->domain, *helo = facts->envelope->helo_domain.name;
	const char *www = arena_printf(collection->arena, "www.%s", domain);
	size_t before = inquiry_size(collection);
	bool apex = has_client(&view, domain);
	struct exchangers mx = exchangers_of(&view);

	if (inquiry_size(collection) > before)
		return false;
	if ((apex && partial(&view, allowed_address(&view, domain))) ||
		(mx.client && partial(&view, mx.listed)) || spf_slip_cause(collection))
		return true;
	if ((apex || (!mx.client && has_client(&view, www))) && website(&view, &mx))
		return true;
	if (mx.client) {
		cause_found(collection, CAUSE_SPF_MX_HOST_NOT_LISTED, CONFIDENCE_STRONG,
			DETAILS({"fix", with_client(&view, "mx")}));
		return true;
	}
	if (known_address(&facts->evidence, helo, client, view.type == RR_AAAA ? 128 : 32) == KNOWN_YES &&
		partial(&view, allowed_address(&view, helo)))
		return true;
	return own_host(&view);
}
