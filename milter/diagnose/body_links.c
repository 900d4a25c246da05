#include "diagnose/body_links.h"

#include "base/arena.h"

#include <string.h>

/* In URL Defense v2, "-XX" is a hexadecimal octet and "_" a slash; in Safe Links, "%XX" is. */
static const struct service {
	const char *name, *start, *parameter;
	char escape;
	bool underscore_is_slash;
} services[] = {
	{"URL Defense", "https://urldefense.proofpoint.com/v2/url?u=", "", '-', true},
	{"Safe Links", ".safelinks.protection.outlook.com/?url=", "https://", '%', false},
};

static bool ends_link(char c)
{
	return text_is_space(c) || c == '"' || c == '\'' || c == '<' || c == '>';
}

static void decode_link(struct buf *out, const struct service *service, struct span encoded)
{
	for (size_t i = 0; i < encoded.len; i++) {
		char c = encoded.at[i];

		if (c == service->escape && i + 2 < encoded.len && text_is_hex(encoded.at[i + 1]) &&
			text_is_hex(encoded.at[i + 2])) {
			buf_char(out, (char)(text_hex_value(encoded.at[i + 1]) * 16 +
					      text_hex_value(encoded.at[i + 2])));
			i += 2;
		} else {
			buf_char(out, c == '_' && service->underscore_is_slash ? '/' : c);
		}
	}
}

/* Where the rewritten link that holds the marker begins: for Safe Links its host name has a varying
 * first label, so go back to the scheme. */
static const char *start_of_link(const struct service *service, const char *text, const char *marker)
{
	size_t scheme = strlen(service->parameter);

	if (scheme == 0)
		return marker;
	for (const char *at = marker; at > text && !ends_link(*at); at--)
		if ((size_t)(marker - at) >= scheme && text_equal_n(at, service->parameter, scheme))
			return at;
	return NULL;
}

static size_t restore_links(struct buf *out, const struct service *service, struct span text)
{
	const char *at = text.at, *end = text.at + text.len, *marker;
	size_t count = 0;

	while ((marker = text_find(at, (size_t)(end - at), service->start)) != NULL) {
		const char *link = start_of_link(service, at, marker);
		const char *encoded = marker + strlen(service->start), *link_end = encoded, *value_end;

		while (link_end < end && !ends_link(*link_end))
			link_end++;
		value_end = memchr(encoded, '&', (size_t)(link_end - encoded));
		if (value_end == NULL)
			value_end = link_end;
		if (link == NULL) {
			buf_add(out, at, (size_t)(link_end - at));
		} else {
			buf_add(out, at, (size_t)(link - at));
			decode_link(out, service, (struct span){encoded, (size_t)(value_end - encoded)});
			count++;
		}
		at = link_end;
	}
	buf_add(out, at, (size_t)(end - at));
	return count;
}

struct body_variant variant_links(const struct body_facts *facts, struct arena *arena)
{
	struct body_variant variant = {.kind = BODY_UNKNOWN, .from = "", .to = ""};

	for (size_t i = 0; i < sizeof services / sizeof services[0] && variant.count == 0; i++) {
		variant.body = buf_in(arena);
		variant.count = restore_links(&variant.body, &services[i], facts->body);
		variant.from = services[i].name;
	}
	if (variant.count > 0)
		variant.kind = BODY_LINKS;
	return variant;
}
