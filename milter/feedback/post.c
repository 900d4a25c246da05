#include "feedback/post.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/domain.h"
#include "dns/dns.h"
#include "feedback/ledger.h"
#include "report/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum {
	DNS_MS = 20000,     /* longest wait for the destinations of one domain */
	DNS_QUESTIONS = 20, /* one for each address that is looked at (destination.c) */
	NAME_PART = 100,    /* octets of each end of a file's name that is too long */
	DOMAIN_SHOWN = 255,
};

bool post_is_opted_out(const struct post *post, const char *domain, const char *address)
{
	for (size_t i = 0; i < post->opt_out.count; i++)
		if (text_equal(post->opt_out.items[i], address) ||
			domain_is_below(domain, post->opt_out.items[i]))
			return true;
	return false;
}

struct destinations post_destinations(
	const struct post *post, const char *uris, const char *domain, struct arena *arena)
{
	struct dns_client *dns = dns_client_new(post->dns, arena, DNS_MS, DNS_QUESTIONS);
	struct destinations destinations = destinations_of(uris, domain, dns, post->suffixes, arena);

	if (destinations.refused[0] != '\0')
		fprintf(post->out, "  not used: %s\n", destinations.refused);
	return destinations;
}

/* Under another name first. */
static bool write_file(const char *path, const char *octets, size_t len, struct arena *arena)
{
	const char *part = arena_printf(arena, "%s.part", path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	bool good = fd >= 0 && write(fd, octets, len) == (ssize_t)len;

	if (fd >= 0)
		good = close(fd) == 0 && good;
	if (good && rename(part, path) == 0)
		return true;
	fprintf(stderr, "sekisho report: %s: %s\n", path, strerror(errno));
	(void)unlink(part);
	return false;
}

/* A long domain makes the name longer than a file system allows: its middle gives way to a digest. */
static const char *name_of_file(const char *name, struct arena *arena)
{
	size_t len = strlen(name);
	struct digest digest;

	if (len + strlen(".part") <= NAME_MAX)
		return name;
	digest = digest_of(DIGEST_SHA256, name, len);
	return arena_printf(arena, "%.*s~%02x%02x%02x%02x%02x%02x~%s", NAME_PART, name, digest.octets[0],
		digest.octets[1], digest.octets[2], digest.octets[3], digest.octets[4], digest.octets[5],
		name + len - NAME_PART);
}

void post_say(const struct post *post, const char *domain, uint64_t messages, const char *words)
{
	struct arena *arena = arena_new();

	fprintf(post->out, "%s %" PRIu64 "%s\n", escape_word(domain, DOMAIN_SHOWN, arena), messages, words);
	arena_free(&arena);
}

void post_write(struct post *post, const char *name, const char *octets, size_t len, struct arena *arena)
{
	if (write_file(arena_printf(arena, "%s/%s", post->folder, name_of_file(name, arena)), octets, len,
		    arena))
		post->written++;
	else
		post->failed++;
}

enum letter_end post_send(struct post *post, const char *sender, const char *address, const char *text)
{
	struct fault fault = {""};
	enum letter_end end = sendmail_send(post->sendmail, sender, address, text, &fault);

	if (end == LETTER_REFUSED)
		(void)ledger_refuse(post->ledger, address, fault.text, post->now, false);
	if (end == LETTER_SENT) {
		post->sent++;
	} else {
		post->failed++;
		fprintf(stderr, "sekisho report: %s: %s\n", address, fault.text);
	}
	return end;
}
