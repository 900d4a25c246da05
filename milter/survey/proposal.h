/* The record to publish so that an address passes, where no cause has a better one: what is there with the
 * address added. Tried before it is proposed. */
#ifndef SURVEY_PROPOSAL_H
#define SURVEY_PROPOSAL_H

struct scene;

struct proposal {
	const char *line; /* 'example.com. TXT "v=spf1 …"' for a zone file; "" without one */
	unsigned lookups; /* that it takes until the address passes */
};

/* The scene's client has not passed. Waits for DNS. */
struct proposal proposal_for(const struct scene *scene);

#endif
