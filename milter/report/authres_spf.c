#include "report/authres_spf.h"

#include "base/arena.h"
#include "base/text.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/sanitise.h"

#include <string.h>

const char *spf_fault_words(enum spf_fault fault)
{
	static const char *const words[] = {
		[SPFAULT_NONE] = "",
		[SPFAULT_SENDER_UNUSABLE] = "no usable sender domain",
		[SPFAULT_CLIENT_UNKNOWN] = "client address unknown",
		[SPFAULT_NO_NAME] = "domain does not exist",
		[SPFAULT_NO_RECORD] = "no SPF record",
		[SPFAULT_SEVERAL_RECORDS] = "several SPF records",
		[SPFAULT_TOO_LARGE] = "SPF record too large",
		[SPFAULT_NON_ASCII] = "non-ASCII character in record",
		[SPFAULT_CONTROL_CHARACTER] = "control character in record",
		[SPFAULT_UNKNOWN_MECHANISM] = "unknown mechanism",
		[SPFAULT_MISPLACED_ARGUMENT] = "missing or misplaced argument",
		[SPFAULT_BAD_ADDRESS] = "invalid IP address",
		[SPFAULT_BAD_PREFIX] = "invalid prefix length",
		[SPFAULT_BAD_DOMAIN_SPEC] = "invalid domain name",
		[SPFAULT_BAD_MACRO] = "invalid macro",
		[SPFAULT_BAD_MODIFIER] = "invalid modifier",
		[SPFAULT_DUPLICATE_MODIFIER] = "duplicate modifier",
		[SPFAULT_TOO_MANY_LOOKUPS] = "too many DNS lookups",
		[SPFAULT_TOO_MANY_VOIDS] = "too many void DNS lookups",
		[SPFAULT_TOO_MANY_MX] = "too many MX names",
		[SPFAULT_LOOP] = "record includes itself",
		[SPFAULT_INCLUDE_NO_NAME] = "not found",
		[SPFAULT_INCLUDE_NO_RECORD] = "not found",
		[SPFAULT_REDIRECT_NO_RECORD] = "not found",
		[SPFAULT_DNS] = "DNS error",
	};

	return words[fault];
}

/* Without 8-bit octets as it is; else with the domain in A-labels, when it has usable ones. */
static const char *address_in_a_labels(const char *address, const struct domain *domain, struct arena *arena)
{
	const char *at = strrchr(address, '@');

	if (at == NULL || domain->name[0] == '\0')
		return address;
	for (const char *c = at; *c != '\0'; c++)
		if (((unsigned char)*c & 0x80) != 0)
			return arena_printf(arena, "%.*s@%s", (int)(at - address), address, domain->name);
	return address;
}

static const char *sender_shown(const struct findings *findings, struct arena *arena)
{
	const struct envelope *envelope = findings->envelope;
	const char *sender = findings->verdicts->spf.sender;

	if (sender[0] == '\0')
		sender = envelope->sender.raw;
	if (!envelope->smtputf8)
		sender = address_in_a_labels(sender, &envelope->sender.domain, arena);
	return sanitise(SANITISE_ADDRESS, sender, envelope->smtputf8, arena);
}

/* The same for the name that the client gave itself. */
static const char *helo_shown(const struct envelope *envelope, struct arena *arena)
{
	const char *helo = envelope->helo;

	for (const char *c = helo; *c != '\0'; c++)
		if (((unsigned char)*c & 0x80) != 0 && envelope->helo_domain.name[0] != '\0')
			return envelope->helo_domain.name;
	return sanitise(SANITISE_HELO, helo, false, arena);
}

/* Gmail shows the address in lower case here, the null sender as postmaster of the HELO name. */
static const char *sender_in_comment(const struct findings *findings, struct arena *arena)
{
	const char *helo;

	if (findings->verdicts->spf.identity == IDENTITY_HELO) {
		helo = helo_shown(findings->envelope, arena);
		return arena_printf(arena, "postmaster@%s", text_lower(arena, helo, strlen(helo)));
	}
	helo = sender_shown(findings, arena);
	return text_lower(arena, helo, strlen(helo));
}

/* The name that an include or redirect term leads to: as it was expanded, else as it is written. */
static const char *missing_target(const struct spf_verdict *spf)
{
	const char *argument = strpbrk(spf->fault_text, ":=");

	for (size_t i = spf->term_count; i-- > 0;) {
		const struct spf_term *term = &spf->terms[i];

		if (term->target[0] != '\0' && strcmp(term->text, spf->fault_text) == 0 &&
			strcmp(term->domain, spf->fault_domain) == 0)
			return term->target;
	}
	return argument != NULL ? argument + 1 : "";
}

static const char *permerror_words(const struct spf_verdict *spf, struct arena *arena)
{
	const char *target;

	switch (spf->fault) {
	case SPFAULT_NONE:
		return "invalid SPF record";
	case SPFAULT_INCLUDE_NO_NAME:
	case SPFAULT_INCLUDE_NO_RECORD:
	case SPFAULT_REDIRECT_NO_RECORD:
		target = missing_target(spf);
		if (target[0] == '\0')
			return "included record not found";
		return arena_printf(arena, "%s not found", sanitise(SANITISE_DOMAIN, target, false, arena));
	default:
		return spf_fault_words(spf->fault);
	}
}

static const char *comment_text(const struct findings *findings, const char *sender, struct arena *arena)
{
	const struct spf_verdict *spf = &findings->verdicts->spf;
	char text[NETADDR_TEXT_SIZE];
	const char *client = netaddr_format(&findings->envelope->client, text);

	switch (spf->result) {
	case RESULT_PASS:
		return arena_printf(arena, "domain of %s designates %s as permitted sender", sender, client);
	case RESULT_FAIL:
		return arena_printf(
			arena, "domain of %s does not designate %s as permitted sender", sender, client);
	case RESULT_SOFTFAIL:
		return arena_printf(arena,
			"domain of transitioning %s does not designate %s as permitted sender", sender,
			client);
	case RESULT_NEUTRAL:
	case RESULT_POLICY:
		return arena_printf(
			arena, "%s is neither permitted nor denied by domain of %s", client, sender);
	case RESULT_TEMPERROR:
		return arena_printf(arena, "error in processing during lookup of %s: DNS error", sender);
	case RESULT_PERMERROR:
		return arena_printf(arena, "permanent error in processing during lookup of %s: %s", sender,
			permerror_words(spf, arena));
	case RESULT_NONE:
		break;
	}
	return arena_printf(arena, "%s does not designate permitted sender hosts", sender);
}

const char *spf_comment(const struct findings *findings, struct arena *arena)
{
	return arena_printf(arena, "%s: %s", sanitise(SANITISE_ADDRESS, findings->authserv_id, false, arena),
		comment_text(findings, sender_in_comment(findings, arena), arena));
}

const char *spf_property(const struct findings *findings, struct arena *arena)
{
	if (findings->verdicts->spf.identity == IDENTITY_HELO)
		return arena_printf(
			arena, "smtp.helo=%s", property_value(helo_shown(findings->envelope, arena), arena));
	return arena_printf(arena, "smtp.mailfrom=%s", property_value(sender_shown(findings, arena), arena));
}
