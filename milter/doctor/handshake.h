/* The first words of the milter protocol, as an MTA speaks them: is there a milter at the other end? */
#ifndef DOCTOR_HANDSHAKE_H
#define DOCTOR_HANDSHAKE_H

#include "base/fault.h"
#include "service/listener.h"

#include <stdbool.h>

struct handshake {
	unsigned version; /* of the protocol, as answered */
	int took_ms;      /* to connect and negotiate */
};

/* Connects, negotiates, takes leave; waits three seconds at most. False with the reason in fault. */
bool handshake_make(const struct listen_address *address, struct handshake *handshake, struct fault *fault);

#endif
