#include "replay/case_zone.h"

#include "base/buf.h"
#include "base/domain.h"
#include "base/text.h"
#include "dns/name.h"

#include <string.h>

enum { STRING_MAX = 255 }; /* RFC 1035 section 3.3 */

/* The label below a name that exists without the record that was asked for. */
static const char filler[] = "_exists";

static const char unsayable[] = "an answer with a name that cannot be written";

static void add_name(struct buf *out, const char *name)
{
	char escaped[NAME_ESCAPED_SIZE];

	if (name[0] == '\0' || strcmp(name, ".") == 0) {
		buf_char(out, '.');
	} else if (name_is_carried(name)) {
		name_escape(name, escaped);
		buf_text(out, escaped);
	}
}

static void add_string(struct buf *out, const char *octets, size_t len)
{
	buf_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (octets[i] == '"' || octets[i] == '\\')
			buf_printf(out, "\\%c", octets[i]);
		else if (text_is_printable(octets[i]))
			buf_char(out, octets[i]);
		else
			buf_printf(out, "\\%03u", (unsigned char)octets[i]);
	}
	buf_char(out, '"');
}

static void add_strings(struct buf *out, const struct rdata *data)
{
	size_t at = 0;

	for (size_t i = 0; data->strings != NULL && i < data->string_count; i++) {
		buf_text(out, i > 0 ? " " : "");
		add_string(out, data->text + at, data->strings[i]);
		at += data->strings[i];
	}
	if (data->strings != NULL && data->string_count > 0)
		return;
	do {
		size_t len = data->len - at > STRING_MAX ? STRING_MAX : data->len - at;

		buf_text(out, at > 0 ? " " : "");
		add_string(out, data->text + at, len);
		at += len;
	} while (at < data->len);
}

static void add_rdata(struct buf *out, enum rr_type type, const struct rdata *data)
{
	size_t len;

	switch (type) {
	case RR_TXT:
	case RR_SPF:
		add_strings(out, data);
		break;
	case RR_MX:
		len = strcspn(data->text, " ");
		buf_add(out, data->text, len);
		buf_char(out, ' ');
		add_name(out, data->text + len + (data->text[len] == ' '));
		break;
	case RR_A:
	case RR_AAAA:
		buf_text(out, data->text);
		break;
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
		add_name(out, data->text);
		break;
	}
}

static void add_start(struct buf *out, const char *keyword, const char *name, enum rr_type type)
{
	buf_printf(out, "%-10s", keyword);
	add_name(out, name);
	buf_printf(out, " %s ", rr_type_name(type));
}

static bool has_chain(const struct answer *answer)
{
	return answer->asked.mode != ASK_AUTHORITY && answer->kind != ANSWER_BOGUS &&
	       answer->kind != ANSWER_NO_REPLY && strcmp(answer->asked.name, answer->final_name) != 0;
}

static bool has_records(const struct answer *answer)
{
	return answer->asked.mode != ASK_AUTHORITY && answer->kind == ANSWER_RECORDS;
}

static bool lacks_record(const struct answer *answer)
{
	return answer->asked.mode != ASK_AUTHORITY && answer->kind == ANSWER_NO_RECORD;
}

/* Do the lines of the records make this name exist? */
static bool is_written(struct evidence evidence, const char *name)
{
	for (size_t i = 0; i < evidence.count; i++) {
		const struct answer *answer = evidence.answers[i];

		if (has_records(answer) && domain_is_below(answer->final_name, name))
			return true;
		if (has_chain(answer) && domain_is_below(answer->asked.name, name))
			return true;
		/* Its filler is below it. */
		if (lacks_record(answer) && domain_is_below(answer->final_name, name) &&
			strcmp(answer->final_name, name) != 0)
			return true;
	}
	return false;
}

static void add_chain(struct evidence evidence, size_t index, struct buf *out)
{
	const struct answer *answer = evidence.answers[index];

	for (size_t i = 0; i < index; i++)
		if (has_chain(evidence.answers[i]) &&
			strcmp(evidence.answers[i]->asked.name, answer->asked.name) == 0)
			return;
	add_start(out, "zone", answer->asked.name, RR_CNAME);
	add_name(out, answer->final_name);
	buf_char(out, '\n');
}

/* Names of strangers may be such that presentation format cannot carry them. */
static bool is_name_sayable(const char *name)
{
	return name[0] == '\0' || strcmp(name, ".") == 0 || name_is_carried(name);
}

static bool is_sayable(enum rr_type type, const struct rdata *data)
{
	switch (type) {
	case RR_MX:
		return strchr(data->text, ' ') != NULL && is_name_sayable(strchr(data->text, ' ') + 1);
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
		return is_name_sayable(data->text);
	case RR_A:
	case RR_AAAA:
	case RR_TXT:
	case RR_SPF:
		break;
	}
	return true;
}

static void add_comment(const struct answer *answer, const char *text, struct buf *out)
{
	buf_text(out, "# ");
	add_name(out, answer->asked.name);
	buf_printf(out, " %s: %s\n", rr_type_name(answer->asked.type), text);
}

