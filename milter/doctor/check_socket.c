/* Is sekishod there, and may Postfix come in? */
#include "base/arena.h"
#include "doctor/checks.h"
#include "doctor/examination.h"
#include "doctor/handshake.h"
#include "doctor/main_cf.h"
#include "doctor/person.h"
#include "settings/settings.h"

void check_socket(struct examination *examination)
{
	const char *socket = examination->settings->socket;
	struct handshake handshake = {0, 0};
	struct fault fault = {""};

	if (!examination->address_known)
		note_problem(examination, "Write socket as unix:PATH or inet:PORT@HOST.", "what is \"%s\"?",
			socket);
	else if (!handshake_make(&examination->address, &handshake, &fault))
		note_problem(examination,
			"Start sekishod (systemctl start sekishod), and look at its log when it does not "
			"stay.",
			"nobody answers as a milter at %s: %s", socket, fault.text);
	else if (handshake.version < 6)
		note_warning(examination, "Is another milter at this socket?",
			"%s speaks version %u of the milter protocol, not 6", socket, handshake.version);
	else
		note_fine(examination, "%s answers (%d ms)", socket, handshake.took_ms);
}

void check_reach(struct examination *examination)
{
	const char *owner = main_cf_value(examination->postfix, "mail_owner", examination->arena);
	const char *path = examination->address.path;
	struct person postfix = person_named(owner);
	struct access_result result;

	if (!examination->address_known || examination->address.kind != LISTEN_UNIX) {
		note_fine(examination, "over TCP: no permissions are needed");
		return;
	}
	if (!postfix.known) {
		note_warning(examination, "Is Postfix installed? See mail_owner in main.cf.",
			"there is no account \"%s\"", owner);
		return;
	}
	result = person_may(&postfix, path, ACCESS_READ | ACCESS_WRITE);
	if (result.answer == ACCESS_NO)
		note_problem(examination,
			arena_printf(examination->arena,
				"Set socket-group = %s and socket-mode = 0660, and let that group enter the "
				"folder.",
				owner),
			"Postfix's user %s may not use %s", owner, result.where);
	else if (result.answer == ACCESS_YES)
		note_fine(examination, "Postfix's user %s may connect", owner);
	else
		note_problem(examination, "Start sekishod, or create the folder of its socket.",
			"there is no %s", result.where);
}
