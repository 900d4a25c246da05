/* Asks the network back end of dns/ what standard input says, one "NAME TYPE [unchecked | @SERVER]" per line,
 * and prints one line for each. Arguments: timeout in milliseconds, trust anchor file or "", resolvers. */
#include "base/arena.h"
#include "dns/dns.h"
#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_answer(const struct answer *answer)
{
	(void)printf("%s %s: %s%s%s", answer->asked.name, rr_type_name(answer->asked.type),
		answer_kind_name(answer->kind), answer->trouble_text[0] == '\0' ? "" : ": ",
		answer->trouble_text);
	if (strcmp(answer->final_name, answer->asked.name) != 0)
		(void)printf(" at %s", answer->final_name);
	for (size_t i = 0; i < answer->count; i++)
		(void)printf(" [%s]", answer->values[i].text);
	if (answer->count > 0 && answer->values[0].string_count > 1)
		(void)printf(
			" of %zu strings, %zu octets", answer->values[0].string_count, answer->values[0].len);
	(void)printf("%s\n", answer->secure ? " secure" : "");
	(void)fflush(stdout);
}

/* "\x20" and the like, so that a shell can write any octet. */
static void unescape(char *name)
{
	char *to = name;

	for (; *name != '\0'; name++) {
		if (name[0] == '\\' && name[1] == 'x' && name[2] != '\0' && name[3] != '\0') {
			const char digits[3] = {name[2], name[3], '\0'};

			*to++ = (char)strtoul(digits, NULL, 16);
			name += 3;
		} else {
			*to++ = *name;
		}
	}
	*to = '\0';
}

static void ask_all(struct dns *dns)
{
	char line[2048], name[1024], type[16], mode[256];

	while (fgets(line, sizeof line, stdin) != NULL) {
		struct question question = {.server = ""};
		struct arena *arena = arena_new();
		int words = sscanf(line, "%1023s %15s %255s", name, type, mode);

		unescape(name);
		question.name = name;
		question.type = words >= 2 ? rr_type_of(type) : 0;
		if (words == 3 && mode[0] == '@') {
			question.mode = ASK_AUTHORITY;
			question.server = mode + 1;
		} else {
			question.mode = words == 3 ? ASK_UNCHECKED : ASK_NORMAL;
		}
		if (question.type != 0)
			print_answer(dns_ask_how(dns_client_new(dns, arena, 60000, 10), question));
		arena_free(&arena);
	}
}

int main(int argc, char **argv)
{
	struct settings settings = {.dns_cache_entries = 1000, .diagnosis_authority = true};
	struct fault fault = {.text = ""};
	struct dns *dns;

	if (argc < 3)
		return 2;
	settings.dns_timeout_ms = strtol(argv[1], NULL, 10);
	settings.trust_anchor_file = argv[2];
	settings.nameservers.items = (const char *const *)argv + 3;
	settings.nameservers.count = (size_t)argc - 3;
	dns = dns_open_network(&settings, &fault);
	(void)printf("resolver: %s%s%s\n", dns == NULL ? "not opened" : dns_description(dns),
		fault.text[0] == '\0' ? "" : ": ", fault.text);
	(void)fflush(stdout);
	if (dns == NULL)
		return 1;
	ask_all(dns);
	dns_close(&dns);
	return 0;
}
