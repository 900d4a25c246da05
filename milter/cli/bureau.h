/* What all reports share: the settings, the store, and for those that are sent the ledger and DNS. */
#ifndef CLI_BUREAU_H
#define CLI_BUREAU_H

#include "base/fault.h"
#include "feedback/post.h"

struct arena;
struct database;
struct settings;

struct bureau_request {
	const char *config_path, *store, *zone_path; /* NULL: the usual ones */
	const char *folder;                          /* NULL: none is written */
	bool send;
	bool ledger_alone; /* nothing but the settings and the ledger */
	bool may_write;    /* into the store */
};

struct bureau {
	struct arena *arena;
	struct settings *settings;
	struct database *database;
	struct suffixes *suffixes;
	struct dns *dns;
	struct ledger *ledger;
	char host[256];
};

/* False with the reason in fault; to be closed all the same. */
bool bureau_open(struct bureau *bureau, const struct bureau_request *request, struct fault *fault);
void bureau_close(struct bureau *bureau);

/* Where its reports go; borrows the bureau. */
struct post bureau_post(struct bureau *bureau, const struct bureau_request *request, int64_t now);

#endif
