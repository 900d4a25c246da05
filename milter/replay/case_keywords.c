/* The lines of a .case file: one function for each keyword. */
#include "replay/case_keywords.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/timestamp.h"
#include "dns/zone.h"
#include "facts/result.h"
#include "settings/settings.h"

#include <string.h>

struct case_keyword {
	const char *word;
	bool (*take)(struct case_reader *reader, const char *value, struct fault *why);
	bool once, needed, may_be_empty;
};

static bool take_about(struct case_reader *reader, const char *value, struct fault *why)
{
	(void)why;
	reader->file->about = value;
	return true;
}

static bool take_now(struct case_reader *reader, const char *value, struct fault *why)
{
	if (timestamp_parse(value, &reader->file->now))
		return true;
	fault_set(why, "now: \"%.40s\" is not a time such as 2026-03-01T09:00:00Z", value);
	return false;
}

static bool take_client(struct case_reader *reader, const char *value, struct fault *why)
{
	if (netaddr_parse(value, &reader->file->client) || strcmp(value, "unknown") == 0)
		return true;
	fault_set(why, "client: \"%.60s\" is not an IPv4 or IPv6 address", value);
	return false;
}

static bool take_helo(struct case_reader *reader, const char *value, struct fault *why)
{
	(void)why;
	reader->file->helo = value;
	return true;
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 0x7f)
			return false;
	return true;
}

/* An address beyond ASCII can only have come by SMTPUTF8 (RFC 6531 section 3.1). */
static bool take_mail(struct case_reader *reader, const char *value, struct fault *why)
{
	(void)why;
	reader->file->mail_from = value;
	reader->file->smtputf8 = reader->file->smtputf8 || !is_ascii(value);
	return true;
}

static bool take_rcpt(struct case_reader *reader, const char *value, struct fault *why)
{
	(void)why;
	reader->recipients.items[reader->recipients.count++] = value;
	reader->file->smtputf8 = reader->file->smtputf8 || !is_ascii(value);
	return true;
}

static bool take_auth(struct case_reader *reader, const char *value, struct fault *why)
{
	(void)why;
	reader->file->auth_user = value;
	return true;
}

/* "NAME VALUE"; the value may be missing. */
static struct case_pair pair_of(const char *text, struct arena *arena)
{
	size_t len = strcspn(text, " \t");
	struct span value = span_trim(span_of(text + len));

	return (struct case_pair){.name = arena_copy(arena, text, len), .value = span_text(arena, value)};
}

static bool take_option(struct case_reader *reader, const char *value, struct fault *why)
{
	struct case_pair option = pair_of(value, reader->arena);
	struct fault reason;

	if (!settings_set(reader->scratch, option.name, option.value, &reason)) {
		fault_set(why, "option: %s", reason.text);
		return false;
	}
	reader->options[reader->file->option_count++] = option;
	return true;
}

static bool with_keyword(bool done, const char *keyword, const struct fault *reason, struct fault *why)
{
	if (!done)
		fault_set(why, "%s: %s", keyword, reason->text);
	return done;
}

static bool take_zone(struct case_reader *reader, const char *value, struct fault *why)
{
	struct fault reason;

	return with_keyword(zone_add_record(reader->file->zone, value, &reason), "zone", &reason, why);
}

static bool take_fault(struct case_reader *reader, const char *value, struct fault *why)
{
	struct fault reason;

	return with_keyword(zone_add_fault(reader->file->zone, value, &reason), "fault", &reason, why);
}

static bool take_authority(struct case_reader *reader, const char *value, struct fault *why)
{
	struct fault reason;

	return with_keyword(
		zone_add_authority(reader->file->zone, value, &reason), "authority", &reason, why);
}

static struct span next_word(const char **text)
{
	struct span word = {.at = *text, .len = strcspn(*text, " \t")};

	*text += word.len;
	*text += strspn(*text, " \t");
	return word;
}

/* A day or a time. */
static bool read_date(struct span word, struct arena *arena, int64_t *seconds)
{
	return timestamp_parse(span_text(arena, word), seconds) ||
	       timestamp_parse(arena_printf(arena, "%.*sT00:00:00Z", (int)word.len, word.at), seconds);
}

/* "LENGTH HASH" or "-"; the next signature's. */
static bool take_body_hash(struct case_reader *reader, const char *value, struct fault *why)
{
	struct body_digest *digest = &reader->body_digests[reader->file->body_digests.count];
	size_t length_len = strcspn(value, " \t");
	const char *hash = value + length_len + strspn(value + length_len, " \t");
	struct base64 octets = base64_decode(reader->arena, hash, strlen(hash));
	unsigned long length = 0;
	bool known = strcmp(value, "-") != 0;

	if (known && (!span_number((struct span){value, length_len}, 1UL << 40, &length) ||
			     octets.fault != BASE64_GOOD ||
			     (octets.octets.len != 20 && octets.octets.len != 32))) {
		fault_set(why, "body-hash: expected OCTETS HASH, the hash in base64, or \"-\"");
		return false;
	}
	digest->canonical_length = known ? (int64_t)length : -1;
	digest->len = known ? octets.octets.len : 0;
	memcpy(digest->octets, octets.octets.at, digest->len);
	reader->file->body_digests.count++;
	return true;
}

