#include "verify/spf_engine.h"

#include "base/netaddr.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <arpa/nameser.h>

#include <spf2/spf.h>

/* Above what our programs can ever need: the counting is ours. */
enum { LIBRARY_LIMIT = 100000 };

struct engine {
	const struct spf_steps *steps;
	enum spf_step failed; /* the first error; YES while there is none */
};

/* "t12.invalid" → 12. Anything else cannot come from our programs. */
static bool token_read(const char *name, unsigned *token)
{
	return sscanf(name, SPFTOKEN_FORMAT, token) == 1;
}

static enum spf_step step_keep(struct engine *engine, enum spf_step step)
{
	if (step == SPFSTEP_TEMPERROR || step == SPFSTEP_PERMERROR)
		engine->failed = step;
	return step;
}

/* get_spf of libspf2: the record of the current domain, compiled. */
static SPF_errcode_t record_get(
	SPF_server_t *server, SPF_request_t *request, SPF_response_t *response, SPF_record_t **record)
{
	struct engine *engine = server->resolver->hook;
	enum spf_step step = engine->failed;
	const char *program = "";
	unsigned token;

	*record = NULL;
	if (step == SPFSTEP_YES && token_read(request->cur_dom, &token))
		step = step_keep(engine, engine->steps->load(engine->steps->host, token, &program));
	switch (step) {
	case SPFSTEP_YES:
		return SPF_record_compile(server, response, record, program);
	case SPFSTEP_NO:
		return SPF_E_NOT_SPF;
	case SPFSTEP_TEMPERROR:
		return SPF_E_DNS_ERROR;
	case SPFSTEP_PERMERROR:
		break;
	}
	return SPF_E_SYNTAX;
}

/* lookup of libspf2, which our programs reach by exists: alone. An error can only be told as a
 * temporary one; engine->failed knows better. Never NULL: libspf2 would abort. */
static SPF_dns_rr_t *term_lookup(SPF_dns_server_t *resolver, const char *name, ns_type type, int should_cache)
{
	struct engine *engine = resolver->hook;
	enum spf_step step = engine->failed == SPFSTEP_YES ? SPFSTEP_NO : engine->failed;
	SPF_dns_rr_t *answer;
	unsigned token;

	(void)should_cache;
	if (engine->failed == SPFSTEP_YES && token_read(name, &token))
		step = step_keep(engine, engine->steps->match(engine->steps->host, token));
	answer = SPF_dns_rr_new_init(resolver, name, type, 0,
		step == SPFSTEP_YES  ? NETDB_SUCCESS
		: step == SPFSTEP_NO ? NO_DATA
				     : TRY_AGAIN);
	if (answer == NULL)
		abort();
	if (step == SPFSTEP_YES) {
		if (SPF_dns_rr_buf_realloc(answer, 0, sizeof(SPF_dns_rr_data_t)) != SPF_E_SUCCESS)
			abort();
		answer->rr[0]->a.s_addr = htonl(INADDR_LOOPBACK);
		answer->num_rr = 1;
	}
	return answer;
}

static void client_set(SPF_request_t *request, const struct netaddr *client)
{
	struct in_addr ip4;
	struct in6_addr ip6;

	if (client->family == NETADDR_IPV6) {
		memcpy(&ip6, client->octets, sizeof ip6);
		(void)SPF_request_set_ipv6(request, ip6);
	} else {
		memcpy(&ip4, client->octets, sizeof ip4);
		(void)SPF_request_set_ipv4(request, ip4);
	}
}

static enum result result_of(SPF_result_t result)
{
	switch (result) {
	case SPF_RESULT_PASS:
		return RESULT_PASS;
	case SPF_RESULT_FAIL:
		return RESULT_FAIL;
	case SPF_RESULT_SOFTFAIL:
		return RESULT_SOFTFAIL;
	case SPF_RESULT_NEUTRAL:
		return RESULT_NEUTRAL;
	case SPF_RESULT_TEMPERROR:
		return RESULT_TEMPERROR;
	default:
		return RESULT_PERMERROR;
	}
}

/* As SPF_request_query_mailfrom() does it, but without its free pass for loopback addresses. */
static enum result evaluate(
	struct engine *engine, SPF_server_t *server, SPF_request_t *request, SPF_response_t *response)
{
	SPF_record_t *record = NULL;
	SPF_errcode_t error;

	request->cur_dom = request->env_from_dp;
	error = SPF_server_get_record(server, request, response, &record);
	if (error == SPF_E_SUCCESS) {
		response->spf_record_exp = record;
		(void)SPF_record_interpret(record, request, response, 0);
	}
	if (record != NULL)
		SPF_record_free(record);
	if (engine->failed != SPFSTEP_YES)
		return engine->failed == SPFSTEP_TEMPERROR ? RESULT_TEMPERROR : RESULT_PERMERROR;
	if (error == SPF_E_SUCCESS)
		return result_of(SPF_response_result(response));
	return error == SPF_E_NOT_SPF ? RESULT_NONE : RESULT_PERMERROR;
}

enum result spf_engine_run(const struct netaddr *client, const struct spf_steps *steps)
{
	struct engine engine = {.steps = steps, .failed = SPFSTEP_YES};
	SPF_dns_server_t resolver = {
		.lookup = term_lookup, .get_spf = record_get, .name = "sekisho", .hook = &engine};
	SPF_server_t *server = SPF_server_new_dns(&resolver, 0);
	SPF_request_t *request = server == NULL ? NULL : SPF_request_new(server);
	SPF_response_t *response = request == NULL ? NULL : SPF_response_new(request);
	enum result result;
	char sender[32];

	if (response == NULL)
		abort(); /* no memory: the worker ends, the MTA tries again */
	(void)SPF_server_set_max_dns_mech(server, LIBRARY_LIMIT);
	(void)snprintf(sender, sizeof sender, "x@" SPFTOKEN_FORMAT, (unsigned)SPFTOKEN_START);
	client_set(request, client);
	(void)SPF_request_set_helo_dom(request, "helo.invalid");
	(void)SPF_request_set_env_from(request, sender);
	result = evaluate(&engine, server, request, response);
	SPF_response_free(response);
	SPF_request_free(request);
	SPF_server_free(server);
	return result;
}

/* libspf2 calls this on broken invariants of its own and expects no return. */
static void __attribute__((noreturn)) broken_library(const char *file, int line, const char *message)
{
	(void)file;
	(void)line;
	(void)message;
	abort();
}

void spf_engine_silence(void)
{
	SPF_error_handler = broken_library;
	SPF_warning_handler = NULL;
	SPF_info_handler = NULL;
	SPF_debug_handler = NULL;
}
