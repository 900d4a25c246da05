/* What one machine learned about keys is told to all that share a database: the writer of the store sends
 * what was seen here into it and brings what others saw into the file of memory/, once a minute, in bounded
 * portions. Verdicts and diagnoses only ever look into the file. */
#ifndef SERVICE_KEY_EXCHANGE_H
#define SERVICE_KEY_EXCHANGE_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct database;
struct key_memory;

struct key_exchange {
	struct key_memory *memory; /* NULL: nothing is remembered here */
	int64_t due_s;
	uint64_t sent, got; /* keys so far */
};

/* Does what is due. False with the reason in fault when the database failed; trouble of the memory is its
 * own. */
bool key_exchange_tend(
	struct key_exchange *exchange, struct database *database, int64_t now_s, struct fault *fault);

#endif
