#include "service/host_name.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The next word of a line, without the blanks before it; len 0 at the end or at a comment. */
static struct span next_word(struct span *line)
{
	struct span word;

	while (line->len > 0 && text_is_space(line->at[0])) {
		line->at++;
		line->len--;
	}
	word.at = line->at;
	word.len = 0;
	while (line->len > 0 && !text_is_space(line->at[0]) && line->at[0] != '#') {
		line->at++;
		line->len--;
		word.len++;
	}
	return word;
}

static bool full_name_in_line(struct span line, const char *name, char full[HOST_NAME_SIZE])
{
	struct span word;
	bool found = false;

	full[0] = '\0';
	(void)next_word(&line); /* the address */
	while ((word = next_word(&line)).len > 0) {
		found = found || span_is(word, name);
		if (full[0] == '\0' && word.len < HOST_NAME_SIZE && memchr(word.at, '.', word.len) != NULL) {
			memcpy(full, word.at, word.len);
			full[word.len] = '\0';
		}
	}
	return found && full[0] != '\0';
}

bool host_name_in(const char *hosts, const char *name, char full[HOST_NAME_SIZE])
{
	while (*hosts != '\0') {
		size_t len = strcspn(hosts, "\n");

		if (full_name_in_line((struct span){.at = hosts, .len = len}, name, full))
			return true;
		hosts += len + (hosts[len] == '\n' ? 1 : 0);
	}
	return false;
}

const char *host_name(char name[HOST_NAME_SIZE])
{
	char hosts[16384] = "";
	char full[HOST_NAME_SIZE];

	if (gethostname(name, HOST_NAME_SIZE - 1) != 0 || name[0] == '\0')
		(void)snprintf(name, HOST_NAME_SIZE, "localhost");
	name[HOST_NAME_SIZE - 1] = '\0';
	if (strchr(name, '.') == NULL) {
		FILE *file = fopen("/etc/hosts", "re");

		if (file != NULL) {
			hosts[fread(hosts, 1, sizeof hosts - 1, file)] = '\0';
			(void)fclose(file);
		}
		if (host_name_in(hosts, name, full))
			memcpy(name, full, sizeof full);
	}
	for (char *c = name; *c != '\0'; c++)
		*c = text_lower_char(*c);
	return name;
}