static bool take_seen_key(struct case_reader *reader, const char *value, struct fault *why)
{
	const char *rest = value;
	struct span selector = next_word(&rest), domain = next_word(&rest), date = next_word(&rest);
	int64_t seen;

	if (selector.len == 0 || domain.len == 0 || !read_date(date, reader->arena, &seen) ||
		strncmp(rest, "p=", 2) != 0) {
		fault_set(why, "seen-key: expected SELECTOR DOMAIN DATE p=KEY, the date as 2026-03-01");
		return false;
	}
	reader->seen_keys[reader->seen_key_count++] = (struct remembered_key){
		.selector = text_lower(reader->arena, selector.at, selector.len),
		.domain = text_lower(reader->arena, domain.at, domain.len),
		.p = rest + 2,
		.last_seen = seen,
	};
	return true;
}

/* Only a file beside the case: a case from a stranger reads nothing else. */
static bool take_message(struct case_reader *reader, const char *value, struct fault *why)
{
	if (strchr(value, '/') != NULL || strcmp(value, ".") == 0 || strcmp(value, "..") == 0) {
		fault_set(
			why, "message: \"%.80s\" is not the name of a file in the folder of the case", value);
		return false;
	}
	reader->file->message_path = value;
	return true;
}

static bool is_verdict(const char *word)
{
	for (enum result result = RESULT_NONE; result <= RESULT_PERMERROR; result++)
		if (strcmp(word, result_word(result)) == 0)
			return true;
	return false;
}

static bool is_cause_code(const char *word)
{
	return *word != '\0' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(word);
}

/* "dkim[2]": the second signature. */
static bool is_signature_name(const char *name)
{
	unsigned long number;
	size_t len = strlen(name);

	return strncmp(name, "dkim[", 5) == 0 && name[len - 1] == ']' &&
	       span_number((struct span){.at = name + 5, .len = len - 6}, 999, &number) && number > 0;
}

static bool is_method(const char *name)
{
	static const char *const methods[] = {"spf", "dkim", "dmarc", "arc", "iprev"};

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(name, methods[i]) == 0)
			return true;
	return is_signature_name(name);
}

static bool is_expected_already(const struct case_reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->file->expectation_count; i++)
		if (strcmp(reader->expectations[i].name, name) == 0)
			return true;
	return false;
}

static bool take_expect(struct case_reader *reader, const char *value, struct fault *why)
{
	struct case_pair expected = pair_of(value, reader->arena);
	bool also = strcmp(expected.name, "also") == 0;

	if (also || strcmp(expected.name, "cause") == 0) {
		if (!is_cause_code(expected.value)) {
			fault_set(why, "expect: \"%.60s\" is not the code of a cause", expected.value);
			return false;
		}
	} else if (!is_method(expected.name)) {
		fault_set(why,
			"expect: \"%.40s\" is not spf, dkim, dkim[N], dmarc, arc, iprev, cause or also",
			expected.name);
		return false;
	} else if (!is_verdict(expected.value)) {
		fault_set(why,
			"expect: \"%.40s\" is not pass, none, neutral, policy, softfail, fail, temperror or "
			"permerror",
			expected.value);
		return false;
	}
	if (!also && is_expected_already(reader, expected.name)) {
		fault_set(why, "expect: a second \"%s\"", expected.name);
		return false;
	}
	reader->expectations[reader->file->expectation_count++] = expected;
	return true;
}

static const struct case_keyword keywords[] = {
	{"about", take_about, true, false, false},
	{"now", take_now, true, true, false},
	{"client", take_client, true, true, false},
	{"helo", take_helo, true, true, true},
	{"mail", take_mail, true, true, false},
	{"rcpt", take_rcpt, false, false, false},
	{"auth", take_auth, true, false, false},
	{"option", take_option, false, false, false},
	{"zone", take_zone, false, false, false},
	{"fault", take_fault, false, false, false},
	{"authority", take_authority, false, false, false},
	{"seen-key", take_seen_key, false, false, false},
	{"body-hash", take_body_hash, false, false, false},
	{"message", take_message, true, true, false},
	{"expect", take_expect, false, false, false},
};

_Static_assert(sizeof keywords / sizeof keywords[0] == CASE_KEYWORDS, "case_reader counts each keyword");

static size_t keyword_index(struct span word)
{
	size_t i = 0;

	while (i < CASE_KEYWORDS &&
		(word.len != strlen(keywords[i].word) || memcmp(word.at, keywords[i].word, word.len) != 0))
		i++;
	return i;
}

bool case_take_line(struct case_reader *reader, struct span line, struct fault *why)
{
	const char *text = span_text(reader->arena, line), *value = text;
	struct span word = next_word(&value);
	size_t index = keyword_index(word);

	if (index == CASE_KEYWORDS) {
		fault_set(why, "there is no keyword \"%.*s\"", word.len > 40 ? 40 : (int)word.len, word.at);
		return false;
	}
	if (keywords[index].once && reader->seen[index] > 0) {
		fault_set(why, "a second \"%s\" line", keywords[index].word);
		return false;
	}
	reader->seen[index]++;
	if (*value == '\0' && !keywords[index].may_be_empty) {
		fault_set(why, "%s: the value is missing", keywords[index].word);
		return false;
	}
	return keywords[index].take(reader, value, why);
}

bool case_is_complete(const struct case_reader *reader, struct fault *why)
{
	for (size_t i = 0; i < CASE_KEYWORDS; i++) {
		if (keywords[i].needed && reader->seen[i] == 0) {
			fault_set(why, "the file ends without a \"%s\" line", keywords[i].word);
			return false;
		}
	}
	return true;
}
