/* The SMTP session as far as this message is concerned: client, HELO, reverse-path, each parsed once. */
#ifndef MESSAGE_ENVELOPE_H
#define MESSAGE_ENVELOPE_H

#include "base/domain.h"
#include "base/netaddr.h"

struct arena;

enum { RECIPIENTS_KEPT = 100 };

/* The reverse-path of MAIL FROM. Source routes are dropped; the domain is what follows the last "@"
 * outside quotes (RFC 5321 section 4.1.2). */
struct reverse_path {
	const char *raw;     /* as the client wrote it, without the outer <>; "" for the null sender */
	bool null;           /* <> */
	const char *local;   /* "postmaster" stands in where a check needs one and this is "" */
	const char *why_not; /* "" when the path is usable or null */
	struct domain domain;
};

struct envelope {
	struct netaddr client;     /* family NONE when the MTA did not say */
	struct netaddr relay;      /* our own gateway that brought it; family NONE without one */
	const char *client_name;   /* what the MTA found by PTR and back; "" or "unknown" if nothing */
	const char *helo;          /* as it came, foreign text */
	struct domain helo_domain; /* name "" for literals and rubbish */
	struct reverse_path sender;
	bool smtputf8;
	const char *auth_user;         /* SASL login name, "" when not authenticated */
	const char *const *recipients; /* at most RECIPIENTS_KEPT, without <> */
	size_t recipient_count;        /* all of them, also those not kept */
	const char *queue_id;          /* "" until the MTA tells */
};

/* Everything "" and unknown. */
struct envelope envelope_empty(void);

/* arg is the MAIL FROM argument, with or without the angle brackets. */
struct reverse_path reverse_path_of(const char *arg, struct arena *arena);
struct domain helo_domain_of(const char *helo, struct arena *arena);

#endif
