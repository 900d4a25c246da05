#include "message/envelope.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

struct envelope envelope_empty(void)
{
	return (struct envelope){
		.client_name = "",
		.helo = "",
		.helo_domain = domain_none(),
		.sender = {.raw = "", .null = true, .local = "", .why_not = "", .domain = domain_none()},
		.auth_user = "",
		.queue_id = "",
	};
}

/* A name of a host on the internet: several labels, no literal, no bare address. */
static struct domain host_domain_of(struct arena *arena, const char *raw, size_t len)
{
	struct domain domain = domain_of(arena, raw, len);
	const char *why_not = "";

	if (len > 0 && raw[0] == '[')
		why_not = "address literal";
	else if (domain_is_address(domain.name))
		why_not = "IP address";
	else if (domain.name[0] != '\0' && domain_labels(domain.name) < 2)
		why_not = "only one label";
	if (why_not[0] != '\0') {
		domain.name = "";
		domain.why_not = why_not;
	}
	return domain;
}

/* May the octet stand outside quotes in a local part? More than RFC 5321 allows: "@", dots in any
 * place and 8-bit octets do occur and leave the domain certain. */
static bool is_local_char(char c)
{
	return ((unsigned char)c > 127) || (c > ' ' && c < 0x7f && strchr("()<>[],;:\\\"", c) == NULL);
}

/* The offset behind the quoted string that starts at offset, or 0 when it does not end. */
static size_t behind_quoted(const char *path, size_t len, size_t offset)
{
	for (size_t i = offset + 1; i < len; i++) {
		if (path[i] == '\\')
			i++;
		else if (path[i] == '"')
			return i + 1;
	}
	return 0;
}

/* Finds the last "@" outside quotes. Returns "" or what is wrong. */
static const char *last_at_sign(const char *path, size_t len, size_t *at_sign)
{
	bool found = false;
	size_t i = 0;

	while (i < len) {
		bool word_starts = i == 0 || path[i - 1] == '.';

		if (path[i] == '@') {
			found = true;
			*at_sign = i;
		}
		if (path[i] != '"') {
			i++;
			continue;
		}
		i = word_starts ? behind_quoted(path, len, i) : 0;
		if (i == 0 || (i < len && path[i] != '.' && path[i] != '@'))
			return "misplaced quotation mark";
	}
	return found ? "" : "no domain";
}

static const char *fault_in_local(const char *local, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (local[i] == '"')
			i = behind_quoted(local, len, i);
		else if (is_local_char(local[i]))
			i++;
		else
			return "invalid character in the local part";
		if (i == 0)
			return "misplaced quotation mark";
	}
	return "";
}

/* Drops "@one,@two:" in front (RFC 5321 section 4.1.1.3: a server should ignore it). */
static struct span without_route(struct span path)
{
	const char *colon = path.len > 0 && path.at[0] == '@' ? memchr(path.at, ':', path.len) : NULL;

	if (colon != NULL) {
		path.len -= (size_t)(colon + 1 - path.at);
		path.at = colon + 1;
	}
	return path;
}

/* Takes the outer brackets off; false when only one of them is there. */
static bool without_brackets(struct span *path)
{
	bool opens = path->len > 0 && path->at[0] == '<';
	bool closes = path->len > (opens ? 1U : 0U) && path->at[path->len - 1] == '>';

	path->at += opens;
	path->len -= (size_t)opens + (size_t)closes;
	return opens == closes;
}

struct reverse_path reverse_path_of(const char *arg, struct arena *arena)
{
	struct span path = span_trim(span_of(arg));
	bool balanced = without_brackets(&path);
	struct reverse_path sender = {.raw = span_text(arena, path), .local = "", .why_not = ""};
	size_t at_sign = 0;

	sender.domain = domain_none();
	sender.null = balanced && path.len == 0;
	if (sender.null)
		return sender;
	path = without_route(path);
	sender.why_not =
		balanced ? last_at_sign(path.at, path.len, &at_sign) : "angle bracket without its partner";
	if (sender.why_not[0] == '\0')
		sender.why_not = fault_in_local(path.at, at_sign);
	if (sender.why_not[0] != '\0')
		return sender;
	sender.local = arena_copy(arena, path.at, at_sign);
	sender.domain = host_domain_of(arena, path.at + at_sign + 1, path.len - at_sign - 1);
	sender.why_not = sender.domain.why_not;
	return sender;
}

struct domain helo_domain_of(const char *helo, struct arena *arena)
{
	return host_domain_of(arena, helo, strlen(helo));
}
