#include "message/author.h"

#include "base/arena.h"
#include "base/buf.h"
#include "message/address_scanner.h"
#include "message/header_list.h"

#include <string.h>

/* What one reading of all From fields has found so far. */
struct reading {
	struct arena *arena;
	struct author *author;
	struct address_scanner scanner;
	const char *fault; /* "" while everything is readable */
	bool in_group;
	bool null_address; /* "<>" was met */
	bool bare_phrase;  /* encoded-words alone were met */

	/* the words in front of the current place: a phrase, a local part or a group's name */
	struct buf words;
	struct span phrase;
	bool dots_between; /* each two words have a dot between them */
	struct buf domain_text;

	const char *domains[AUTHOR_DOMAINS_MAX];
	size_t domain_count;
	const char *last_raw; /* domain of the address before, which is usually this one's too */
};

static void refuse(struct reading *reading, const char *why_not)
{
	if (reading->fault[0] == '\0')
		reading->fault = reading->scanner.word == WORD_BAD ? reading->scanner.why_not : why_not;
}

static void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->data[0] = '\0';
}

/* Collects words and dots up to something else; they may be a phrase or a local part. */
static void take_words(struct reading *reading)
{
	struct address_scanner *scanner = &reading->scanner;
	bool after_word = false;

	buf_clear(&reading->words);
	reading->phrase = (struct span){.at = scanner->text.at, .len = 0};
	reading->dots_between = true;
	for (;; address_scanner_step(scanner)) {
		bool is_dot = address_scanner_at(scanner, '.');

		if (!is_dot && scanner->word != WORD_ATOM && scanner->word != WORD_QUOTED)
			return;
		if (!is_dot && after_word)
			reading->dots_between = false;
		after_word = !is_dot;
		buf_add(&reading->words, scanner->text.at, scanner->text.len);
		reading->phrase.len = (size_t)(scanner->text.at + scanner->text.len - reading->phrase.at);
	}
}

/* Text fit for a log: no quotation marks, folds are one blank, cut. */
static const char *plain_text(struct arena *arena, struct span text, bool unquote)
{
	struct buf plain = buf_in(arena);

	for (size_t i = 0; i < text.len && plain.len < AUTHOR_TEXT_MAX; i++) {
		char c = text.at[i];

		if (unquote && c == '"')
			continue;
		if (unquote && c == '\\' && i + 1 < text.len)
			c = text.at[++i];
		if (c != '\r' && c != '\n')
			buf_char(&plain, c);
	}
	return plain.data;
}

/* Behind "@": labels and dots; blanks and comments between them are obsolete but certain
 * (RFC 5322 section 4.4). */
static bool take_domain(struct reading *reading)
{
	struct address_scanner *scanner = &reading->scanner;
	bool after_atom = false;

	buf_clear(&reading->domain_text);
	if (scanner->word == WORD_LITERAL) {
		refuse(reading, "address literal instead of a domain");
		return false;
	}
	for (;; address_scanner_step(scanner)) {
		bool is_dot = address_scanner_at(scanner, '.');

		if (!is_dot && (scanner->word != WORD_ATOM || after_atom))
			break;
		after_atom = !is_dot;
		buf_add(&reading->domain_text, scanner->text.at, scanner->text.len);
	}
	if (reading->domain_text.len == 0)
		refuse(reading, "no domain behind @");
	return reading->domain_text.len > 0;
}

/* Why the name cannot be an author's domain, "" when it can. */
static const char *fault_in_domain(const struct domain *domain)
{
	if (domain->name[0] == '\0')
		return domain->why_not;
	if (domain_is_address(domain->name))
		return "IP address";
	return domain_labels(domain->name) < 2 ? "only one label" : "";
}

static void note_domain(struct reading *reading, const char *name)
{
	for (size_t i = 0; i < reading->domain_count; i++)
		if (strcmp(reading->domains[i], name) == 0)
			return;
	reading->domains[reading->domain_count++] = name;
}

