/* The letters of "make bench": signed mail of a few hundred domains, and the zone that verifies it. The same
 * on every machine.
 *
 *     letters FOLDER [DOMAINS [MESSAGES [SIGNATURES [FIELDS]]]]
 *
 * Writes FOLDER/zone, FOLDER/NNNNN.eml and FOLDER/list: one line "FILE IP HELO SENDER RESULT" per letter,
 * where RESULT is what DMARC must say. Of ten letters seven have 2 KB, two 20 KB and one 60 KB; every tenth
 * was altered on the way, every tenth comes from a stranger; both happened to every twentieth. */
#include "base/arena.h"
#include "base/buf.h"
#include "message/header_list.h"
#include "support/keys.h"
#include "support/signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOMAINS = 200, MESSAGES = 400, PATH_SIZE = 4096, KEYS = 3 };

static const char *const keys[KEYS] = {KEY_RSA_2048, KEY_RSA_2048_OTHER, KEY_RSA_1024};

struct job {
	const char *folder;
	unsigned domains, messages, signatures, fields;
	const char *public_keys[KEYS];
	FILE *zone, *list;
};

static FILE *file_open(const char *folder, const char *name)
{
	char path[PATH_SIZE];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL) {
		perror(path);
		exit(2);
	}
	return file;
}

/* One in three domains allows its host by way of an include. */
static void publish(const struct job *job, unsigned domain)
{
	const char *key = job->public_keys[domain % KEYS];
	unsigned net = domain / 250, host = domain % 250 + 1;

	fprintf(job->zone, "d%u.test. MX 10 mail.d%u.test.\n", domain, domain);
	fprintf(job->zone, "mail.d%u.test. A 198.18.%u.%u\n", domain, net, host);
	fprintf(job->zone, "%u.%u.18.198.in-addr.arpa. PTR mail.d%u.test.\n", host, net, domain);
	if (domain % 3 == 0) {
		fprintf(job->zone, "d%u.test. TXT \"v=spf1 include:spf.d%u.test -all\"\n", domain, domain);
		fprintf(job->zone, "spf.d%u.test. TXT \"v=spf1 ip4:198.18.%u.%u ~all\"\n", domain, net, host);
	} else {
		fprintf(job->zone, "d%u.test. TXT \"v=spf1 %s -all\"\n", domain,
			domain % 3 == 1 ? "mx" : "a:mail.%{d}");
	}
	fprintf(job->zone, "_dmarc.d%u.test. TXT \"v=DMARC1; p=%s\"\n", domain,
		domain % 2 == 0 ? "reject" : "none");
	fprintf(job->zone, "s._domainkey.d%u.test. TXT \"v=DKIM1; k=rsa; p=%.200s\" \"%s\"\n", domain, key,
		key + 200);
}

static void add(struct header_list *header, const char *name, const char *value)
{
	(void)header_list_add(header, name, value, strlen(value));
}

static const char *body_of(struct arena *arena, unsigned number)
{
	static const size_t sizes[10] = {2000, 20000, 2000, 2000, 2000, 60000, 2000, 20000, 2000, 2000};
	struct buf body = buf_in(arena);

	for (unsigned line = 0; body.len < sizes[number % 10]; line++)
		buf_printf(&body, "Line %u of letter %u, with some words that everybody understands.\r\n",
			line, number);
	return body.data;
}

static void write_letter(const struct job *job, unsigned number, struct arena *arena)
{
	struct header_list header = header_list_new(arena);
	unsigned domain = number % job->domains;
	const char *body = body_of(arena, number);
	bool altered = number % 10 == 7, forged = number % 20 == 13 || number % 20 == 17;
	char name[32];
	FILE *file;

	add(&header, "From", arena_printf(arena, " Taro <taro@d%u.test>", domain));
	add(&header, "To", " Hanako <hanako@inbox.test>");
	add(&header, "Subject", arena_printf(arena, " Letter %u", number));
	add(&header, "Date", " Sun, 1 Mar 2026 18:00:00 +0900");
	add(&header, "Message-ID", arena_printf(arena, " <%u@d%u.test>", number, domain));
	for (unsigned i = 0; i < job->fields; i++)
		add(&header, arena_printf(arena, "X-Field-%u", i), " something that nobody reads");
	(void)snprintf(name, sizeof name, "%05u.eml", number);
	file = file_open(job->folder, name);
	for (unsigned i = 0; i < job->signatures; i++)
		fprintf(file, "DKIM-Signature:%s\r\n",
			signer_sign(arena, &header, body,
				arena_printf(arena,
					" v=1; a=rsa-sha256; c=relaxed/%s; d=d%u.test; i=u%u@d%u.test; "
					"s=s;\r\n"
					"\th=from:to:subject:date:message-id;",
					number % 4 == 0 ? "simple" : "relaxed", domain, i, domain),
				keys[domain % KEYS]));
	for (size_t i = 0; i < header.count; i++)
		fprintf(file, "%s:%s\r\n", header.fields[i].name, header.fields[i].value);
	fprintf(file, "\r\n%s%s", body, altered ? "-- \r\nA line of a mailing list\r\n" : "");
	(void)fclose(file);
	fprintf(job->list, "%s %s mail.d%u.test taro@d%u.test %s\n", name,
		forged ? "203.0.113.9" : arena_printf(arena, "198.18.%u.%u", domain / 250, domain % 250 + 1),
		domain, domain, forged && (altered || job->signatures == 0) ? "fail" : "pass");
}

static unsigned number_of(int argc, char **argv, int index, unsigned otherwise)
{
	return argc > index ? (unsigned)atoi(argv[index]) : otherwise;
}

int main(int argc, char **argv)
{
	struct job job = {.folder = argc > 1 ? argv[1] : "",
		.domains = number_of(argc, argv, 2, DOMAINS),
		.messages = number_of(argc, argv, 3, MESSAGES),
		.signatures = number_of(argc, argv, 4, 1),
		.fields = number_of(argc, argv, 5, 6)};
	struct arena *keep = arena_new();

	if (argc < 2 || job.domains == 0 || job.domains > 60000) {
		fputs("usage: letters FOLDER [DOMAINS [MESSAGES [SIGNATURES [FIELDS]]]]\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < KEYS; i++)
		job.public_keys[i] = signer_public(keep, keys[i]);
	job.zone = file_open(job.folder, "zone");
	job.list = file_open(job.folder, "list");
	for (unsigned i = 0; i < job.domains; i++)
		publish(&job, i);
	for (unsigned i = 0; i < job.messages; i++) {
		struct arena *arena = arena_new();

		write_letter(&job, i, arena);
		arena_free(&arena);
	}
	arena_free(&keep);
	return fclose(job.zone) == 0 && fclose(job.list) == 0 ? 0 : 2;
}
