/* sekisho log --queue-id QID --replay: the evidence of a verdict, run again. */
#include "cli/log_replay.h"

#include "base/arena.h"
#include "cli/evaluation.h"
#include "cli/exit_status.h"
#include "cli/log_request.h"
#include "diagnose/findings.h"
#include "diagnose/fix_layout.h"
#include "replay/case_file.h"
#include "replay/evidence_ring.h"
#include "report/authres.h"
#include "settings/settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The outcome now for the name of an "expect" line; "" for others. */
static const char *outcome_now(const struct findings *findings, const char *name)
{
	if (strcmp(name, "cause") != 0)
		return verdicts_word(findings->verdicts, name);
	return findings->diagnoses.count > 0 ? cause_row(findings->diagnoses.items[0].cause)->code : "none";
}

/* ARC is over the body, whose hashes are kept for DKIM only; causes name what changed it; and masked
 * addresses break every signature. */
static bool rests_on_body(const char *name, const struct findings *findings, bool masked)
{
	bool is_signed = findings->verdicts->signature_count > 0 || findings->verdicts->arc.set_count > 0;

	if (!masked && strcmp(name, "cause") != 0 && strcmp(name, "arc") != 0)
		return false;
	return is_signed && strcmp(name, "spf") != 0 && strcmp(name, "iprev") != 0;
}

/* The evidence says so itself (session/evidence.c). */
static bool is_masked(const struct case_file *file)
{
	return strstr(file->about, "local parts masked") != NULL;
}

static bool is_whole(const struct case_file *file)
{
	return strstr(file->about, "without the body") == NULL && !is_masked(file);
}

/* How many outcomes differ without an excuse. */
static unsigned print_outcomes(const struct case_file *file, const struct findings *findings)
{
	bool masked = is_masked(file);
	unsigned differing = 0;

	printf("  %-8s %-32s %s\n", "", "then", "now");
	for (size_t i = 0; i < file->expectation_count; i++) {
		const struct case_pair *then = &file->expectations[i];
		const char *now = outcome_now(findings, then->name), *note = "";
		bool differs = strcmp(now, then->value) != 0;

		if (differs && !is_whole(file) && rests_on_body(then->name, findings, masked))
			note = "  (not to be told without the message as it was)";
		else
			differing += differs;
		printf("  %-8s %-32s %s%s\n", then->name, then->value, now, note);
	}
	return differing;
}

static void print_causes(const struct findings *findings, struct arena *arena)
{
	for (size_t i = 0; i < findings->diagnoses.count; i++) {
		const struct diagnosis *diagnosis = &findings->diagnoses.items[i];

		printf("\n%s (%s)\n  %s\n", cause_row(diagnosis->cause)->code,
			confidence_word(diagnosis->confidence), diagnosis->summary);
		if (diagnosis->fix[0] != '\0')
			printf("    %s\n", fix_layout(diagnosis->fix, "    ", arena));
	}
}

static int run_case(const char *path, struct arena *arena, struct fault *fault)
{
	struct case_file *file = case_file_read(path, arena, fault);
	struct evaluation *evaluation;
	const struct findings *findings;
	unsigned differing;

	if (file == NULL)
		return EXIT_UNREADABLE;
	evaluation = evaluation_open_case(settings_new(), file, fault);
	if (evaluation == NULL)
		return EXIT_UNREADABLE;
	findings = evaluation_run(evaluation);
	if (access(path, F_OK) != 0) {
		fault_set(fault, "%s has just made room for a newer message", path);
		evaluation_close(&evaluation);
		return EXIT_UNREADABLE;
	}
	printf("\nEvidence: %s (%s)\n", path, file->about);
	differing = print_outcomes(file, findings);
	print_causes(findings, arena);
	printf("\n\"sekisho check --case %s\" has the rest.\n", path);
	evaluation_close(&evaluation);
	return differing > 0 ? EXIT_DIFFERS : EXIT_DONE;
}

int log_replay(const struct log_request *request, const struct settings *settings)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};
	const char *path = evidence_find(
		evidence_folder(settings->key_memory, arena), request->filter.queue_id, arena, &fault);
	int status = path == NULL ? EXIT_UNREADABLE : run_case(path, arena, &fault);

	if (status == EXIT_UNREADABLE)
		fprintf(stderr, "sekisho log: %s\n", fault.text);
	arena_free(&arena);
	return status;
}
