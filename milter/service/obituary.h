/* What is said of a worker that ended. */
#ifndef SERVICE_OBITUARY_H
#define SERVICE_OBITUARY_H

struct member;
struct sink;

/* status as of waitpid. Silent about one that ended as it was told. */
void obituary_say(struct sink *sink, const struct member *dead, int status);

#endif
