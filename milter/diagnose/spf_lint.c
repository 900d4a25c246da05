#include "diagnose/spf_lint.h"

#include "base/arena.h"
#include "base/buf.h"
#include "diagnose/edit_distance.h"
#include "diagnose/half_width.h"
#include "diagnose/spf_seam.h"

#include <string.h>

enum { MENDED_MAX = 10 }; /* ours: slips mended in one record */

static const char *const modifiers[] = {"redirect", "exp"};

struct alias {
	const char *written, *meant;
};

/* Names that people type, from help pages and forums; one edit away from a mechanism is found anyway. */
static const struct alias aliases[] = {
	{"ipv4", "ip4"},
	{"ip4v", "ip4"},
	{"ip-4", "ip4"},
	{"ipv6", "ip6"},
	{"ip6v", "ip6"},
	{"ip", "ip4"},
	{"mix", "mx"},
	{"host", "a"},
	{"hostname", "a"},
	{"domain", "a"},
	{"aaaa", "a"},
	{"cname", "a"},
	{"incl", "include"},
	{"spf", "include"},
	{"inlcude", "include"},
	{"redir", "redirect"},
	{"ns", "a"},
	{"address", "a"},
	{"addr", "a"},
	{"server", "a"},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_one_of(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static struct spf_finding finding(enum spf_slip slip, const char *term, const char *meant)
{
	return (struct spf_finding){.slip = slip, .term = term, .meant = meant};
}

static const struct spf_finding nothing = {.slip = SPF_SLIP_NONE, .term = "", .meant = ""};

/* The word's qualifier as written, "" without one. */
static const char *qualifier_text(const struct spf_word *word, struct arena *arena)
{
	return word->text[0] == word->qualifier ? arena_printf(arena, "%c", word->qualifier) : "";
}

static struct spf_finding lint_space(const char *record, const struct spf_word *word, struct arena *arena)
{
	const char *seam = spf_seam(word, arena);

	if (seam == NULL)
		return nothing;
	return finding(SPF_SLIP_SPACE_MISSING, seam,
		spf_text_replaced(record, word->position + (size_t)(seam - word->text), 0, " ", arena));
}

static bool looks_like_host(const char *text)
{
	size_t dots = 0;

	for (; *text != '\0'; text++) {
		if (!text_is_alnum(*text) && strchr("-_.", *text) == NULL)
			return false;
		dots += *text == '.';
	}
	return dots > 0;
}

static struct spf_finding lint_name_missing(const struct spf_word *word, struct arena *arena)
{
	const char *bare = word->text + strlen(qualifier_text(word, arena));
	const char *qualifier = qualifier_text(word, arena);
	struct network network;

	if (network_parse(bare, &network))
		return finding(SPF_SLIP_NAME_MISSING, word->text,
			arena_printf(arena, "%sip%c:%s", qualifier,
				network.address.family == NETADDR_IPV6 ? '6' : '4', bare));
	if (strpbrk(bare, ":=/") == NULL && looks_like_host(bare))
		return finding(SPF_SLIP_NAME_MISSING, word->text,
			arena_printf(arena, "%s%s:%s", qualifier,
				text_find(bare, strlen(bare), "spf") != NULL ? "include" : "a", bare));
	return nothing;
}

static const char *meant_name(const struct spf_word *word)
{
	struct network network;

	for (size_t i = 0; i < COUNT(aliases); i++)
		if (strcmp(word->name, aliases[i].written) == 0)
			return network_parse(word->value, &network)
				       ? (network.address.family == NETADDR_IPV6 ? "ip6" : "ip4")
				       : aliases[i].meant;
	for (size_t i = 0; strlen(word->name) > 1 && i < SPF_MECHANISMS; i++)
		if (strcmp(spf_mechanisms[i], "a") != 0 && edit_distance(word->name, spf_mechanisms[i]) == 1)
			return spf_mechanisms[i];
	for (size_t i = 0; i < COUNT(modifiers); i++)
		if (edit_distance(word->name, modifiers[i]) == 1)
			return modifiers[i];
	return NULL;
}

static struct spf_finding lint_misspelled(const struct spf_word *word, struct arena *arena)
{
	const char *meant = meant_name(word), *rest = word->value;
	bool modifier;

	if (meant == NULL || word->separator == '=')
		return nothing;
	modifier = is_one_of(meant, modifiers, COUNT(modifiers));
	return finding(SPF_SLIP_MISSPELLED, word->text,
		arena_printf(arena, "%s%s%s%s", modifier ? "" : qualifier_text(word, arena), meant,
			word->separator != ':' ? ""
			: modifier             ? "="
					       : ":",
			rest));
}

/* 255.255.255.0 → 24; -1 when it is no mask. */
static int mask_bits(const char *text)
{
	struct netaddr mask;
	int bits = 0;

	if (!netaddr_parse(text, &mask) || mask.family != NETADDR_IPV4)
		return -1;
	while (bits < 32 && (mask.octets[bits / 8] & (0x80 >> bits % 8)) != 0)
		bits++;
	for (int i = bits; i < 32; i++)
		if ((mask.octets[i / 8] & (0x80 >> i % 8)) != 0)
			return -1;
	return bits;
}

/* The network that was probably meant where the prefix cannot be: the whole of what its zeros leave. */
static const char *network_meant(
	const struct spf_word *word, const char *host, const char *prefix, struct arena *arena)
{
	int bits = prefix[0] == '\0' ? -1 : mask_bits(prefix);
	const char *qualifier = qualifier_text(word, arena);

	if (bits < 0 && text_ends(host, ".0"))
		bits = 24;
	if (bits < 0)
		return arena_printf(arena, "%s%s:%s", qualifier, word->name, host);
	return arena_printf(arena, "%s%s:%s/%d", qualifier, word->name, host, bits);
}

static struct spf_finding lint_literal(const struct spf_word *word, struct arena *arena)
{
	const char *slash = strchr(word->value, '/');
	const char *host = arena_copy(arena, word->value, strcspn(word->value, "/"));
	const char *qualifier = qualifier_text(word, arena);
	struct netaddr address;
	struct network network;
	char own = word->name[2];

	if (spf_word_network(word, &network))
		return slash == NULL || slash[1] != '0' || slash[2] == '\0'
			       ? nothing
			       : finding(SPF_SLIP_PREFIX, word->text,
					 arena_printf(arena, "%s%s:%s/%u", qualifier, word->name, host,
						 network.prefix));
	if (text_ends(host, ".*") || text_ends(host, ".x"))
		return finding(SPF_SLIP_PREFIX, word->text,
			arena_printf(arena, "%sip4:%.*s.0/24", qualifier, (int)strlen(host) - 2, host));
	if (!netaddr_parse(host, &address)) {
		if (strchr(host, '-') != NULL && strspn(host, "0123456789.-") == strlen(host))
			return finding(SPF_SLIP_PREFIX, word->text, "one ip4: for each address or network");
		if (looks_like_host(host) && strspn(host, "0123456789.") != strlen(host))
			return finding(
				SPF_SLIP_ADDRESS, word->text, arena_printf(arena, "%sa:%s", qualifier, host));
		return finding(SPF_SLIP_ADDRESS, word->text, "a valid address in its place");
	}
	if ((address.family == NETADDR_IPV6) != (own == '6') || word->separator != ':')
		return finding(SPF_SLIP_ADDRESS, word->text,
			arena_printf(arena, "%sip%c:%s", qualifier,
				address.family == NETADDR_IPV6 ? '6' : '4', word->value));
	return finding(SPF_SLIP_PREFIX, word->text,
		network_meant(word, host, slash == NULL ? "" : slash + 1, arena));
}

/* RFC 7208 section 7.1: "%{" macro "}", "%%", "%_", "%-". */
static bool macro_is_broken(const char *text)
{
	while ((text = strchr(text, '%')) != NULL) {
		const char *end = strchr(text, '}');

		if (text[1] == '%' || text[1] == '_' || text[1] == '-') {
			text += 2;
			continue;
		}
		if (text[1] != '{' || end == NULL || text[2] == '\0' ||
			strchr("slodiphcrtvSLODIPHCRTV", text[2]) == NULL)
			return true;
		for (const char *at = text + 3; at < end; at++)
			if (!text_is_digit(*at) && strchr("rR.-+,/_=", *at) == NULL)
				return true;
		text = end + 1;
	}
	return false;
}

static struct spf_finding lint_domain(const struct spf_word *word, struct arena *arena)
{
	const char *value = word->value, *scheme = strstr(value, "://");
	const char *host = scheme == NULL ? value : scheme + 3;
	size_t len = strcspn(host, "/:@;, ");
	struct network network;

	if (macro_is_broken(word->text))
		return finding(SPF_SLIP_MACRO, word->text, "");
	if (word->separator == ':' && network_parse(value, &network))
		return finding(SPF_SLIP_DOMAIN, word->text,
			arena_printf(arena, "%sip%c:%s", qualifier_text(word, arena),
				network.address.family == NETADDR_IPV6 ? '6' : '4', value));
	while (len > 0 && strchr(".;,:", host[len - 1]) != NULL)
		len--;
	if (len == 0)
		return finding(SPF_SLIP_DOMAIN, word->text,
			arena_printf(
				arena, "%s%s with a domain name", qualifier_text(word, arena), word->name));
	return finding(SPF_SLIP_DOMAIN, word->text,
		arena_printf(arena, "%s%s%c%.*s", qualifier_text(word, arena), word->name,
			word->separator == '=' ? '=' : ':', (int)len, host));
}

/* RFC 7208 section 7.1: the last label is not all digits. */
static bool ends_in_number(const char *name, size_t len)
{
	size_t digits = 0;

	while (digits < len && text_is_digit(name[len - digits - 1]))
		digits++;
	return digits > 0 && (digits == len || name[len - digits - 1] == '.');
}

/* Is the rest of a name: target, with an optional prefix length, something a strict reader takes? */
static bool target_is_fine(const struct spf_word *word)
{
	size_t len = strcspn(word->value, "/");
	bool bare = spf_word_is(word, "a") || spf_word_is(word, "mx") || spf_word_is(word, "ptr");
	bool sized = spf_word_is(word, "a") || spf_word_is(word, "mx");

	if (word->separator == '\0')
		return bare;
	if (word->separator == '/')
		return bare && strspn(word->value, "/0123456789") == strlen(word->value);
	if (strchr(word->text, '%') != NULL)
		return !macro_is_broken(word->text);
	if (len == 0 || strspn(word->value + len, "/0123456789") != strlen(word->value + len))
		return false;
	if ((word->value[len] == '/' && !sized) || ends_in_number(word->value, len))
		return false;
	return memchr(word->value, '.', len) != NULL && memchr(word->value, ':', len) == NULL &&
	       memchr(word->value, '@', len) == NULL && strchr(";,", word->value[len - 1]) == NULL &&
	       strstr(word->value, "..") == NULL && word->value[0] != '.';
}

static bool prefix_is_fine(const struct spf_word *word)
{
	const char *slash = strchr(word->value, '/');
	unsigned long bits;

	if (slash == NULL || spf_word_is(word, "include") || spf_word_is(word, "exists"))
		return true;
	if (slash[1] != '/' && (!span_number((struct span){slash + 1, strcspn(slash + 1, "/")}, 32, &bits) ||
				       (slash[1] == '0' && slash[2] != '\0' && slash[2] != '/')))
		return false;
	slash = strstr(slash, "//");
	return slash == NULL || span_number(span_of(slash + 2), 128, &bits);
}

static struct spf_finding lint_known(const struct spf_word *word, struct arena *arena)
{
	bool modifier = is_one_of(word->name, modifiers, COUNT(modifiers));

	if (modifier && word->separator == ':')
		return finding(SPF_SLIP_SEPARATOR, word->text,
			arena_printf(arena, "%s=%s", word->name, word->value));
	if (spf_word_is(word, "all"))
		return word->separator == '\0' ? nothing
					       : finding(SPF_SLIP_UNKNOWN, word->text,
							 arena_printf(arena, "%call", word->qualifier));
	if (spf_word_is(word, "ip4") || spf_word_is(word, "ip6"))
		return lint_literal(word, arena);
	if (!prefix_is_fine(word))
		return finding(SPF_SLIP_PREFIX, word->text, "the same without the prefix length");
	return target_is_fine(word) ? nothing : lint_domain(word, arena);
}

struct spf_finding spf_lint_word(const char *record, const struct spf_word *word, struct arena *arena)
{
	struct spf_finding found = lint_space(record, word, arena);

	if (found.slip != SPF_SLIP_NONE)
		return found;
	if (spf_is_mechanism(word->name) || is_one_of(word->name, modifiers, COUNT(modifiers)))
		return lint_known(word, arena);
	if (word->separator == '=') /* an unknown modifier is legal (RFC 7208 section 6) */
		return macro_is_broken(word->text) ? finding(SPF_SLIP_MACRO, word->text, "") : nothing;
	found = word->separator == ':' ? lint_misspelled(word, arena) : nothing;
	if (found.slip == SPF_SLIP_NONE)
		found = lint_name_missing(word, arena);
	if (found.slip == SPF_SLIP_NONE)
		found = lint_misspelled(word, arena);
	return found.slip == SPF_SLIP_NONE ? finding(SPF_SLIP_UNKNOWN, word->text, "") : found;
}

/* Signs that never belong into a record become blanks, several blanks one. */
static const char *without_signs(const char *record, struct arena *arena)
{
	struct buf out = buf_in(arena);
	const char *separators = strchr(record, '%') == NULL ? ",;" : ";"; /* a macro may hold commas */

	for (; *record != '\0'; record++) {
		bool blank = (unsigned char)*record <= ' ' || *record == '\x7f' || *record == '"' ||
			     strchr(separators, *record) != NULL;

		if (!blank)
			buf_char(&out, *record);
		else if (out.len > 0 && out.data[out.len - 1] != ' ' && record[1] != '\0')
			buf_char(&out, ' ');
	}
	return out.data;
}

const char *spf_lint_mended(const char *record, struct arena *arena)
{
	record = without_signs(half_width(record, arena), arena);
	for (int mended = 0; mended < MENDED_MAX; mended++) {
		struct spf_words words = spf_words_of(record, arena);
		struct spf_finding found = {.slip = SPF_SLIP_NONE};
		size_t i = 1;

		while (i < words.count && found.slip == SPF_SLIP_NONE)
			found = spf_lint_word(record, &words.items[i++], arena);
		if (found.slip == SPF_SLIP_NONE)
			return record;
		if (found.slip == SPF_SLIP_SPACE_MISSING)
			record = found.meant;
		else if (found.meant[0] == '\0' || strchr(found.meant, ' ') != NULL)
			return NULL; /* what was meant is told in words */
		else
			record = spf_text_replaced(record, words.items[i - 1].position,
				strlen(words.items[i - 1].text), found.meant, arena);
	}
	return NULL;
}
