#include "feedback/destination.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "dns/dns.h"
#include "records/dmarc_record.h"
#include "report/escape.h"

#include <string.h>

enum {
	ADDRESS_MAX = 254, /* RFC 3696 erratum 1690 */
	LOCAL_MAX = 64,    /* RFC 5321 section 4.5.3.1.1 */
	SHOWN_MAX = 100,
	URIS_MAX = 20, /* looked at */
};

static void refuse(struct buf *refused, struct span uri, const char *why, struct arena *arena)
{
	buf_printf(refused, "%s%s (%s)", refused->len > 0 ? ", " : "",
		escape_word(span_text(arena, uri), SHOWN_MAX, arena), why);
}

/* Percent signs of a URI (RFC 3986 section 2.1); NULL when broken. */
static const char *decoded(struct span text, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '%') {
			buf_char(&out, text.at[i]);
			continue;
		}
		if (i + 2 >= text.len || !text_is_hex(text.at[i + 1]) || !text_is_hex(text.at[i + 2]))
			return NULL;
		buf_char(&out, (char)(text_hex_value(text.at[i + 1]) * 16 + text_hex_value(text.at[i + 2])));
		i += 2;
	}
	return memchr(out.data, '\0', out.len) == NULL ? out.data : NULL;
}

/* A dot-atom (RFC 5322 section 3.2.3): quoted local parts are valid, but nobody needs them here. */
static bool is_dot_atom(const char *text, size_t len)
{
	if (len == 0 || len > LOCAL_MAX || text[0] == '.' || text[len - 1] == '.' || text[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!text_is_alnum(text[i]) && strchr("!#$%&'*+-/=?^_`{|}~.", text[i]) == NULL)
			return false;
	return true;
}

/* "10m" → octets (RFC 7489 section 6.2); false when it is no size. */
static bool size_of(struct span text, uint64_t *octets)
{
	static const char units[] = "kmgt";
	const char *unit = text.len > 0 ? strchr(units, text_lower_char(text.at[text.len - 1])) : NULL;
	unsigned long number;

	if (unit != NULL)
		text.len--;
	if (!span_number(text, 1000000000, &number))
		return false;
	*octets = (uint64_t)number << (unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0);
	return true;
}

/* The address of one URI; "" with the reason in *why. */
static struct destination read_uri(struct span uri, const char **why, struct arena *arena)
{
	struct destination destination = {.address = ""};
	const char *mark, *address, *at;
	struct domain domain;

	*why = "not a mailto: address";
	if (uri.len < strlen("mailto:") || !text_equal_n(uri.at, "mailto:", strlen("mailto:")))
		return destination;
	uri.at += strlen("mailto:");
	uri.len -= strlen("mailto:");
	mark = memchr(uri.at, '!', uri.len);
	if (mark != NULL) {
		struct span size = {mark + 1, uri.len - (size_t)(mark + 1 - uri.at)};

		*why = "its size cannot be read";
		if (!size_of(size, &destination.most_octets))
			return destination;
		uri.len = (size_t)(mark - uri.at);
	}
	*why = "not an address";
	address = decoded(uri, arena);
	if (address == NULL || strlen(address) > ADDRESS_MAX || (at = strrchr(address, '@')) == NULL ||
		!is_dot_atom(address, (size_t)(at - address)))
		return destination;
	domain = domain_of(arena, at + 1, strlen(at + 1));
	if (domain.name[0] == '\0' || domain_is_address(domain.name))
		return destination;
	destination.domain = domain.name;
	destination.address = arena_printf(arena, "%.*s@%s", (int)(at - address), address, domain.name);
	return destination;
}

static bool has(const struct destinations *destinations, const char *address)
{
	for (size_t i = 0; i < destinations->count; i++)
		if (text_equal(destinations->items[i].address, address))
			return true;
	return false;
}

/* RFC 9990 section 4: *instead is the record's own rua=, "" without one. */
static bool has_agreed(const struct destination *destination, const char *policy_domain,
	struct dns_client *dns, const char **instead, struct arena *arena)
{
	const char *name = arena_printf(arena, "%s._report._dmarc.%s", policy_domain, destination->domain);
	const struct answer *answer = dns_ask(dns, name, RR_TXT);

	*instead = "";
	if (answer->kind != ANSWER_RECORDS)
		return false;
	for (size_t i = 0; i < answer->count; i++) {
		const struct rdata *value = &answer->values[i];
		struct dmarc_record record = dmarc_record_parse(value->text, value->len, arena);

		if (record.fault == DMARCRECORD_FOREIGN || record.fault == DMARCRECORD_VERSION ||
			record.fault == DMARCRECORD_SEPARATOR)
			continue;
		*instead = record.rua;
		return true;
	}
	return false;
}

/* The destination, or the one it names instead of itself; "" with the reason in *why. */
static struct destination agreed(struct destination destination, const char *policy_domain,
	struct dns_client *dns, const char **why, struct arena *arena)
{
	static const struct destination none = {.address = ""};
	const char *instead;
	struct destination other;

	*why = "its domain has not agreed in DNS";
	if (!has_agreed(&destination, policy_domain, dns, &instead, arena))
		return none;
	if (instead[0] == '\0')
		return destination;
	other = read_uri((struct span){instead, strcspn(instead, ",")}, why, arena);
	if (other.address[0] == '\0')
		return none;
	*why = "it names another host instead";
	return strcmp(other.domain, destination.domain) == 0 ? other : none;
}

struct destinations destinations_of(const char *rua, const char *policy_domain, struct dns_client *dns,
	const struct suffixes *suffixes, struct arena *arena)
{
	struct destinations destinations = {.count = 0};
	struct buf refused = buf_in(arena);
	const char *home = suffixes_organization(suffixes, policy_domain);

	for (size_t looked_at = 0; *rua != '\0' && looked_at < URIS_MAX; looked_at++) {
		size_t len = strcspn(rua, ",");
		struct span uri = span_trim((struct span){rua, len});
		const char *why = "";
		struct destination destination = read_uri(uri, &why, arena);

		rua += len + (rua[len] == ',');
		if (uri.len == 0)
			continue;
		if (destination.address[0] != '\0' &&
			strcmp(suffixes_organization(suffixes, destination.domain), home) != 0)
			destination = agreed(destination, policy_domain, dns, &why, arena);
		if (destination.address[0] == '\0')
			refuse(&refused, uri, why, arena);
		else if (destinations.count == DESTINATIONS_MAX)
			refuse(&refused, uri, "one too many", arena);
		else if (!has(&destinations, destination.address))
			destinations.items[destinations.count++] = destination;
	}
	destinations.refused = refused.data;
	return destinations;
}
