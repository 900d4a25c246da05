#include "message/address_scanner.h"

#include <string.h>

struct address_scanner address_scanner_of(struct span field)
{
	struct address_scanner scanner = {.next = field.at, .end = field.at + field.len, .why_not = ""};

	address_scanner_step(&scanner);
	return scanner;
}

static bool is_atom_char(char c)
{
	return text_is_alnum(c) || (unsigned char)c > 127 ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Moves behind white space and comments (CFWS). False when a comment does not end. */
static bool skip_comments(struct address_scanner *scanner)
{
	size_t depth = 0;

	for (; scanner->next < scanner->end; scanner->next++) {
		char c = *scanner->next;

		if (c == '(')
			depth++;
		else if (depth == 0 && !text_is_space(c))
			return true;
		else if (depth > 0 && c == ')')
			depth--;
		else if (depth > 0 && c == '\\' && scanner->next + 1 < scanner->end)
			scanner->next++;
	}
	return depth == 0;
}

/* Moves behind the closing octet; backslash takes the next octet along. False when there is none. */
static bool take_enclosed(struct address_scanner *scanner, char close)
{
	for (scanner->next++; scanner->next < scanner->end; scanner->next++) {
		if (*scanner->next == '\\' && scanner->next + 1 < scanner->end) {
			scanner->next++;
		} else if (*scanner->next == close) {
			scanner->next++;
			return true;
		}
	}
	return false;
}

static void take_atom(struct address_scanner *scanner)
{
	while (scanner->next < scanner->end && is_atom_char(*scanner->next))
		scanner->next++;
}

static void fail(struct address_scanner *scanner, const char *why_not)
{
	scanner->word = WORD_BAD;
	scanner->why_not = why_not;
}

void address_scanner_step(struct address_scanner *scanner)
{
	const char *start;

	if (scanner->word == WORD_BAD)
		return;
	if (!skip_comments(scanner)) {
		fail(scanner, "comment without end");
		return;
	}
	start = scanner->next;
	if (start == scanner->end) {
		scanner->word = WORD_END;
	} else if (is_atom_char(*start)) {
		scanner->word = WORD_ATOM;
		take_atom(scanner);
	} else if (*start == '"') {
		scanner->word = WORD_QUOTED;
		if (!take_enclosed(scanner, '"'))
			fail(scanner, "quoted string without end");
	} else if (*start == '[') {
		scanner->word = WORD_LITERAL;
		if (!take_enclosed(scanner, ']'))
			fail(scanner, "address literal without end");
	} else if (*start != '\0' && strchr(".<>@,;:", *start) != NULL) {
		scanner->word = WORD_SPECIAL;
		scanner->next++;
	} else {
		fail(scanner, *start == ')' ? "closing bracket without comment"
					    : "character that needs quotation marks");
	}
	scanner->text = (struct span){.at = start, .len = (size_t)(scanner->next - start)};
}

bool address_scanner_at(const struct address_scanner *scanner, char special)
{
	return scanner->word == WORD_SPECIAL && *scanner->text.at == special;
}
