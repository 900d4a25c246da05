/* The table of causes as the manual page sekisho-causes(7). packaging/man/sekisho-causes.7 is compared
 * with it by tests/unit/test_command_line.sh. */
#ifndef CLI_CAUSES_MANUAL_H
#define CLI_CAUSES_MANUAL_H

struct arena;

/* The whole page, in mdoc. */
const char *causes_manual(struct arena *arena);

/* "med" in words: "medium". */
const char *severity_name(const char *severity);

#endif
