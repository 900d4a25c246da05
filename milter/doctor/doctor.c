#include "doctor/doctor.h"

#include "base/arena.h"
#include "doctor/checks.h"
#include "doctor/main_cf.h"
#include "settings/settings.h"

#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	void (*run)(struct examination *examination);
	bool of_postfix; /* left out where there is none */
} checks[] = {
	{"configuration", check_configuration, false},
	{"authserv-id", check_authserv_id, false},
	{"user", check_user, false},
	{"state", check_state, false},
	{"log", check_log, false},
	{"socket", check_socket, false},
	{"reach", check_reach, true},
	{"milters", check_milters, true},
	{"order", check_order, true},
	{"default-action", check_default_action, true},
	{"local-mail", check_local_mail, true},
	{"submission", check_submission, true},
	{"protocol", check_protocol, true},
	{"resolver", check_resolver, false},
	{"dnssec", check_dnssec, false},
	{"large-answers", check_large_answers, false},
	{"ipv6", check_ipv6, false},
	{"clock", check_clock, false},
	{"public-suffixes", check_suffixes, false},
	{"versions", check_versions, false},
	{"descriptors", check_descriptors, false},
};

const char *doctor_check_name(size_t index)
{
	return index < sizeof checks / sizeof checks[0] ? checks[index].name : NULL;
}

static bool is_skipped(const struct doctor_request *request, const char *name)
{
	for (size_t i = 0; i < request->skipped_count; i++)
		if (strcmp(request->skipped[i], name) == 0)
			return true;
	return false;
}

static void read_configuration(struct examination *examination, struct settings **settings)
{
	struct fault fault = {""};

	*settings = settings_read(examination->config_path, &fault);
	examination->config_trouble = *settings == NULL ? arena_text(examination->arena, fault.text) : "";
	if (*settings == NULL)
		*settings = settings_new();
	examination->settings = *settings;
	examination->address_known = listen_address_parse((*settings)->socket, &examination->address, &fault);
}

const struct examination *doctor_examine(const struct doctor_request *request, struct arena *arena)
{
	struct examination *examination = arena_alloc(arena, sizeof *examination);
	struct settings *settings;

	*examination = (struct examination){
		.arena = arena,
		.config_path = request->config_path,
		.signed_name = request->signed_name,
		.large_name = request->large_name,
	};
	read_configuration(examination, &settings);
	examination->postfix = main_cf_read(request->postfix_folder, arena);
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
		if (is_skipped(request, checks[i].name) ||
			(checks[i].of_postfix && examination->postfix == NULL))
			continue;
		examination->check = checks[i].name;
		checks[i].run(examination);
	}
	if (examination->postfix == NULL) {
		examination->check = "milters";
		note_fine(examination, "there is no Postfix in %s: its settings were not looked at",
			request->postfix_folder);
	}
	examination->settings = NULL; /* what remains are the notes */
	settings_free(&settings);
	return examination;
}

size_t examination_count(const struct examination *examination, enum condition condition)
{
	size_t count = 0;

	for (size_t i = 0; i < examination->count; i++)
		count += examination->notes[i].condition == condition;
	return count;
}

enum condition examination_condition(const struct examination *examination)
{
	return examination_count(examination, CONDITION_PROBLEM) > 0   ? CONDITION_PROBLEM
	       : examination_count(examination, CONDITION_WARNING) > 0 ? CONDITION_WARNING
								       : CONDITION_OK;
}
