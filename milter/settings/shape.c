#include "settings/shape.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/netaddr.h"

#include <string.h>

enum {
	SOCKET_PATH_MAX = 107, /* sun_path of struct sockaddr_un, without its NUL */
	PORT_MAX = 65535,
	MODE_DIGITS_MAX = 4,
	OVERRIDE_WORDS = 3,
	WORDS_MAX = 200,
};

static const char actions[] = "accept quarantine reject tempfail";

/* RFC 2045 section 5.1: no blank, no control, no tspecials. */
static bool is_token(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!text_is_printable(*c) || strchr(" ()<>@,;:\\\"/[]?=", *c) != NULL)
			return false;
	return true;
}

static bool is_path(const char *text)
{
	return *text == '\0' || *text == '/';
}

static bool is_port(const char *text, size_t len)
{
	unsigned long port;

	return span_number((struct span){.at = text, .len = len}, PORT_MAX, &port) && port > 0;
}

static bool is_socket(const char *text)
{
	const char *colon = strchr(text, ':'), *at;

	if (colon == NULL)
		return false;
	if (strncmp(text, "unix:", strlen("unix:")) == 0)
		return colon[1] == '/' && strlen(colon + 1) <= SOCKET_PATH_MAX;
	if (strncmp(text, "inet:", strlen("inet:")) != 0 && strncmp(text, "inet6:", strlen("inet6:")) != 0)
		return false;
	at = strchr(colon, '@');
	return at != NULL && at[1] != '\0' && is_port(colon + 1, (size_t)(at - colon - 1));
}

static bool is_text(const char *text)
{
	return strlen(text) <= WORDS_MAX;
}

/* A plain address: it stands in a header and on a command line. */
static bool is_mail_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && text[0] != '-' && at[1] != '\0' && strlen(text) <= WORDS_MAX &&
	       strpbrk(text, " \t<>()[]\"\\,;:") == NULL && strchr(at + 1, '@') == NULL;
}

static bool is_store(const char *text)
{
	return strcmp(text, "none") == 0 || strncmp(text, "sqlite:/", strlen("sqlite:/")) == 0 ||
	       strncmp(text, "postgresql:", strlen("postgresql:")) == 0;
}

static bool is_mode(const char *text)
{
	size_t digits = strspn(text, "01234567");

	/* Four digits only with a leading 0: no set-user-id on a socket. */
	return digits > 0 && text[digits] == '\0' && digits <= MODE_DIGITS_MAX &&
	       (digits < MODE_DIGITS_MAX || text[0] == '0');
}

static bool is_account(const char *text)
{
	return strpbrk(text, " :/,") == NULL;
}

static bool is_url(const char *text)
{
	if (*text == '\0')
		return true;
	if (!text_starts(text, "https://") && !text_starts(text, "http://"))
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (!text_is_printable(*c) || *c == ' ' || *c == '"' || *c == '<' || *c == '>')
			return false;
	return true;
}

static bool is_resolver(const char *text)
{
	const char *at = strchr(text, '@');
	size_t len = at == NULL ? strlen(text) : (size_t)(at - text);
	char address[NETADDR_TEXT_SIZE];
	struct netaddr addr;

	if (len >= sizeof address || (at != NULL && !is_port(at + 1, strlen(at + 1))))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	return netaddr_parse(address, &addr);
}

static bool is_action_option(struct span name, struct arena *arena)
{
	const struct option_row *row = option_named(span_text(arena, name));

	return row != NULL && strcmp(row->words, actions) == 0;
}

/* "example.com dmarc-reject-policy reject", the domain with or without a leading dot. */
static const char *override_value(const char *text, struct arena *arena)
{
	struct span words[OVERRIDE_WORDS] = {{0}};
	struct domain domain;
	bool below = *text == '.';
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " \t");

		if (count == OVERRIDE_WORDS)
			return NULL;
		words[count++] = (struct span){.at = text, .len = len};
		text += len;
		text += strspn(text, " \t");
	}
	if (count < OVERRIDE_WORDS || !is_action_option(words[1], arena) ||
		option_word_index(actions, span_text(arena, words[2])) < 0)
		return NULL;
	domain = domain_of(arena, words[0].at + below, words[0].len - below);
	if (*domain.name == '\0')
		return NULL;
	return arena_printf(arena, "%s%s %.*s %s", below ? "." : "", domain.name, (int)words[1].len,
		words[1].at, text_lower(arena, words[2].at, words[2].len));
}

static const char *domain_value(const char *text, struct arena *arena)
{
	struct domain domain = domain_of(arena, text, strlen(text));

	return *domain.name == '\0' ? NULL : domain.name;
}

static const struct {
	bool (*fits)(const char *text);
	const char *(*value)(const char *text, struct arena *arena); /* instead of fits */
	const char *wanted;
} shapes[] = {
	[SHAPE_TOKEN] = {is_token, NULL,
		"a name such as mx.example.com, without blanks and ()<>@,;:\\\"/[]?="},
	[SHAPE_PATH] = {is_path, NULL, "a path that begins with /"},
	[SHAPE_SOCKET] = {is_socket, NULL,
		"unix:/PATH (at most 107 octets), inet:PORT@HOST or inet6:PORT@HOST"},
	[SHAPE_MODE] = {is_mode, NULL, "permissions in octal, such as 0660"},
	[SHAPE_ACCOUNT] = {is_account, NULL, "the name of an account"},
	[SHAPE_URL] = {is_url, NULL, "an address that begins with https:// or http://"},
	[SHAPE_DOMAIN] = {NULL, domain_value, "a domain name"},
	[SHAPE_RESOLVER] = {is_resolver, NULL, "an IP address, or ADDRESS@PORT"},
	[SHAPE_TEXT] = {is_text, NULL, "words (at most 200 octets)"},
	[SHAPE_ADDRESS] = {is_mail_address, NULL, "an address such as postmaster@example.com"},
	[SHAPE_STORE] = {is_store, NULL, "none, sqlite:/PATH or postgresql:CONNINFO"},
	[SHAPE_OVERRIDE] = {NULL, override_value,
		"DOMAIN OPTION ACTION, such as: example.com dmarc-reject-policy reject"},
};

const char *shape_value(enum option_shape shape, const char *text, struct arena *arena, const char **wanted)
{
	*wanted = shapes[shape].wanted;
	if (shapes[shape].value != NULL)
		return shapes[shape].value(text, arena);
	return shapes[shape].fits(text) ? arena_text(arena, text) : NULL;
}
