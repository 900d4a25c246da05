/* The resolver, with the eyes of sekishod: does it answer, validate, and bring large answers? */
#include "base/arena.h"
#include "dns/dns.h"
#include "doctor/checks.h"
#include "doctor/examination.h"
#include "settings/settings.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	WAIT_MS = 6000,
	QUESTIONS = 3,
	LARGE_ANSWER = 1232, /* what name servers send over UDP since the flag day of 2020 */
};

/* A signed zone that will not go away, and a name with a long list of TXT records. */
static const char signed_name[] = "org", large_name[] = "microsoft.com";

/* The copied answer; NULL with the reason in fault when the resolver cannot be opened. */
static const struct answer *ask(
	struct examination *examination, const char *name, enum rr_type type, struct fault *fault)
{
	struct dns *dns = dns_open_network(examination->settings, fault);
	struct dns_client *client;
	const struct answer *answer;

	if (dns == NULL)
		return NULL;
	client = dns_client_new(dns, examination->arena, WAIT_MS, QUESTIONS);
	answer = dns_ask(client, name, type);
	dns_close(&dns);
	return answer;
}

static const char *signed_name_of(const struct examination *examination)
{
	return examination->signed_name[0] != '\0' ? examination->signed_name : signed_name;
}

static const struct answer *ask_signed(struct examination *examination, struct fault *fault)
{
	bool given = examination->signed_name[0] != '\0';

	return ask(examination, signed_name_of(examination), given ? RR_TXT : RR_NS, fault);
}

static const char *trouble_of(const struct answer *answer, const struct fault *fault)
{
	if (answer == NULL || answer->trouble_text[0] == '\0')
		return fault->text[0] != '\0' ? fault->text : "no reply";
	return answer->trouble_text;
}

void check_resolver(struct examination *examination)
{
	struct fault fault = {""};
	const struct answer *answer = ask_signed(examination, &fault);

	if (answer == NULL || answer->kind == ANSWER_NO_REPLY)
		note_problem(examination,
			"Without DNS no verdict is possible: see nameservers in sekisho.conf and "
			"/etc/resolv.conf.",
			"no name server answers (asked for %s): %s", signed_name_of(examination),
			trouble_of(answer, &fault));
	else if (answer->took_ms > 2000)
		note_warning(examination, "Use a resolver on this machine or in this network.",
			"the resolver took %d ms", answer->took_ms);
	else
		note_fine(examination, "it answers (%d ms)", answer->took_ms);
}

void check_dnssec(struct examination *examination)
{
	struct fault fault = {""};
	const struct answer *answer = ask_signed(examination, &fault);

	if (answer == NULL || answer->kind == ANSWER_NO_REPLY)
		note_warning(examination, "See resolver.", "not known: no answer for %s",
			signed_name_of(examination));
	else if (answer->kind == ANSWER_BOGUS)
		note_problem(examination, "Is the trust anchor old, or the clock wrong?",
			"%s does not validate: %s", signed_name_of(examination), trouble_of(answer, &fault));
	else if (!answer->secure)
		note_warning(examination,
			"Set trust-anchor-file (Debian: /usr/share/dns/root.key), or use a resolver that "
			"validates.",
			"answers are not validated: the signed name %s is not marked secure",
			signed_name_of(examination));
	else
		note_fine(examination, "answers are validated");
}

void check_large_answers(struct examination *examination)
{
	const char *name = examination->large_name[0] != '\0' ? examination->large_name : large_name;
	struct fault fault = {""};
	const struct answer *answer = ask(examination, name, RR_TXT, &fault);
	size_t octets = 0;

	for (size_t i = 0; answer != NULL && answer->kind == ANSWER_RECORDS && i < answer->count; i++)
		octets += answer->values[i].len;
	if (answer != NULL && answer->trouble == TROUBLE_TCP)
		note_problem(examination, "Let port 53 through over TCP, too.",
			"the large answer for %s needs TCP, which does not connect", name);
	else if (answer == NULL || answer_is_trouble(answer))
		note_warning(examination, "See resolver; let port 53 through over TCP.",
			"no answer for %s, which has long TXT records: %s", name, trouble_of(answer, &fault));
	else if (octets <= LARGE_ANSWER)
		note_fine(examination, "not known: %s has only %zu octets (--large-name asks another one)",
			name, octets);
	else
		note_fine(examination, "%zu octets of TXT came through", octets);
}

/* Connecting a UDP socket sends nothing: it asks for a route. */
static bool has_route_ipv6(void)
{
	struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has;

	/* a.root-servers.net */
	(void)inet_pton(AF_INET6, "2001:503:ba3e::2:30", &name.sin6_addr);
	has = fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0;
	if (fd >= 0)
		(void)close(fd);
	return has;
}

void check_ipv6(struct examination *examination)
{
	note_fine(examination, "%s",
		has_route_ipv6() ? "there is a route" : "no route: mail comes over IPv4 only");
}