/* local@domain is complete: domain_text holds its domain, local is in words. */
static void note_address(struct reading *reading, struct span display)
{
	struct author *author = reading->author;
	const char *raw = reading->domain_text.data, *why_not;
	struct domain domain;

	if (author->address_count++ == 0) {
		author->local = arena_text(reading->arena, reading->words.data);
		author->address = arena_printf(reading->arena, "%s@%s", author->local, raw);
		author->display_name = plain_text(reading->arena, display, true);
	}
	if (text_equal(raw, reading->last_raw) || reading->domain_count == AUTHOR_DOMAINS_MAX)
		return;
	domain = domain_of(reading->arena, raw, reading->domain_text.len);
	why_not = fault_in_domain(&domain);
	if (why_not[0] != '\0') {
		refuse(reading, arena_printf(reading->arena, "domain: %s", why_not));
		return;
	}
	if (reading->domain_count == 0)
		author->domain = domain;
	reading->last_raw = domain.raw;
	note_domain(reading, domain.name);
}

/* "@one,@two:" in front of the address (RFC 5322 section 4.4): read and forgotten. */
static void skip_route(struct reading *reading)
{
	struct address_scanner *scanner = &reading->scanner;

	while (address_scanner_at(scanner, '@') || address_scanner_at(scanner, ',')) {
		bool is_at = address_scanner_at(scanner, '@');

		address_scanner_step(scanner);
		if (is_at && !take_domain(reading))
			return;
	}
	if (address_scanner_at(scanner, ':'))
		address_scanner_step(scanner);
	else
		refuse(reading, "route without colon");
}

/* Stands on "@", words are the local part. Ends behind the domain. */
static bool take_address(struct reading *reading)
{
	if (!address_scanner_at(&reading->scanner, '@')) {
		refuse(reading, "no @ in the address");
		return false;
	}
	if (reading->words.len == 0 || !reading->dots_between) {
		refuse(reading, reading->words.len == 0 ? "no local part" : "blank in the local part");
		return false;
	}
	address_scanner_step(&reading->scanner);
	return take_domain(reading);
}

/* Stands on "<". */
static void take_angle(struct reading *reading, struct span display)
{
	struct address_scanner *scanner = &reading->scanner;

	address_scanner_step(scanner);
	if (address_scanner_at(scanner, '>')) {
		reading->null_address = true;
		address_scanner_step(scanner);
		return;
	}
	if (address_scanner_at(scanner, '@'))
		skip_route(reading);
	take_words(reading);
	if (!take_address(reading))
		return;
	if (address_scanner_at(scanner, '>'))
		address_scanner_step(scanner);
	else
		refuse(reading, "address in angle brackets without end");
	note_address(reading, display);
}

/* An address without angle brackets; some write it in front of the real one, unquoted. */
static void take_bare_address(struct reading *reading)
{
	struct span display = reading->phrase;
	const char *domain;

	if (!take_address(reading))
		return;
	if (!address_scanner_at(&reading->scanner, '<')) {
		note_address(reading, (struct span){.at = "", .len = 0});
		return;
	}
	display.len = (size_t)(reading->scanner.text.at - display.at);
	domain = arena_text(reading->arena, reading->domain_text.data);
	take_angle(reading, span_trim(display));
	if (reading->null_address)
		refuse(reading, "empty angle brackets");
	if (!text_equal(domain, reading->domain_text.data))
		refuse(reading, "two addresses without a comma");
}

static bool is_encoded_word(struct span word)
{
	return word.len > 4 && memcmp(word.at, "=?", 2) == 0 && memcmp(word.at + word.len - 2, "?=", 2) == 0;
}

/* Are these RFC 2047 encoded-words and nothing else? */
static bool are_encoded_words(struct span phrase)
{
	for (phrase = span_trim(phrase); phrase.len > 0; phrase = span_trim(phrase)) {
		struct span word = {.at = phrase.at, .len = 0};

		while (word.len < phrase.len && !text_is_space(phrase.at[word.len]))
			word.len++;
		if (!is_encoded_word(word))
			return false;
		phrase.at += word.len;
		phrase.len -= word.len;
	}
	return true;
}

/* Words that end without an address. Encoded-words never are one (RFC 2047 section 5), whatever
 * they show when decoded: the other addresses count. */
