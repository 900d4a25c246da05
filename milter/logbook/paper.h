/* Where people read it: a terminal or a file, its width, colours, bars and columns. */
#ifndef LOGBOOK_PAPER_H
#define LOGBOOK_PAPER_H

#include "diagnose/diagnosis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

struct paper {
	FILE *file;
	bool colour;
	size_t columns;
	enum language language;
	struct arena *arena;
};

enum ink { INK_PLAIN, INK_STRONG, INK_FAINT, INK_GOOD, INK_WARN, INK_BAD };

/* Colours and the true width only on a terminal, and no colours when NO_COLOR is set. */
struct paper paper_of(FILE *file, enum language language, struct arena *arena);

void paper_text(const struct paper *paper, enum ink ink, const char *text);

/* The text, padded to so many columns or cut to them; paper_right pads on the left and never cuts. */
void paper_left(const struct paper *paper, enum ink ink, const char *text, size_t columns);
void paper_right(const struct paper *paper, enum ink ink, const char *text, size_t columns);

/* A bar, part of whole, at most so many columns. */
void paper_bar(const struct paper *paper, enum ink ink, uint64_t part, uint64_t whole, size_t columns);

/* Filled into lines of the paper's width, each behind so many blanks; a line end behind the last. */
void paper_paragraph(const struct paper *paper, enum ink ink, const char *text, size_t indent);

/* A stranger's text as one safe line of at most so many characters. */
const char *paper_safe(const struct paper *paper, const char *text, size_t max);

#endif
