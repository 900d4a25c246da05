#include "session/session.h"

#include "base/arena.h"
#include "base/text.h"
#include "base/turnstile.h"
#include "message/envelope.h"
#include "report/action.h"
#include "session/apply.h"
#include "session/client.h"
#include "session/desk.h"
#include "session/diagnosis_queue.h"
#include "session/negotiate.h"
#include "session/outlets.h"
#include "session/pool_guard.h"
#include "session/reader_guard.h"
#include "session/watchman.h"

#include <libmilter/mfapi.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

/* A header field longer than libmilter's own 64 KB, or than this, closes the connection, again at each retry:
 * far more than an MTA sends and than we keep of a header. */
enum { PACKET_MAX = 4 * 1048576 };

/* The longest silence of an MTA: Postfix waits 300 s for content, sendmail up to 2 hours. */
enum { MTA_TIMEOUT_S = 7210 };

/* Connections the kernel holds while all workers are busy. */
enum { BACKLOG = 1024 };

struct session {
	struct agreement agreement;
	struct netaddr client;
	char *client_name, *helo; /* NULL until they are told */
	struct desk *desk;        /* NULL between messages */
	bool in_message;
};

static const struct session_shared *shared;
static atomic_uint connections;
static atomic_uint messages;
static atomic_uint begun;
static atomic_bool refusing;

/* What the latest MTA agreed to: for a connection that comes without negotiation of its own
 * (sendmail hands a used connection to the next client after QUIT_NC). */
static atomic_ulong latest_actions;
static atomic_ulong latest_protocol;

struct session_counts session_counts(void)
{
	return (struct session_counts){.connections = atomic_load(&connections),
		.messages = atomic_load(&messages),
		.begun = atomic_load(&begun)};
}

void session_refuse_new(void)
{
	atomic_store(&refusing, true);
}

/* The connection's session; made when a command comes before the one that should make it. NULL
 * when the process is going. */
static struct session *session_of(SMFICTX *context)
{
	struct session *session = smfi_getpriv(context);

	if (session != NULL)
		return session;
	atomic_fetch_add(&connections, 1);
	if (atomic_load(&refusing) || (session = calloc(1, sizeof *session)) == NULL) {
		atomic_fetch_sub(&connections, 1);
		return NULL;
	}
	session->agreement.actions = atomic_load(&latest_actions);
	session->agreement.protocol = atomic_load(&latest_protocol);
	(void)smfi_setpriv(context, session);
	return session;
}

/* Text from the MTA may be missing. */
static const char *text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/* The message being worked on; begun here when the command that should begin it did not come. */
static struct desk *desk_of(struct session *session)
{
	struct inspection *inspection;

	if (session->desk != NULL)
		return session->desk;
	session->desk = desk_take(shared->inspector);
	inspection = session->desk->inspection;
	inspection_connect(inspection, session->client, text_or_empty(session->client_name));
	inspection_helo(inspection, text_or_empty(session->helo));
	return session->desk;
}

/* Replaces a text of the connection. */
static void keep_text(char **kept, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	free(*kept);
	*kept = copy;
}

static void enter_message(struct session *session)
{
	if (!session->in_message) {
		atomic_fetch_add(&messages, 1);
		atomic_fetch_add(&begun, 1);
	}
	session->in_message = true;
}

static void leave_message(struct session *session)
{
	if (session->in_message)
		atomic_fetch_sub(&messages, 1);
	session->in_message = false;
	desk_give(&session->desk);
}

