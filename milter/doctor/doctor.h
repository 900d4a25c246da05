/* Is this machine set up as it should be? One row per check, each with what to do. */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include "doctor/examination.h"

struct doctor_request {
	const char *config_path;
	const char *postfix_folder;           /* where main.cf is */
	const char *signed_name, *large_name; /* "" for those we know */
	const char *const *skipped;           /* checks left out */
	size_t skipped_count;
};

/* Lives in the arena. May wait for sockets and DNS, about ten seconds in all. */
const struct examination *doctor_examine(const struct doctor_request *request, struct arena *arena);

/* The worst of all notes. */
enum condition examination_condition(const struct examination *examination);
size_t examination_count(const struct examination *examination, enum condition condition);

/* The nth check's name, NULL behind the last. */
const char *doctor_check_name(size_t index);

#endif
