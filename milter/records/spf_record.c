#include "records/spf_record.h"

#include "base/arena.h"
#include "records/spf_macro.h"

#include <arpa/inet.h>
#include <string.h>

static const char version[] = "v=spf1";

enum { VERSION_LEN = sizeof version - 1 };

/* Whether a mechanism takes a domain-spec. */
enum takes_domain { DOMAIN_NEVER, DOMAIN_MAYBE, DOMAIN_ALWAYS };

static const struct mechanism {
	const char *name;
	enum spf_term_kind kind;
	enum takes_domain takes_domain;
} mechanisms[] = {
	{"all", SPFTERM_ALL, DOMAIN_NEVER},
	{"include", SPFTERM_INCLUDE, DOMAIN_ALWAYS},
	{"a", SPFTERM_A, DOMAIN_MAYBE},
	{"mx", SPFTERM_MX, DOMAIN_MAYBE},
	{"ptr", SPFTERM_PTR, DOMAIN_MAYBE},
	{"ip4", SPFTERM_IP4, DOMAIN_NEVER},
	{"ip6", SPFTERM_IP6, DOMAIN_NEVER},
	{"exists", SPFTERM_EXISTS, DOMAIN_ALWAYS},
};

struct parser {
	struct arena *arena;
	const char *octets;
	size_t len;
	struct spf_record record;
	struct spf_record_term *terms;
};

bool spf_record_claims(const char *octets, size_t len)
{
	if (len < VERSION_LEN || !text_equal_n(octets, version, VERSION_LEN))
		return false;
	return len == VERSION_LEN || octets[VERSION_LEN] == ' ';
}

bool spf_term_looks_up(const struct spf_record_term *term)
{
	switch (term->kind) {
	case SPFTERM_A:
	case SPFTERM_MX:
	case SPFTERM_PTR:
	case SPFTERM_EXISTS:
	case SPFTERM_INCLUDE:
	case SPFTERM_REDIRECT:
		return true;
	default:
		return false;
	}
}

bool spf_term_covers(const struct spf_record_term *term, const struct netaddr *client)
{
	if (term->kind == SPFTERM_IP4 || term->kind == SPFTERM_IP6)
		return network_contains(&term->network, client);
	return term->kind == SPFTERM_ALL;
}

/* Only the first fault is kept. Returns false, for "return fault_note(...)". */
static bool fault_note(struct parser *parser, enum spf_fault fault, struct span piece, size_t position)
{
	if (parser->record.fault == SPFAULT_NONE) {
		parser->record.fault = fault;
		parser->record.fault_text = span_text(parser->arena, piece);
		parser->record.fault_position = position;
	}
	return false;
}

static bool term_fault(struct parser *parser, const struct spf_record_term *term, enum spf_fault fault)
{
	return fault_note(parser, fault, span_of(term->text), term->position);
}

/* RFC 7208 section 3.1: US-ASCII; section 12: visible characters and SP. A run of octets above
 * 127 is one fault, so that a whole UTF-8 character can be shown. */
static void octets_check(struct parser *parser)
{
	for (size_t i = 0; i < parser->len; i++) {
		enum spf_fault fault = SPFAULT_CONTROL_CHARACTER;
		size_t end = i + 1;

		if (text_is_printable(parser->octets[i]))
			continue;
		if ((unsigned char)parser->octets[i] > 127) {
			fault = SPFAULT_NON_ASCII;
			while (end < parser->len && (unsigned char)parser->octets[end] > 127)
				end++;
		}
		fault_note(parser, fault, (struct span){parser->octets + i, end - i}, i);
		return;
	}
}

