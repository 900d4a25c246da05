#include "support/opendkim_view.h"

#include "base/arena.h"
#include "records/key_record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

enum { SIGNATURES_MAX = 64 };

struct opendkim {
	DKIM_LIB *library;
};

/* One message under way. */
struct look {
	struct arena *arena;
	const struct verdicts *ours;
	DKIM_SIGINFO *infos[SIGNATURES_MAX];
};

static void must(bool so)
{
	if (!so)
		abort();
}

/* The key that we found, in a form that the library can read. */
static DKIM_CBSTAT key_of(DKIM *message, DKIM_SIGINFO *info, u_char *record, size_t size)
{
	const struct look *look = dkim_get_user_context(message);
	size_t i = 0;

	while (i < look->ours->signature_count && look->infos[i] != info)
		i++;
	if (i < look->ours->signature_count && look->ours->signatures[i].key_record[0] != '\0') {
		const char *text = look->ours->signatures[i].key_record;
		struct key_record key = key_record_read(look->arena, text, strlen(text));
		const char *plain =
			key.fault == KEYFAULT_NONE && !key.revoked ? key_record_plain(&key, look->arena) : "";

		if (plain[0] != '\0' && strlen(plain) < size) {
			memcpy(record, plain, strlen(plain) + 1);
			return DKIM_CBSTAT_CONTINUE;
		}
	}
	return DKIM_CBSTAT_NOTFOUND;
}

struct opendkim *opendkim_new(int64_t now)
{
	struct opendkim *opendkim = calloc(1, sizeof *opendkim);
	u_int flags = DKIM_LIBFLAGS_DELAYSIGPROC | DKIM_LIBFLAGS_BADSIGHANDLES;
	uint64_t fixed = (uint64_t)now, drift = 900000000; /* times are not what is compared */

	must(opendkim != NULL);
	opendkim->library = dkim_init(NULL, NULL);
	must(opendkim->library != NULL);
	must(dkim_options(opendkim->library, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof flags) ==
		DKIM_STAT_OK);
	must(dkim_options(opendkim->library, DKIM_OP_SETOPT, DKIM_OPTS_CLOCKDRIFT, &drift, sizeof drift) ==
		DKIM_STAT_OK);
	must(dkim_options(opendkim->library, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &fixed, sizeof fixed) ==
		DKIM_STAT_OK);
	must(dkim_set_key_lookup(opendkim->library, key_of) == DKIM_STAT_OK);
	return opendkim;
}

void opendkim_free(struct opendkim **opendkim)
{
	if (*opendkim == NULL)
		return;
	dkim_close((*opendkim)->library);
	free(*opendkim);
	*opendkim = NULL;
}

static bool is_seen(const struct header_list *header, size_t field, const struct verdicts *ours)
{
	if (!header_field_is(&header->fields[field], "DKIM-Signature"))
		return true;
	for (size_t i = 0; i < ours->signature_count; i++)
		if (ours->signatures[i].field == field)
			return ours->signatures[i].digests_known;
	return false;
}

static void feed(DKIM *message, const struct header_list *header, const struct look *look)
{
	static u_char pad[] = "X-8f2bd1c07a9e4455: x"; /* see signatures_begin */

	(void)dkim_header(message, pad, sizeof pad - 1);
	for (size_t i = 0; i < header->count; i++) {
		const struct header_field *field = &header->fields[i];
		char *text;

		if (!is_seen(header, i, look->ours))
			continue;
		text = arena_printf(look->arena, "%s:%s", field->name, field->value);
		(void)dkim_header(message, (u_char *)text, strlen(text));
	}
	(void)dkim_eoh(message);
}

static void match(DKIM *message, struct look *look)
{
	DKIM_SIGINFO **list = NULL;
	int count = 0;
	size_t seen = 0;

	must(look->ours->signature_count <= SIGNATURES_MAX);
	for (size_t i = 0; i < look->ours->signature_count; i++)
		seen += look->ours->signatures[i].digests_known;
	if (dkim_getsiglist(message, &list, &count) != DKIM_STAT_OK || (size_t)count != seen)
		return;
	for (size_t i = 0; i < look->ours->signature_count; i++)
		if (look->ours->signatures[i].digests_known)
			look->infos[i] = *list++;
}

static enum opendkim_word word_of(DKIM_SIGINFO *info)
{
	DKIM_SIGERROR error = dkim_sig_geterror(info);
	bool verified = (dkim_sig_getflags(info) & DKIM_SIGFLAG_PASSED) != 0;

	if (error == DKIM_SIGERROR_OK)
		return verified && dkim_sig_getbh(info) == DKIM_SIGBH_MATCH ? OPENDKIM_PASS : OPENDKIM_OTHER;
	if (error == DKIM_SIGERROR_TOOLARGE_L)
		return OPENDKIM_LENGTH;
	if (error == DKIM_SIGERROR_BADSIG)
		return verified ? OPENDKIM_BODY : OPENDKIM_HEADER;
	return OPENDKIM_OTHER;
}

static void view(DKIM *message, DKIM_SIGINFO *info, struct opendkim_view *view)
{
	ssize_t received = 0, canonical = -1, signed_len = 0;
	size_t header_len = 0, body_len = 0;
	void *header = NULL, *body = NULL;

	view->word = word_of(info);
	view->error = dkim_sig_geterrorstr(dkim_sig_geterror(info));
	if (dkim_sig_getcanonlen(message, info, &received, &canonical, &signed_len) != DKIM_STAT_OK ||
		canonical < 0 ||
		dkim_sig_gethashes(info, &header, &header_len, &body, &body_len) != DKIM_STAT_OK ||
		header_len != DIGEST_MAX || body_len != DIGEST_MAX)
		return;
	view->hashed = true;
	memcpy(view->header_digest, header, DIGEST_MAX);
	memcpy(view->body_digest, body, DIGEST_MAX);
}

void opendkim_look(struct opendkim *opendkim, const struct header_list *header, const char *body, size_t len,
	const struct verdicts *ours, struct opendkim_view *views)
{
	struct look look = {.arena = arena_new(), .ours = ours};
	DKIM_STAT status = DKIM_STAT_OK;
	DKIM *message = dkim_verify(opendkim->library, (const u_char *)"message", NULL, &status);
	bool ends_well = len >= 2 && memcmp(body + len - 2, "\r\n", 2) == 0;

	must(message != NULL);
	memset(views, 0, ours->signature_count * sizeof *views);
	(void)dkim_set_user_context(message, &look);
	feed(message, header, &look);
	match(message, &look);
	if (len > 0)
		(void)dkim_body(message, (u_char *)(uintptr_t)body, len);
	if (len > 0 && !ends_well)
		(void)dkim_body(message, (u_char *)(uintptr_t) "\r\n", 2); /* it would give up */
	(void)dkim_eom(message, NULL);
	for (size_t i = 0; i < ours->signature_count; i++)
		if (look.infos[i] != NULL)
			view(message, look.infos[i], &views[i]);
	(void)dkim_free(message);
	arena_free(&look.arena);
}