static void add_records(struct evidence evidence, size_t index, struct buf *out)
{
	const struct answer *answer = evidence.answers[index];

	for (size_t i = 0; i < index; i++)
		if (has_records(evidence.answers[i]) &&
			evidence.answers[i]->asked.type == answer->asked.type &&
			strcmp(evidence.answers[i]->final_name, answer->final_name) == 0)
			return;
	for (size_t i = 0; i < answer->count; i++) {
		if (!is_sayable(answer->asked.type, &answer->values[i])) {
			add_comment(answer, unsayable, out);
			continue;
		}
		add_start(out, "zone", answer->final_name, answer->asked.type);
		add_rdata(out, answer->asked.type, &answer->values[i]);
		buf_char(out, '\n');
	}
}

/* The name exists, but has no such record: a record below it says so, at a name nobody asks for. */
static void add_filler(struct evidence evidence, size_t index, struct buf *out)
{
	const struct answer *answer = evidence.answers[index];
	const char *name = answer->final_name;
	char below[sizeof filler + NAME_SIZE];

	for (size_t i = 0; i < index; i++)
		if (lacks_record(evidence.answers[i]) && strcmp(evidence.answers[i]->final_name, name) == 0)
			return;
	if (name[0] == '\0' || is_written(evidence, name))
		return;
	if (strlen(name) + sizeof filler > DOMAIN_MAX) {
		add_comment(answer, "the name exists, without such a record", out);
		return;
	}
	memcpy(below, filler, sizeof filler - 1);
	below[sizeof filler - 1] = '.';
	memcpy(below + sizeof filler, name, strlen(name) + 1);
	add_start(out, "zone", below, RR_TXT);
	buf_text(out, "\"the name above exists, without the record that was asked for\"\n");
}

static void add_absence(struct evidence evidence, const struct answer *answer, struct buf *out)
{
	if (is_written(evidence, answer->final_name))
		add_comment(answer, "no such name, though there are names below it", out);
}

/* What the format has no word for becomes its nearest, with the reason above. */
static void add_silence(const struct answer *answer, struct buf *out)
{
	const char *kind = "servfail";

	if (answer->trouble == TROUBLE_LOOP) {
		add_start(out, "zone", answer->asked.name, RR_CNAME);
		add_name(out, answer->asked.name);
		buf_char(out, '\n');
		return;
	}
	if (answer->kind == ANSWER_BOGUS)
		kind = "bogus";
	else if (answer->trouble == TROUBLE_TCP)
		kind = "tcp-blocked";
	else if (answer->trouble == TROUBLE_TIMEOUT || answer->trouble == TROUBLE_BUDGET)
		kind = "timeout";
	if (answer->trouble == TROUBLE_REFUSED)
		add_comment(answer, "refused", out);
	else if (answer->trouble == TROUBLE_BROKEN)
		add_comment(answer, "the answer could not be read", out);
	else if (answer->trouble == TROUBLE_BUDGET)
		add_comment(answer, "not asked, the message's budget was spent", out);
	else if (answer->trouble == TROUBLE_LOCAL)
		add_comment(answer, "our resolver did not work", out);
	add_start(out, "fault", answer->asked.name, answer->asked.type);
	buf_printf(out, "%s\n", kind);
}

static void start_authority(const struct question *asked, struct buf *out)
{
	buf_printf(out, "%-10s", "authority");
	if (strcmp(asked->server, "[parent]") == 0) {
		buf_text(out, "[parent] ");
	} else if (asked->server[0] != '\0') {
		buf_char(out, '[');
		add_name(out, asked->server);
		buf_text(out, "] ");
	}
	add_name(out, asked->name);
	buf_printf(out, " %s ", rr_type_name(asked->type));
}

static void add_authority(const struct answer *answer, struct buf *out)
{
	if (!is_name_sayable(answer->asked.server)) {
		add_comment(answer, unsayable, out);
		return;
	}
	if (answer_is_trouble(answer)) {
		add_comment(answer, "a name server that was asked directly did not answer", out);
		return;
	}
	for (size_t i = 0; i < answer->count; i++) {
		if (!is_sayable(answer->asked.type, &answer->values[i])) {
			add_comment(answer, unsayable, out);
			continue;
		}
		start_authority(&answer->asked, out);
		add_rdata(out, answer->asked.type, &answer->values[i]);
		buf_char(out, '\n');
	}
	if (answer->count == 0) {
		start_authority(&answer->asked, out);
		buf_text(out, "-\n");
	}
}

static void add_answer(struct evidence evidence, size_t index, struct buf *out)
{
	const struct answer *answer = evidence.answers[index];

	if (!name_is_carried(answer->asked.name))
		return; /* never left our house, and will not the next time */
	if (answer->asked.mode == ASK_AUTHORITY) {
		add_authority(answer, out);
		return;
	}
	if (!is_name_sayable(answer->final_name)) {
		add_comment(answer, unsayable, out);
		return;
	}
	if (has_chain(answer))
		add_chain(evidence, index, out);
	switch (answer->kind) {
	case ANSWER_RECORDS:
		add_records(evidence, index, out);
		break;
	case ANSWER_NO_RECORD:
		add_filler(evidence, index, out);
		break;
	case ANSWER_NO_NAME:
		add_absence(evidence, answer, out);
		break;
	case ANSWER_BOGUS:
	case ANSWER_NO_REPLY:
		if (answer->asked.mode == ASK_NORMAL)
			add_silence(answer, out);
		break;
	}
}

void case_zone_write(struct evidence evidence, struct buf *out)
{
	for (size_t i = 0; i < evidence.count; i++)
		add_answer(evidence, i, out);
}
