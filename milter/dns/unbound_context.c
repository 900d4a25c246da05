#include "dns/unbound_context.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unbound.h>
#include <unistd.h>

enum {
	/* Then the packet is lost, or the resolver is busy, and the question is sent once more. An answer
	 * to the first one is not taken any more, so a lone resolver gets time for a slow zone; where there
	 * are several, the next one is asked soon. */
	FIRST_WAIT_ONE_MS = 1200,
	FIRST_WAIT_SEVERAL_MS = 250,
	FIRST_WAITS_PER_TIMEOUT = 6,
	/* How long a silent resolver is not asked: not at all when it is the only one, so that an
	 * outage is over when it is over, and one slow zone does not stop the others. */
	REST_ONE_S = 0,
	REST_SEVERAL_S = 4,
	/* Questions under way, a socket each: enough for 200 messages whose zones are silent, so that the
	 * next one's are sent at once, but a quarter of the file descriptors at most. */
	SOCKETS_MIN = 16,
	SOCKETS_MAX = 1024,
};

/* So that validation asks with CD=1 and fails without effect: the root key of 2017. */
static const char any_anchor[] =
	". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";

/* libunbound keeps its latest failure for 5 seconds, whatever its cache size. A question that it
 * must fail, because its only server is one that may not be asked, takes that place. */
static const char decoy[] = "decoy.sekisho.invalid.";
static const char decoy_server[] = "0.0.0.0";

static const struct option {
	const char *name, *value;
} options[] = {
	{"use-syslog:", "no"},
	{"log-servfail:", "yes"}, /* dns/failures.h reads it */
	{"val-log-squelch:", "no"},
	{"do-not-query-localhost:", "no"}, /* 127.0.0.53 and friends are resolvers */
	{"do-not-query-address:", "0.0.0.0/32"},
	{"edns-buffer-size:", "1232"},
	{"outbound-msg-retry:", "3"},
	{"num-queries-per-thread:", "1024"},
	{"outgoing-num-tcp:", "32"},
	{"infra-keep-probing:", "yes"},
	/* Of several resolvers, the one that answers soonest: else a dead one is drawn again after its first
	 * silence, and its second, twice as long, takes the rest of the time. */
	{"fast-server-permil:", "1000"},
	{"fast-server-num:", "1"},
	/* A server whose waits have doubled up to this is asked for nobody any more: a stranger's silent zone
	 * would do that to our resolver in a second. The first waits are short, so none gets so long. */
	{"infra-cache-max-rtt:", "120000"},
	{"infra-cache-slabs:", "1"},
	{"infra-cache-numhosts:", "100"},
	/* Our cache is in front, and knows when a failure is old. */
	{"msg-cache-size:", "0"},
	{"msg-cache-slabs:", "1"},
	{"rrset-cache-slabs:", "1"},
	{"key-cache-slabs:", "1"},
	{"key-cache-size:", "1m"},
	{"neg-cache-size:", "100k"},
	{"harden-below-nxdomain:", "no"},
	{"aggressive-nsec:", "no"},
	{"qname-minimisation:", "no"},
	{"minimal-responses:", "yes"},
	{"rrset-roundrobin:", "no"},
	{"target-fetch-policy:", "0"},
	/* As local_zones, for the private networks. */
	{"unblock-lan-zones:", "yes"},
	{"insecure-lan-zones:", "yes"},
};

/* The library answers these by itself; the resolver should. */
static const char *const local_zones[] = {
	"localhost.",
	"127.in-addr.arpa.",
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
	"home.arpa.",
	"test.",
	"invalid.",
};

int unbound_context_first_wait_ms(int timeout_ms, size_t resolvers)
{
	int wait_ms = timeout_ms / FIRST_WAITS_PER_TIMEOUT;
	int longest_ms = resolvers > 1 ? FIRST_WAIT_SEVERAL_MS : FIRST_WAIT_ONE_MS;

	return wait_ms < longest_ms ? wait_ms : longest_ms;
}

static bool set(struct ub_ctx *context, const char *name, const char *value, struct fault *fault)
{
	int error = ub_ctx_set_option(context, name, value);

	if (error != 0)
		fault_set(fault, "libunbound does not take \"%s %s\": %s", name, value, ub_strerror(error));
	return error == 0;
}

static bool set_number(struct ub_ctx *context, const char *name, int number, struct fault *fault)
{
	char value[16];

	(void)snprintf(value, sizeof value, "%d", number);
	return set(context, name, value, fault);
}

