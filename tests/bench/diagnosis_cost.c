/* What the diagnosis costs: the processor time of one message, evaluated many times in this process, with
 * and without the deeper diagnosis. The first diagnosis, which asks nothing, is part of both.
 *
 *     diagnosis_cost FILE.case [TIMES]
 */
#include "base/arena.h"
#include "base/suffixes.h"
#include "cli/file.h"
#include "dns/dns.h"
#include "inspect/inspection.h"
#include "inspect/remark_memory.h"
#include "message/header_list.h"
#include "replay/case_file.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { TIMES = 2000, ROUNDS = 20 };

struct letter {
	const struct case_file *file;
	const struct header_list *header;
	const char *body;
	size_t body_len;
};

static double used_ms(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* Returns how many causes were named. */
static size_t evaluate(struct inspection *inspection, const struct letter *letter, bool deepen)
{
	const struct findings *findings;

	inspection_connect(inspection, letter->file->client, "");
	inspection_helo(inspection, letter->file->helo);
	inspection_begin(inspection, letter->file->mail_from, "", false);
	for (size_t i = 0; i < letter->header->count; i++)
		inspection_header(inspection, letter->header->fields[i].name, letter->header->fields[i].value,
			letter->header->fields[i].value_len);
	inspection_headers_done(inspection);
	if (inspection_wants_body(inspection) && letter->body_len > 0)
		inspection_body(inspection, letter->body, letter->body_len);
	findings = inspection_finish(inspection, "");
	if (deepen && inspection_wants_more(inspection))
		findings = inspection_deepen(inspection);
	return findings->diagnoses.count;
}

/* The rounds alternate, so that both ways meet the same weather; the best round of each counts. */
static void measure(struct inspection *inspection, const struct letter *letter, int times)
{
	double best[2] = {1e9, 1e9};
	size_t causes[2] = {0, 0};

	for (int round = 0; round < 2 * ROUNDS; round++) {
		double before = used_ms(), spent;

		for (int i = 0; i < times / ROUNDS; i++)
			causes[round % 2] = evaluate(inspection, letter, round % 2 == 1);
		spent = (used_ms() - before) / (times / ROUNDS);
		if (spent < best[round % 2])
			best[round % 2] = spent;
	}
	printf("%9zu octets  verdicts %9.3f ms  with diagnosis %9.3f ms  (%+.1f %%)  causes %zu, %zu\n",
		letter->body_len, best[0], best[1], (best[1] / best[0] - 1) * 100, causes[0], causes[1]);
}

int main(int argc, char **argv)
{
	struct fault fault = {""};
	struct arena *arena = arena_new();
	struct settings *settings = settings_new();
	struct case_file *file = argc > 1 ? case_file_read(argv[1], arena, &fault) : NULL;
	struct header_list header = header_list_new(arena);
	struct letter letter = {.file = file, .header = &header};
	struct inspector inspector = {.settings = settings, .authserv_id = "mx.inbox.test"};
	char *message = NULL;
	size_t len = 0, body;

	if (file != NULL && case_file_apply_options(file, settings, &fault))
		message = file_read(file->message_path, &len, &fault);
	if (message == NULL) {
		fprintf(stderr, "usage: diagnosis_cost FILE.case [TIMES]\n%s\n", fault.text);
		return 2;
	}
	body = header_list_read(&header, message, len);
	letter.body = message + body;
	letter.body_len = len - body;
	inspector.suffixes = suffixes_open(settings->public_suffix_file, settings->public_suffixes.items,
		settings->public_suffixes.count, &fault);
	inspector.libraries = libraries_open(file->now, &fault);
	inspector.dns = dns_open_zone(file->zone);
	inspector.fixed_now = file->now;
	inspector.remarks = remark_memory_new(); /* as in the daemon: mail of a sender seen before */
	measure(inspection_new(&inspector), &letter, argc > 2 ? atoi(argv[2]) : TIMES);
	return 0;
}
