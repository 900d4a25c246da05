#include "metrics/endpoint.h"

#include "base/arena.h"
#include "metrics/exposition.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_MICROHTTPD
#include <microhttpd.h>

enum { CONNECTIONS_MAX = 16, IDLE_S = 10 };

struct endpoint {
	const struct counters *counters;
	struct MHD_Daemon *daemon;
};

static enum MHD_Result reply(
	struct MHD_Connection *connection, unsigned status, const char *type, const char *text)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer(void *self, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size, void **state)
{
	const struct endpoint *endpoint = self;
	struct arena *arena;
	enum MHD_Result result;

	(void)version;
	(void)upload;
	(void)state;
	if (*upload_size > 0) { /* nobody has anything to tell us */
		*upload_size = 0;
		return MHD_YES;
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "only GET\n");
	if (strcmp(url, "/metrics") != 0)
		return reply(connection, MHD_HTTP_NOT_FOUND, "text/plain", "the metrics are at /metrics\n");
	arena = arena_new();
	result = reply(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
		exposition_text(endpoint->counters, arena));
	arena_free(&arena);
	return result;
}

struct endpoint *endpoint_open(int listening_fd, const struct counters *counters, struct fault *fault)
{
	struct endpoint *endpoint = calloc(1, sizeof *endpoint);

	if (endpoint == NULL)
		abort();
	endpoint->counters = counters;
	endpoint->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL,
		answer, endpoint, MHD_OPTION_LISTEN_SOCKET, listening_fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_END);
	if (endpoint->daemon != NULL)
		return endpoint;
	fault_set(fault, "libmicrohttpd does not start");
	free(endpoint);
	return NULL;
}

void endpoint_close(struct endpoint **endpoint)
{
	if (*endpoint == NULL)
		return;
	MHD_stop_daemon((*endpoint)->daemon);
	free(*endpoint);
	*endpoint = NULL;
}
#else
struct endpoint *endpoint_open(int listening_fd, const struct counters *counters, struct fault *fault)
{
	(void)listening_fd;
	(void)counters;
	fault_set(fault, "metrics-socket needs a sekisho that is built with libmicrohttpd");
	return NULL;
}

void endpoint_close(struct endpoint **endpoint)
{
	*endpoint = NULL;
}
#endif
