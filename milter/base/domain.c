#include "base/domain.h"

#include "base/arena.h"
#include "base/netaddr.h"
#include "base/text.h"

#include <idn2.h>
#include <string.h>

enum { RAW_MAX = 1024 }; /* more octets than any U-label form of 253 A-label octets needs */

struct domain domain_none(void)
{
	return (struct domain){.raw = "", .name = "", .why_not = "empty"};
}

static bool is_ascii(const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)octets[i] > 127)
			return false;
	return true;
}

/* The A-label form of a name with U-labels, or NULL. */
static char *to_a_labels(struct arena *arena, const char *name)
{
	char *ascii = NULL, *copy = NULL;

	if (idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) == IDN2_OK)
		copy = arena_text(arena, ascii);
	idn2_free(ascii);
	return copy;
}

/* "" when each label and the whole have letters, digits, "-", "_" in legal numbers. */
static const char *fault_in_labels(const char *name)
{
	size_t label = 0, total = strlen(name);

	if (total == 0)
		return "empty";
	if (total > DOMAIN_MAX)
		return "longer than 253 octets";
	for (const char *at = name;; at++) {
		if (*at == '.' || *at == '\0') {
			if (label == 0)
				return "empty label";
			if (label > LABEL_MAX)
				return "label longer than 63 octets";
			label = 0;
			if (*at == '\0')
				return "";
		} else if (text_is_alnum(*at) || *at == '-' || *at == '_') {
			label++;
		} else {
			return "invalid character";
		}
	}
}

struct domain domain_of(struct arena *arena, const char *raw, size_t len)
{
	struct domain domain = {.raw = arena_copy(arena, raw, len), .name = "", .why_not = ""};
	char *name;

	if (len > RAW_MAX || strlen(domain.raw) != len) {
		domain.why_not = len > RAW_MAX ? "longer than 253 octets" : "invalid character";
		return domain;
	}
	if (len > 0 && raw[len - 1] == '.')
		len--;
	name = text_lower(arena, raw, len);
	if (!is_ascii(name, len)) {
		name = to_a_labels(arena, name);
		if (name == NULL) {
			domain.why_not = "not a valid internationalised name";
			return domain;
		}
	}
	domain.why_not = fault_in_labels(name);
	if (domain.why_not[0] == '\0')
		domain.name = name;
	return domain;
}

size_t domain_labels(const char *name)
{
	size_t labels = name[0] == '\0' ? 0 : 1;

	for (; *name != '\0'; name++)
		if (*name == '.')
			labels++;
	return labels;
}

const char *domain_parent(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot == NULL ? "" : dot + 1;
}

const char *domain_last_labels(const char *name, size_t count)
{
	for (size_t labels = domain_labels(name); labels > count; labels--)
		name = domain_parent(name);
	return name;
}

bool domain_is_below(const char *name, const char *ancestor)
{
	size_t len = strlen(name), ancestor_len = strlen(ancestor);

	if (ancestor_len == 0 || len < ancestor_len || strcmp(name + len - ancestor_len, ancestor) != 0)
		return false;
	return len == ancestor_len || name[len - ancestor_len - 1] == '.';
}

bool domain_is_address(const char *name)
{
	struct netaddr addr;

	return netaddr_parse(name, &addr);
}