/* toplabel of section 7.1: letters, digits and inner hyphens, not digits alone. */
static bool is_toplabel(struct span label)
{
	bool alpha = false, hyphen = false;

	if (label.len == 0 || label.at[0] == '-' || label.at[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (label.at[i] == '-')
			hyphen = true;
		else if (text_is_alpha(label.at[i]))
			alpha = true;
		else if (!text_is_digit(label.at[i]))
			return false;
	}
	return alpha || hyphen;
}

/* Does it end in a macro, or in "." toplabel [ "." ] (section 7.1)? Its macros are good. */
static bool domain_end_check(struct span spec)
{
	size_t literal = 0; /* where the octets behind the last macro begin */
	struct span label;

	for (size_t i = 0; i < spec.len;) {
		size_t len = spf_macro_length((struct span){spec.at + i, spec.len - i}, SPFMACRO_IN_RECORD);

		i += len > 0 ? len : 1;
		if (len > 0)
			literal = i;
	}
	if (literal > 0 && literal == spec.len)
		return true;
	label = (struct span){spec.at + spec.len, 0};
	if (spec.len > literal && spec.at[spec.len - 1] == '.')
		label.at--;
	while (label.at > spec.at + literal && label.at[-1] != '.') {
		label.at--;
		label.len++;
	}
	return label.at > spec.at + literal && is_toplabel(label);
}

static bool domain_check(struct parser *parser, const struct spf_record_term *term)
{
	struct span bad;

	if (!spf_macro_check(term->domain, SPFMACRO_IN_RECORD, &bad))
		return fault_note(
			parser, SPFAULT_BAD_MACRO, bad, term->position + (size_t)(bad.at - term->text));
	if (domain_end_check(term->domain))
		return true;
	if (term->kind == SPFTERM_A || term->kind == SPFTERM_MX) {
		/* "a:example.com/255.255.255.0" is a good name with a bad prefix */
		struct span name = term->domain;

		while (name.len > 0 && name.at[name.len - 1] != '/')
			name.len--;
		if (name.len > 1 && domain_end_check((struct span){name.at, name.len - 1}))
			return term_fault(parser, term, SPFAULT_BAD_PREFIX);
	}
	return term_fault(parser, term, SPFAULT_BAD_DOMAIN_SPEC);
}

/* "0", or digits without a leading zero (section 5.6 and its ABNF). */
static bool prefix_read(struct span digits, unsigned max, unsigned *prefix)
{
	unsigned long number;

	if ((digits.len > 1 && digits.at[0] == '0') || !span_number(digits, max, &number))
		return false;
	*prefix = (unsigned)number;
	return true;
}

/* Takes "/digits" off the end; false when there are none. */
static bool prefix_take(struct span *rest, struct span *digits)
{
	size_t len = rest->len;

	while (len > 0 && text_is_digit(rest->at[len - 1]))
		len--;
	if (len == rest->len || len == 0 || rest->at[len - 1] != '/')
		return false;
	*digits = (struct span){rest->at + len, rest->len - len};
	rest->len = len - 1;
	return true;
}

/* [ ip4-cidr-length ] [ "/" ip6-cidr-length ] off the end of the argument of a or mx. */
static bool prefixes_take(struct spf_record_term *term, struct span *rest)
{
	struct span digits;

	term->ip4_prefix = 32;
	term->ip6_prefix = 128;
	if (!prefix_take(rest, &digits))
		return true;
	if (rest->len > 0 && rest->at[rest->len - 1] == '/') {
		rest->len--;
		if (!prefix_read(digits, 128, &term->ip6_prefix))
			return false;
		if (!prefix_take(rest, &digits))
			return true;
	}
	return prefix_read(digits, 32, &term->ip4_prefix);
}

/* ip4-network or ip6-network with its prefix; netaddr_parse would turn mapped addresses into IPv4,
 * which no ip6 term means. */
static bool network_read(struct parser *parser, struct spf_record_term *term, struct span rest)
{
	bool ip4 = term->kind == SPFTERM_IP4;
	const char *slash = memchr(rest.at, '/', rest.len);
	size_t len = slash == NULL ? rest.len : (size_t)(slash - rest.at);
	unsigned max = ip4 ? 32 : 128;
	char address[NETADDR_TEXT_SIZE];

	if (len >= sizeof address)
		return term_fault(parser, term, SPFAULT_BAD_ADDRESS);
	memcpy(address, rest.at, len);
	address[len] = '\0';
	if (inet_pton(ip4 ? AF_INET : AF_INET6, address, term->network.address.octets) != 1)
		return term_fault(parser, term, SPFAULT_BAD_ADDRESS);
	term->network.address.family = ip4 ? NETADDR_IPV4 : NETADDR_IPV6;
	term->network.prefix = max;
	if (slash != NULL &&
		!prefix_read((struct span){slash + 1, rest.len - len - 1}, max, &term->network.prefix))
		return term_fault(parser, term, SPFAULT_BAD_PREFIX);
	return true;
}

/* rest: what follows the name, beginning with ':' or '/' unless empty. */
static bool argument_read(struct parser *parser, struct spf_record_term *term,
	const struct mechanism *mechanism, struct span rest)
{
	bool colon = rest.len > 0 && rest.at[0] == ':';

	if (colon) {
		rest.at++;
		rest.len--;
	}
	if (term->kind == SPFTERM_IP4 || term->kind == SPFTERM_IP6)
		return colon && rest.len > 0 ? network_read(parser, term, rest)
					     : term_fault(parser, term, SPFAULT_MISPLACED_ARGUMENT);
	if ((term->kind == SPFTERM_A || term->kind == SPFTERM_MX) && !prefixes_take(term, &rest))
		return term_fault(parser, term, SPFAULT_BAD_PREFIX);
	if (!colon && rest.len == 0 && mechanism->takes_domain != DOMAIN_ALWAYS)
		return true;
	if (!colon && (term->kind == SPFTERM_A || term->kind == SPFTERM_MX))
		return term_fault(parser, term, SPFAULT_BAD_PREFIX);
	if (!colon || rest.len == 0 || mechanism->takes_domain == DOMAIN_NEVER)
		return term_fault(parser, term, SPFAULT_MISPLACED_ARGUMENT);
	term->domain = rest;
	return domain_check(parser, term);
}

static bool modifier_name_check(struct span name)
{
	if (name.len == 0 || !text_is_alpha(name.at[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!text_is_alnum(name.at[i]) && strchr("-_.", name.at[i]) == NULL)
			return false;
	return true;
}

/* redirect= and exp= at most once each (section 6). */
static bool modifier_keep(
	struct parser *parser, const struct spf_record_term **kept, const struct spf_record_term *term)
{
	if (*kept != NULL)
		return term_fault(parser, term, SPFAULT_DUPLICATE_MODIFIER);
	*kept = term;
	return true;
}

static bool modifier_read(
	struct parser *parser, struct spf_record_term *term, struct span name, struct span value)
{
	struct span bad;

	if (!modifier_name_check(name))
		return term_fault(parser, term, SPFAULT_BAD_MODIFIER);
	term->domain = value;
	if (!span_is(name, "redirect") && !span_is(name, "exp")) {
		term->kind = SPFTERM_UNKNOWN_MODIFIER;
		if (spf_macro_check(value, SPFMACRO_IN_RECORD, &bad))
			return true;
		return fault_note(
			parser, SPFAULT_BAD_MACRO, bad, term->position + (size_t)(bad.at - term->text));
	}
	term->kind = span_is(name, "exp") ? SPFTERM_EXP : SPFTERM_REDIRECT;
	if (value.len == 0)
		return term_fault(parser, term, SPFAULT_MISPLACED_ARGUMENT);
	return domain_check(parser, term) &&
	       modifier_keep(parser,
		       term->kind == SPFTERM_EXP ? &parser->record.exp : &parser->record.redirect, term);
}

/* A modifier has "=" before any ":" or "/" (section 4.6.1). */
static bool term_read(struct parser *parser, struct spf_record_term *term)
{
	struct span rest = span_of(term->text);
	bool qualified = rest.len > 0 && strchr("+-~?", rest.at[0]) != NULL;
	struct span name;

	term->qualifier = qualified ? rest.at[0] : '+';
	if (qualified) {
		rest.at++;
		rest.len--;
	}
	name = (struct span){rest.at, strcspn(rest.at, ":/=")};
	rest.at += name.len;
	rest.len -= name.len;
	if (rest.len > 0 && rest.at[0] == '=') {
		term->qualifier = '+';
		if (qualified)
			return term_fault(parser, term, SPFAULT_BAD_MODIFIER);
		return modifier_read(parser, term, name, (struct span){rest.at + 1, rest.len - 1});
	}
	for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++) {
		if (!span_is(name, mechanisms[i].name))
			continue;
		term->kind = mechanisms[i].kind;
		if (term->kind == SPFTERM_ALL)
			parser->record.has_all = true;
		return argument_read(parser, term, &mechanisms[i], rest);
	}
	return term_fault(parser, term, SPFAULT_UNKNOWN_MECHANISM);
}

/* The next word from *at on, or false at the end. */
static bool word_next(const struct parser *parser, size_t *at, struct span *word)
{
	while (*at < parser->len && parser->octets[*at] == ' ')
		++*at;
	word->at = parser->octets + *at;
	while (*at < parser->len && parser->octets[*at] != ' ')
		++*at;
	word->len = (size_t)(parser->octets + *at - word->at);
	return word->len > 0;
}

static size_t words_count(const struct parser *parser)
{
	size_t count = 0, at = VERSION_LEN;
	struct span word;

	while (word_next(parser, &at, &word))
		count++;
	return count;
}

struct spf_record spf_record_parse(struct arena *arena, const char *octets, size_t len)
{
	struct parser parser = {.arena = arena, .octets = octets, .len = len, .record.fault_text = ""};
	size_t at = VERSION_LEN, count = words_count(&parser);
	struct span word;

	if (len > SPFRECORD_OCTETS_MAX || count > SPFRECORD_TERMS_MAX) {
		fault_note(&parser, SPFAULT_TOO_LARGE, span_of("record too large"), 0);
		return parser.record;
	}
	octets_check(&parser);
	parser.terms = arena_array(arena, count, sizeof *parser.terms);
	for (size_t i = 0; word_next(&parser, &at, &word); i++) {
		struct spf_record_term *term = &parser.terms[i];

		term->text = span_text(arena, word);
		term->position = (size_t)(word.at - octets);
		if (!term_read(&parser, term))
			term->kind = SPFTERM_BROKEN;
	}
	parser.record.terms = parser.terms;
	parser.record.term_count = count;
	return parser.record;
}
