#include "doctor/main_cf.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/text_file.h"

#include <string.h>

enum { FILE_MAX = 1048576, EXPANSION_DEPTH_MAX = 8, VALUE_MAX = 16384 };

static const struct parameter defaults[] = {
	{"queue_directory", "/var/spool/postfix"},
	{"mail_owner", "postfix"},
	{"milter_default_action", "tempfail"},
	{"milter_protocol", "6"},
	{"milter_content_timeout", "300s"},
	{"milter_mail_macros",
		"i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}"},
	{"inet_protocols", "all"},
};

/* The next logical line: comments and empty ones left out, those that begin with blanks joined on. */
static const char *next_line(const char **text, struct arena *arena)
{
	struct buf line = buf_in(arena);

	while (**text != '\0') {
		size_t len = strcspn(*text, "\n");
		struct span span = span_trim((struct span){*text, len});
		bool goes_on = text_is_blank(**text);

		if (span.len > 0 && span.at[0] != '#') {
			if (!goes_on && line.len > 0)
				break;
			if (line.len > 0)
				buf_char(&line, ' ');
			buf_add(&line, span.at, span.len);
		}
		*text += len + ((*text)[len] == '\n');
	}
	return line.len > 0 ? line.data : NULL;
}

static void read_main(struct main_cf *postfix, const char *text, struct arena *arena)
{
	const char *line;

	while ((line = next_line(&text, arena)) != NULL && postfix->parameter_count < PARAMETERS_MAX) {
		const char *equals = strchr(line, '=');

		if (equals == NULL)
			continue;
		postfix->parameters[postfix->parameter_count++] = (struct parameter){
			.name = span_text(arena, span_trim((struct span){line, (size_t)(equals - line)})),
			.value = span_text(arena, span_trim(span_of(equals + 1))),
		};
	}
}

static struct span next_word(struct span *rest)
{
	struct span word;

	while (rest->len > 0 && text_is_space(rest->at[0])) {
		rest->at++;
		rest->len--;
	}
	word = (struct span){rest->at, 0};
	while (rest->len > 0 && !text_is_space(rest->at[0])) {
		rest->at++;
		rest->len--;
		word.len++;
	}
	return word;
}

/* The value of -o smtpd_milters=; in braces it may have blanks. */
static const char *own_milters(const char *line, struct arena *arena)
{
	const char *at = strstr(line, "smtpd_milters");
	const char *end;

	if (at == NULL)
		return NULL;
	at += strlen("smtpd_milters");
	at += strspn(at, " \t");
	if (*at != '=')
		return NULL;
	at++;
	end = strstr(at, " -o ");
	return span_text(
		arena, span_trim((struct span){at, end == NULL ? strcspn(at, " \t") : (size_t)(end - at)}));
}

/* name type private unpriv chroot wakeup maxproc command; a "-" for chroot is "n" since Postfix 3.0. */
static void read_master(struct main_cf *postfix, const char *text, struct arena *arena)
{
	const char *line;

	while ((line = next_line(&text, arena)) != NULL && postfix->service_count < SERVICES_MAX) {
		struct span rest = span_of(line), words[8];

		for (size_t i = 0; i < 8; i++)
			words[i] = next_word(&rest);
		if (!span_is(words[7], "smtpd"))
			continue;
		postfix->services[postfix->service_count++] = (struct service){
			.name = span_text(arena, words[0]),
			.chrooted = span_is(words[4], "y"),
			.milters = own_milters(line, arena),
		};
	}
}

const struct main_cf *main_cf_read(const char *folder, struct arena *arena)
{
	struct main_cf *postfix = arena_alloc(arena, sizeof *postfix);
	struct fault fault;
	const char *main = text_file_read(arena_printf(arena, "%s/main.cf", folder), FILE_MAX, arena, &fault);
	const char *master =
		text_file_read(arena_printf(arena, "%s/master.cf", folder), FILE_MAX, arena, &fault);

	if (main == NULL)
		return NULL;
	postfix->folder = folder;
	postfix->parameters = arena_array(arena, PARAMETERS_MAX, sizeof *postfix->parameters);
	postfix->services = arena_array(arena, SERVICES_MAX, sizeof *postfix->services);
	postfix->master_read = master != NULL;
	read_main(postfix, main, arena);
	if (master != NULL)
		read_master(postfix, master, arena);
	return postfix;
}

static const char *raw_value(const struct main_cf *postfix, const char *name)
{
	for (size_t i = postfix->parameter_count; i-- > 0;)
		if (strcmp(postfix->parameters[i].name, name) == 0)
			return postfix->parameters[i].value;
	for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
		if (strcmp(defaults[i].name, name) == 0)
			return defaults[i].value;
	return "";
}

/* "$name", "${name}" and "$(name)"; conditions of newer versions stay as they are. */
static void expand(
	const struct main_cf *postfix, const char *value, int depth, struct arena *arena, struct buf *out)
{
	while (*value != '\0' && out->len < VALUE_MAX) {
		size_t len = strcspn(value, "$"), open, name;

		buf_add(out, value, len);
		value += len;
		if (*value == '\0')
			break;
		open = value[1] == '{' || value[1] == '(';
		name = 0;
		while (text_is_alnum(value[1 + open + name]) || value[1 + open + name] == '_')
			name++;
		if (name == 0 || depth == EXPANSION_DEPTH_MAX ||
			(open > 0 && value[1 + open + name] != '}' && value[1 + open + name] != ')')) {
			buf_char(out, *value++);
			continue;
		}
		expand(postfix, raw_value(postfix, arena_copy(arena, value + 1 + open, name)), depth + 1,
			arena, out);
		value += 1 + open + name + open;
	}
}

const char *main_cf_value(const struct main_cf *postfix, const char *name, struct arena *arena)
{
	struct buf out = buf_in(arena);

	expand(postfix, raw_value(postfix, name), 0, arena, &out);
	return out.data;
}

/* What is in the braces: the endpoint, then name = value with commas between. */
static struct milter braced(struct span inside, struct arena *arena)
{
	const char *text = span_text(arena, inside);
	size_t len = strcspn(text, ", \t");
	const char *action = strstr(text, "default_action");
	struct milter milter = {.endpoint = arena_copy(arena, text, len), .default_action = ""};

	if (action != NULL && (action = strchr(action, '=')) != NULL) {
		action += 1 + strspn(action + 1, " \t");
		milter.default_action = arena_copy(arena, action, strcspn(action, ", \t"));
	}
	return milter;
}

size_t milters_of(const char *value, struct milter milters[MILTERS_MAX], struct arena *arena)
{
	size_t count = 0;

	for (;;) {
		size_t len;

		value += strspn(value, ", \t");
		if (*value == '\0' || count == MILTERS_MAX)
			return count;
		if (*value == '{') {
			len = strcspn(value, "}");
			milters[count++] = braced(span_trim((struct span){value + 1, len - 1}), arena);
			value += len + (value[len] == '}');
			continue;
		}
		len = strcspn(value, ", \t");
		milters[count++] =
			(struct milter){.endpoint = arena_copy(arena, value, len), .default_action = ""};
		value += len;
	}
}

const struct service *main_cf_smtpd(const struct main_cf *postfix)
{
	static const char *const names[] = {"smtp", "25", "smtpd"};

	for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
		for (size_t i = 0; i < postfix->service_count; i++) {
			const char *name = postfix->services[i].name, *port = strrchr(name, ':');

			if (strcmp(port == NULL ? name : port + 1, names[n]) == 0)
				return &postfix->services[i];
		}
	return NULL;
}
