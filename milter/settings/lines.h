/* A configuration file as people write it, into what libconfuse's lexer takes: values need no
 * quotes, lists no braces, and a "#" only begins a comment at the start of a line or behind a blank.
 * What is quoted or in braces already passes unchanged; line numbers stay true. */
#ifndef SETTINGS_LINES_H
#define SETTINGS_LINES_H

#include "base/fault.h"

struct arena;

/* text: NUL-terminated. set_lines: for each row of option_rows the line of its "=", left 0 without
 * one. NULL with "FILE:LINE: what is wrong" in fault: unknown name, option given twice, open quote ... */
const char *lines_quoted(
	const char *path, const char *text, int set_lines[], struct arena *arena, struct fault *fault);

#endif