static void end_bare_phrase(struct reading *reading)
{
	if (!are_encoded_words(reading->phrase))
		refuse(reading, "words without an address");
	reading->bare_phrase = true;
}

static void open_group(struct reading *reading)
{
	if (reading->in_group)
		refuse(reading, "group inside a group");
	if (reading->phrase.len == 0)
		refuse(reading, "group without a name");
	reading->in_group = true;
	address_scanner_step(&reading->scanner);
}

/* One element of the list: an address, the start of a group, or nothing. */
static void take_element(struct reading *reading)
{
	struct address_scanner *scanner = &reading->scanner;

	take_words(reading);
	if (address_scanner_at(scanner, '<'))
		take_angle(reading, reading->phrase);
	else if (address_scanner_at(scanner, '@'))
		take_bare_address(reading);
	else if (address_scanner_at(scanner, ':')) {
		open_group(reading);
		return;
	} else if (reading->phrase.len > 0)
		end_bare_phrase(reading);
	if (reading->in_group && address_scanner_at(scanner, ';')) {
		reading->in_group = false;
		address_scanner_step(scanner);
	}
	if (address_scanner_at(scanner, ','))
		address_scanner_step(scanner);
	else if (scanner->word != WORD_END)
		refuse(reading, "something unexpected behind an address");
}

static void read_field(struct reading *reading, const struct header_field *field)
{
	struct span value = {.at = field->value, .len = field->value_len};

	reading->scanner = address_scanner_of(value);
	reading->in_group = false;
	while (reading->fault[0] == '\0' && reading->scanner.word != WORD_END)
		take_element(reading);
	if (reading->in_group)
		refuse(reading, "group without end");
}

/* "a.example, b.example" */
static const char *domain_list(const struct reading *reading)
{
	struct buf list = buf_in(reading->arena);

	for (size_t i = 0; i < reading->domain_count; i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", reading->domains[i]);
	return list.data;
}

static void decide(const struct reading *reading, struct author *author)
{
	struct arena *arena = reading->arena;

	author->domain_count = reading->domain_count;
	author->domains = domain_list(reading);
	if (author->field_count > 1) {
		author->kind = AUTHOR_MULTIPLE;
		author->why_not = arena_printf(arena, "%zu From fields", author->field_count);
	} else if (reading->fault[0] != '\0') {
		author->kind = AUTHOR_UNPARSEABLE;
		author->why_not = reading->fault;
	} else if (author->domain_count > 1) {
		author->kind = AUTHOR_MULTIPLE;
		author->why_not = arena_printf(arena, "%zu domains", author->domain_count);
	} else if (reading->bare_phrase && author->address_count == 0) {
		author->kind = AUTHOR_UNPARSEABLE;
		author->why_not = "words without an address";
	} else if (author->address_count == 0) {
		author->kind = AUTHOR_MISSING;
		author->why_not = author->field_count == 0 ? "no From field" : "no address in From";
	} else if (reading->null_address) {
		author->kind = AUTHOR_UNPARSEABLE;
		author->why_not = "empty angle brackets";
	} else {
		author->kind = AUTHOR_ONE;
	}
	if (author->kind != AUTHOR_ONE)
		author->domain = domain_none();
}

struct author author_of(const struct header_list *header, struct arena *arena)
{
	struct author author = {
		.why_not = "",
		.address = "",
		.local = "",
		.display_name = "",
	};
	struct reading reading = {.arena = arena,
		.author = &author,
		.fault = "",
		.words = buf_in(arena),
		.domain_text = buf_in(arena),
		.last_raw = ""};
	struct buf text = buf_in(arena);

	author.domain = domain_none();
	for (size_t i = 0; i < header->count; i++) {
		const struct header_field *field = &header->fields[i];

		if (!header_field_is(field, "From"))
			continue;
		if (author.field_count++ > 0)
			buf_text(&text, " | ");
		if (text.len < AUTHOR_TEXT_MAX)
			buf_text(&text, plain_text(arena, span_trim(span_of(field->value)), false));
		read_field(&reading, field);
	}
	author.text = arena_copy(arena, text.data, text.len < AUTHOR_TEXT_MAX ? text.len : AUTHOR_TEXT_MAX);
	decide(&reading, &author);
	return author;
}