/* The answer before the end of a message: none where the MTA does not wait for one. */
static sfsistat go_on(const struct session *session, unsigned long stage)
{
	return agreement_is_silent(session->agreement, stage) ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static const char *macro(SMFICTX *context, const char *name)
{
	return text_or_empty(smfi_getsymval(context, (char *)name));
}

static sfsistat on_negotiate(SMFICTX *context, unsigned long actions, unsigned long protocol,
	unsigned long f2, unsigned long f3, unsigned long *actions_wanted, unsigned long *protocol_wanted,
	unsigned long *f2_wanted, unsigned long *f3_wanted)
{
	struct agreement agreement = negotiate(actions, protocol);
	struct session *session;

	(void)f2;
	(void)f3;
	atomic_store(&latest_actions, agreement.actions);
	atomic_store(&latest_protocol, agreement.protocol);
	session = session_of(context);
	if (session == NULL)
		return SMFIS_REJECT;
	session->agreement = agreement;
	*actions_wanted = agreement.actions;
	*protocol_wanted = agreement.protocol;
	*f2_wanted = *f3_wanted = 0;
	return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *context, char *host_name, _SOCK_ADDR *address)
{
	struct session *session = session_of(context);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	leave_message(session);
	session->client = client_address(address, macro(context, "{client_addr}"));
	keep_text(&session->client_name, client_name(text_or_empty(host_name)));
	keep_text(&session->helo, "");
	return go_on(session, SMFIP_NR_CONN);
}

static sfsistat on_helo(SMFICTX *context, char *helo)
{
	struct session *session = session_of(context);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	keep_text(&session->helo, text_or_empty(helo));
	if (session->desk != NULL)
		inspection_helo(session->desk->inspection, session->helo);
	return go_on(session, SMFIP_NR_HELO);
}

/* RFC 6531 section 3.4 */
static bool wants_smtputf8(char **arguments)
{
	for (size_t i = 1; arguments[0] != NULL && arguments[i] != NULL; i++)
		if (text_equal(arguments[i], "SMTPUTF8"))
			return true;
	return false;
}

static sfsistat on_mail(SMFICTX *context, char **arguments)
{
	struct session *session = session_of(context);
	char *nothing[] = {NULL};

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (arguments == NULL)
		arguments = nothing;
	enter_message(session);
	inspection_begin(desk_of(session)->inspection, text_or_empty(arguments[0]),
		macro(context, "{auth_authen}"), wants_smtputf8(arguments));
	return go_on(session, SMFIP_NR_MAIL);
}

static sfsistat on_recipient(SMFICTX *context, char **arguments)
{
	struct session *session = session_of(context);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (arguments != NULL && arguments[0] != NULL)
		inspection_recipient(desk_of(session)->inspection, arguments[0]);
	return go_on(session, SMFIP_NR_RCPT);
}

static sfsistat on_header(SMFICTX *context, char *name, char *value)
{
	struct session *session = session_of(context);
	const char *text = text_or_empty(value);
	size_t len = strlen(text);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (agreement_keeps_leading_space(session->agreement)) {
		inspection_header(desk_of(session)->inspection, text_or_empty(name), text, len);
	} else { /* the blank that nearly every field has was taken off */
		char *spaced = arena_printf(desk_of(session)->arena, " %s", text);

		inspection_header(desk_of(session)->inspection, text_or_empty(name), spaced, len + 1);
		arena_reset(desk_of(session)->arena); /* it was copied; a flood shall not pile up */
	}
	return go_on(session, SMFIP_NR_HDR);
}

static sfsistat on_headers_done(SMFICTX *context)
{
	struct session *session = session_of(context);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	inspection_headers_done(desk_of(session)->inspection);
	return go_on(session, SMFIP_NR_EOH);
}

static sfsistat on_body(SMFICTX *context, unsigned char *octets, size_t len)
{
	struct session *session = session_of(context);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (octets != NULL)
		inspection_body(desk_of(session)->inspection, (const char *)octets, len);
	if (!inspection_wants_body(desk_of(session)->inspection) &&
		agreement_may_skip_body(session->agreement))
		return SMFIS_SKIP;
	return SMFIS_CONTINUE;
}

/* The record is written now, or by the queue when more is to be found out. */
static void log_message(struct desk *desk, const struct findings *findings, const struct decision *decision)
{
	if (inspection_wants_more(desk->inspection)) {
		if (diagnosis_queue_put(shared->queue, &desk->inspection, decision))
			return;
		findings = inspection_forgo(desk->inspection);
	}
	outlets_tell(shared->outlets, findings, decision, desk->arena);
}

static sfsistat on_end(SMFICTX *context)
{
	struct session *session = session_of(context);
	const struct findings *findings;
	struct decision decision;
	struct desk *desk;
	sfsistat answer;

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	desk = desk_of(session);
	turnstile_enter();
	findings = inspection_finish(desk->inspection, macro(context, "i"));
	answer = apply_findings(context, findings,
		&(struct apply_tools){
			.settings = shared->inspector->settings,
			.sink = shared->outlets->sink,
			.arena = desk->arena,
			.agreement = session->agreement,
		},
		&decision);
	watchman_look(findings, shared->outlets->sink, desk->arena);
	log_message(desk, findings, &decision);
	turnstile_leave();
	leave_message(session);
	return answer;
}

static sfsistat on_abort(SMFICTX *context)
{
	struct session *session = smfi_getpriv(context);

	if (session != NULL)
		leave_message(session);
	return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *context)
{
	struct session *session = smfi_getpriv(context);

	if (session == NULL)
		return SMFIS_CONTINUE;
	(void)smfi_setpriv(context, NULL);
	leave_message(session);
	free(session->client_name);
	free(session->helo);
	free(session);
	atomic_fetch_sub(&connections, 1);
	return SMFIS_CONTINUE;
}

bool session_open(const struct session_shared *shared_by_all, int listening_fd, struct fault *fault)
{
	char name[] = "sekisho";
	char connection[32];
	const struct smfiDesc description = {
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_recipient,
		.xxfi_header = on_header,
		.xxfi_eoh = on_headers_done,
		.xxfi_body = on_body,
		.xxfi_eom = on_end,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};

	shared = shared_by_all;
	pool_guard_arm();
	reader_guard_arm(PACKET_MAX);
	(void)smfi_setmaxdatasize(PACKET_MAX);
	(void)snprintf(connection, sizeof connection, "fd:%d", listening_fd);
	if (smfi_register(description) != MI_SUCCESS || smfi_setconn(connection) != MI_SUCCESS ||
		smfi_settimeout(MTA_TIMEOUT_S) != MI_SUCCESS || smfi_setbacklog(BACKLOG) != MI_SUCCESS) {
		fault_set(fault, "libmilter refuses its settings");
		return false;
	}
	if (smfi_opensocket(false) != MI_SUCCESS) {
		fault_set(fault,
			"this libmilter cannot take over a listening socket (\"fd:N\", which Debian's can)");
		return false;
	}
	return true;
}

bool session_serve(void)
{
	return smfi_main() == MI_SUCCESS;
}

const char *session_library_version(char text[32])
{
	unsigned major = 0, minor = 0, level = 0;

	(void)smfi_version(&major, &minor, &level);
	(void)snprintf(text, 32, "%u.%u.%u", major, minor, level);
	return text;
}