static int sockets_at_once(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / 4 < SOCKETS_MIN)
		return SOCKETS_MIN;
	return limit.rlim_cur / 4 < SOCKETS_MAX ? (int)(limit.rlim_cur / 4) : SOCKETS_MAX;
}

static bool set_options(
	struct ub_ctx *context, const struct resolvers *resolvers, int timeout_ms, struct fault *fault)
{
	int first_ms = unbound_context_first_wait_ms(timeout_ms, resolvers->count);

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (!set(context, options[i].name, options[i].value, fault))
			return false;
	return set_number(context, "outgoing-range:", sockets_at_once(), fault) &&
	       set_number(context, "infra-host-ttl:", resolvers->count > 1 ? REST_SEVERAL_S : REST_ONE_S,
		       fault) &&
	       set_number(context, "infra-cache-min-rtt:", first_ms, fault) &&
	       set_number(context, "unknown-server-time-limit:", first_ms, fault);
}

static bool set_resolvers(struct ub_ctx *context, const struct resolvers *resolvers, struct fault *fault)
{
	for (size_t i = 0; i < resolvers->count; i++) {
		int error = ub_ctx_set_fwd(context, resolvers->servers[i]);

		if (error == 0)
			continue;
		fault_set(fault, "name server %s: %s", resolvers->servers[i], ub_strerror(error));
		return false;
	}
	return true;
}

static bool set_decoy(struct ub_ctx *context, struct fault *fault)
{
	int error = ub_ctx_set_stub(context, decoy, decoy_server, 0);

	if (error != 0)
		fault_set(fault, "libunbound does not take a stub zone: %s", ub_strerror(error));
	return error == 0;
}

static void drop_result(void *own, int error, struct ub_result *result)
{
	(void)own;
	(void)error;
	ub_resolve_free(result);
}

void unbound_context_forget_failure(struct ub_ctx *context)
{
	(void)ub_resolve_async(context, decoy, RR_A, 1, NULL, drop_result, NULL);
}

static bool set_trust(struct ub_ctx *context, const char *file, struct fault *fault)
{
	int error;

	if (file == NULL) {
		error = ub_ctx_add_ta(context, any_anchor);
		if (error != 0)
			fault_set(fault, "trust anchor: %s", ub_strerror(error));
		return error == 0 && set(context, "val-permissive-mode:", "yes", fault) &&
		       set(context, "rrset-cache-size:", "100k", fault);
	}
	if (file[0] == '\0')
		return set(context, "module-config:", "iterator", fault) &&
		       set(context, "rrset-cache-size:", "0", fault);
	if (access(file, R_OK) != 0) {
		fault_set(fault, "trust-anchor-file %s: %s", file, strerror(errno));
		return false;
	}
	error = ub_ctx_add_ta_file(context, file);
	if (error != 0)
		fault_set(fault, "trust-anchor-file %s: %s", file, ub_strerror(error));
	return error == 0 && set(context, "rrset-cache-size:", "2m", fault);
}

/* The first removal makes libunbound read the trust anchors and set itself up. */
static bool remove_local_zones(struct ub_ctx *context, const char *anchors, struct fault *fault)
{
	for (size_t i = 0; i < sizeof local_zones / sizeof local_zones[0]; i++) {
		int error = ub_ctx_zone_remove(context, local_zones[i]);

		if (error == 0)
			continue;
		fault_set(fault, "libunbound does not start%s%s: %s",
			anchors != NULL && anchors[0] != '\0' ? ", trust-anchor-file " : "",
			anchors != NULL ? anchors : "", ub_strerror(error));
		return false;
	}
	return true;
}

struct ub_ctx *unbound_context_new(const struct resolvers *resolvers, const struct settings *settings,
	const char *trust_anchor_file, FILE *log, struct fault *fault)
{
	struct ub_ctx *context = ub_ctx_create();

	if (context == NULL) {
		fault_set(fault, "libunbound has no memory, or no file descriptor");
		return NULL;
	}
	if (ub_ctx_debugout(context, log) != 0 || ub_ctx_async(context, 1) != 0 ||
		!set_options(context, resolvers, (int)settings->dns_timeout_ms, fault) ||
		!set_resolvers(context, resolvers, fault) || !set_decoy(context, fault) ||
		!set_trust(context, trust_anchor_file, fault) ||
		!remove_local_zones(context, trust_anchor_file, fault))
		unbound_context_free(&context);
	return context;
}

void unbound_context_free(struct ub_ctx **context)
{
	if (*context == NULL)
		return;
	ub_ctx_delete(*context);
	*context = NULL;
}
