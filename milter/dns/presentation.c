#include "dns/presentation.h"

#include "base/arena.h"
#include "base/buf.h"
#include "dns/name.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	STRING_MAX = 255,  /* RFC 1035 section 3.3: one length octet */
	RDATA_MAX = 65535, /* RFC 1035 section 4.1.3: RDLENGTH has two octets */
	PREFERENCE_MAX = 65535,
};

struct span presentation_word(struct span *line)
{
	struct span word;
	size_t len = 0;

	*line = span_trim(*line);
	while (len < line->len && !text_is_space(line->at[len]))
		len += line->at[len] == '\\' && len + 1 < line->len ? 2 : 1;
	word = (struct span){.at = line->at, .len = len};
	line->at += len;
	line->len -= len;
	*line = span_trim(*line);
	return word;
}

/* Reads one octet, "\DDD" or "\X" included, and advances. -1 when the escape is broken. */
static int next_octet(struct span *text)
{
	unsigned long octet;

	if (text->at[0] != '\\') {
		octet = (unsigned char)text->at[0];
		text->at++;
		text->len--;
		return (int)octet;
	}
	if (text->len < 2)
		return -1;
	if (!text_is_digit(text->at[1])) {
		octet = (unsigned char)text->at[1];
		text->at += 2;
		text->len -= 2;
		return (int)octet;
	}
	if (text->len < 4 || !span_number((struct span){.at = text->at + 1, .len = 3}, 255, &octet))
		return -1;
	text->at += 4;
	text->len -= 4;
	return (int)octet;
}

const char *presentation_name(struct span word, struct arena *arena, struct fault *fault)
{
	struct buf name = buf_in(arena);
	struct span rest = word;

	if (span_is(word, "."))
		return "";
	while (rest.len > 0) {
		bool escaped = rest.at[0] == '\\', last_dot = !escaped && rest.len == 1 && rest.at[0] == '.';
		int octet;

		if (text_is_space(rest.at[0])) {
			fault_set(fault, "there is a blank in the name \"%.*s\"", (int)word.len, word.at);
			return NULL;
		}
		octet = next_octet(&rest);
		if (octet < 0 || octet == 0 || (escaped && octet == '.')) {
			fault_set(fault, "bad escape in the name \"%.*s\"", (int)word.len, word.at);
			return NULL;
		}
		if (last_dot && name.len > 0 && name_is_carried(name.data))
			return name.data;
		buf_char(&name, text_lower_char((char)octet));
	}
	if (name.len == 0)
		fault_set(fault, "a name is missing");
	else if (name.data[name.len - 1] != '.')
		fault_set(fault, "the name \"%.*s\" has no final dot", (int)word.len, word.at);
	else
		fault_set(fault, "\"%.*s\" is not a name that DNS can carry", (int)word.len, word.at);
	return NULL;
}

/* Reads one quoted string off the text; its octets go behind the others. The length, or -1. */
static int next_string(struct span *text, struct buf *all, struct fault *fault)
{
	size_t before = all->len;

	if (text->len == 0 || text->at[0] != '"') {
		fault_set(fault, "a string must be in double quotes");
		return -1;
	}
	text->at++;
	text->len--;
	while (text->len > 0 && text->at[0] != '"') {
		int octet = next_octet(text);

		if (octet < 0) {
			fault_set(fault, "bad escape in a string");
			return -1;
		}
		buf_char(all, (char)octet);
	}
	if (text->len == 0) {
		fault_set(fault, "a string has no closing quote");
		return -1;
	}
	text->at++;
	text->len--;
	if (all->len - before > STRING_MAX) {
		fault_set(fault, "a string is longer than %d octets", STRING_MAX);
		return -1;
	}
	return (int)(all->len - before);
}

static bool read_strings(struct span text, struct arena *arena, struct rdata *data, struct fault *fault)
{
	struct buf all = buf_in(arena), lengths = buf_in(arena);

	while (text.len > 0) {
		int len = next_string(&text, &all, fault);

		if (len < 0)
			return false;
		buf_char(&lengths, (char)(uint8_t)len);
		if (text.len > 0 && !text_is_blank(text.at[0])) {
			fault_set(fault, "blanks are missing between two strings");
			return false;
		}
		text = span_trim(text);
	}
	if (lengths.len == 0 || all.len + lengths.len > RDATA_MAX) {
		fault_set(fault, lengths.len == 0 ? "the string is missing" : "the record is too large");
		return false;
	}
	*data = (struct rdata){
		.text = all.data,
		.len = all.len,
		.strings = (const uint8_t *)lengths.data,
		.string_count = lengths.len,
	};
	return true;
}

static bool read_address(int family, struct span text, struct arena *arena, struct rdata *data)
{
	uint8_t octets[16];
	char canonical[INET6_ADDRSTRLEN];

	if (inet_pton(family, span_text(arena, text), octets) != 1)
		return false;
	if (inet_ntop(family, octets, canonical, sizeof canonical) == NULL)
		return false;
	data->text = arena_text(arena, canonical);
	data->len = strlen(data->text);
	return true;
}

static bool read_exchange(struct span text, struct arena *arena, struct rdata *data, struct fault *fault)
{
	struct span number = presentation_word(&text);
	unsigned long preference;
	const char *host;

	if (!span_number(number, PREFERENCE_MAX, &preference)) {
		fault_set(fault, "MX needs a preference from 0 to %d and a host", PREFERENCE_MAX);
		return false;
	}
	host = presentation_name(text, arena, fault);
	if (host == NULL)
		return false;
	data->text = arena_printf(arena, "%lu %s", preference, host[0] == '\0' ? "." : host);
	data->len = strlen(data->text);
	return true;
}

bool presentation_rdata(
	enum rr_type type, struct span text, struct arena *arena, struct rdata *data, struct fault *fault)
{
	*data = (struct rdata){.text = "", .len = 0};
	switch (type) {
	case RR_A:
	case RR_AAAA:
		if (read_address(type == RR_A ? AF_INET : AF_INET6, text, arena, data))
			return true;
		fault_set(fault, "\"%.*s\" is not an address for %s", (int)text.len, text.at,
			rr_type_name(type));
		return false;
	case RR_TXT:
	case RR_SPF:
		return read_strings(text, arena, data, fault);
	case RR_MX:
		return read_exchange(text, arena, data, fault);
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
		break;
	}
	data->text = presentation_name(text, arena, fault);
	if (data->text == NULL)
		return false;
	if (data->text[0] == '\0')
		data->text = ".";
	data->len = strlen(data->text);
	return true;
}
