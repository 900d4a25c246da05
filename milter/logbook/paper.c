#include "logbook/paper.h"

#include "base/utf8.h"
#include "diagnose/sentence.h"
#include "logbook/words.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_USUAL = 100, WIDTH_LEAST = 60, WIDTH_MOST = 140 };

struct paper paper_of(FILE *file, enum language language, struct arena *arena)
{
	struct paper paper = {.file = file, .columns = WIDTH_USUAL, .language = language, .arena = arena};
	const char *no_colour = getenv("NO_COLOR");
	struct winsize size;

	if (isatty(fileno(file))) {
		const char *terminal = getenv("TERM");

		paper.colour = (no_colour == NULL || no_colour[0] == '\0') &&
			       (terminal == NULL || strcmp(terminal, "dumb") != 0);
		if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
			paper.columns = size.ws_col;
	}
	if (paper.columns < WIDTH_LEAST)
		paper.columns = WIDTH_LEAST;
	if (paper.columns > WIDTH_MOST)
		paper.columns = WIDTH_MOST;
	return paper;
}

static void begin(const struct paper *paper, enum ink ink)
{
	static const char *const codes[] = {
		[INK_PLAIN] = "",
		[INK_STRONG] = "\033[1m",
		[INK_FAINT] = "\033[2m",
		[INK_GOOD] = "\033[32m",
		[INK_WARN] = "\033[33m",
		[INK_BAD] = "\033[31m",
	};

	if (paper->colour)
		(void)fputs(codes[ink], paper->file);
}

static void end(const struct paper *paper, enum ink ink)
{
	if (paper->colour && ink != INK_PLAIN)
		(void)fputs("\033[0m", paper->file);
}

void paper_text(const struct paper *paper, enum ink ink, const char *text)
{
	begin(paper, ink);
	(void)fputs(text, paper->file);
	end(paper, ink);
}

static void blanks(const struct paper *paper, size_t count)
{
	(void)fprintf(paper->file, "%*s", (int)count, "");
}

/* The octets of the text that fit into the columns. */
static size_t fitting(const char *text, size_t columns)
{
	size_t at = 0, used = 0;

	while (text[at] != '\0') {
		char one[8] = "";
		size_t len = utf8_length(text + at, strlen(text + at), NULL);

		len = len > 0 ? len : 1;
		memcpy(one, text + at, len);
		used += text_columns(one);
		if (used > columns)
			break;
		at += len;
	}
	return at;
}

void paper_left(const struct paper *paper, enum ink ink, const char *text, size_t columns)
{
	size_t width = text_columns(text);

	if (width > columns) {
		begin(paper, ink);
		(void)fprintf(paper->file, "%.*s…", (int)fitting(text, columns - 1), text);
		end(paper, ink);
		return;
	}
	paper_text(paper, ink, text);
	blanks(paper, columns - width);
}

void paper_right(const struct paper *paper, enum ink ink, const char *text, size_t columns)
{
	size_t width = text_columns(text);

	if (width < columns)
		blanks(paper, columns - width);
	paper_text(paper, ink, text);
}

void paper_bar(const struct paper *paper, enum ink ink, uint64_t part, uint64_t whole, size_t columns)
{
	static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	uint64_t length = whole == 0 ? 0 : (uint64_t)((double)part / (double)whole * (double)columns * 8);

	if (part > 0 && length == 0)
		length = 1;
	begin(paper, ink);
	for (uint64_t i = 0; i < length / 8; i++)
		(void)fputs("█", paper->file);
	(void)fputs(eighths[length % 8], paper->file);
	end(paper, ink);
}

/* What may not begin a line in Japanese hangs over the end of the one before. */
static size_t hanging(const char *text)
{
	static const char *const marks[] = {"、", "。", "）", "」", "，", "：", "・"};

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (strncmp(text, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 0;
}

/* Where the line ends: at the last blank that fits, between wide characters, or where there is no room. */
static size_t line_length(const char *text, size_t columns)
{
	size_t fits = fitting(text, columns), at = fits;

	if (text[fits] == '\0')
		return fits;
	while (at > 0 && text[at] != ' ' && (unsigned char)text[at] < 0xe3)
		at--;
	at = at > fits / 2 ? at : fits;
	return at + hanging(text + at);
}

void paper_paragraph(const struct paper *paper, enum ink ink, const char *text, size_t indent)
{
	size_t columns = paper->columns > indent + 20 ? paper->columns - indent : 20;

	do {
		size_t len = line_length(text, columns);

		len = len > 0 ? len : strlen(text);
		blanks(paper, indent);
		begin(paper, ink);
		(void)fprintf(paper->file, "%.*s", (int)len, text);
		end(paper, ink);
		(void)fputc('\n', paper->file);
		text += len;
		while (*text == ' ')
			text++;
	} while (*text != '\0');
}

const char *paper_safe(const struct paper *paper, const char *text, size_t max)
{
	return sentence_quote(text, max, paper->arena);
}
