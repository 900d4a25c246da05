#include "cli/explain.h"

#include "base/arena.h"
#include "base/text.h"
#include "cli/causes_manual.h"
#include "cli/exit_status.h"
#include "diagnose/diagnosis.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: sekisho explain [CODE...]\n"
	"       sekisho explain --manual\n"
	"Says what a cause in the log means, who must act and what to do. Without a CODE:\n"
	"all codes. A piece of a code lists those that have it.\n"
	"  --manual   the source of the manual page sekisho-causes(7), made from the table\n"
	"Examples:\n"
	"  sekisho explain dkim-key-missing-selector   what the log means by it\n"
	"  sekisho explain selector                    which codes are about selectors?\n"
	"Exit status: 0 explained, 2 usage or no such code.\n";

static void print_line(FILE *file, const struct cause_row *row)
{
	fprintf(file, "%-36s %-5s %s\n", row->code, row->severity, cause_actor_name(row->act, LANGUAGE_EN));
}

/* Those with the piece in their code; all for "". How many there are. */
static size_t print_list(FILE *file, const char *piece)
{
	size_t count = 0;

	for (int cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		const struct cause_row *row = cause_row((enum cause)cause);

		if (text_find(row->code, strlen(row->code), piece) == NULL)
			continue;
		print_line(file, row);
		count++;
	}
	return count;
}

static void print_cause(const struct cause_row *row)
{
	printf("%s\n", row->code);
	printf("  about     %s\n", row->method);
	printf("  severity  %s\n", severity_name(row->severity));
	printf("  must act  %s (%s)\n", cause_actor_name(row->act, LANGUAGE_EN),
		cause_actor_name(row->act, LANGUAGE_JA));
	printf("  means     %s\n", row->summary_en);
	printf("            %s\n", row->summary_ja);
	printf("  fix       %s\n", row->fix_en[0] == '\0' ? "nothing is to be done" : row->fix_en);
	if (row->fix_ja[0] != '\0')
		printf("            %s\n", row->fix_ja);
}

static int explain_code(const char *code)
{
	enum cause cause = cause_of_code(code);

	if (cause != CAUSE_NONE) {
		print_cause(cause_row(cause));
		return EXIT_DONE;
	}
	if (code[0] != '\0' && print_list(stdout, code) > 0)
		return EXIT_DONE;
	fprintf(stderr, "sekisho explain: there is no cause \"%s\"; \"sekisho explain\" lists all\n", code);
	return EXIT_USAGE;
}

static int print_manual(void)
{
	struct arena *arena = arena_new();

	(void)fputs(causes_manual(arena), stdout);
	arena_free(&arena);
	return EXIT_DONE;
}

static int explain_all(int count, char **codes)
{
	int status = EXIT_DONE;

	if (count == 0)
		(void)print_list(stdout, "");
	for (int i = 0; i < count; i++) {
		int one = explain_code(codes[i]);

		if (one != EXIT_DONE)
			status = one;
		if (i + 1 < count)
			printf("\n");
	}
	if (count > 0 && status == EXIT_DONE)
		printf("\nWords in {braces} come from the message and its DNS.\n");
	return status;
}

int explain_run(int argc, char **argv)
{
	static const struct option options[] = {
		{"manual", no_argument, NULL, 'm'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	int option = getopt_long(argc, argv, "h", options, NULL);

	if (option == 'm' && optind == argc)
		return print_manual();
	if (option == -1)
		return explain_all(argc - optind, argv + optind);
	(void)fputs(usage, option == 'h' ? stdout : stderr);
	return option == 'h' ? EXIT_DONE : EXIT_USAGE;
}
