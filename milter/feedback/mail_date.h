/* A moment as mail writes it (RFC 5322 section 3.3), in UTC. */
#ifndef FEEDBACK_MAIL_DATE_H
#define FEEDBACK_MAIL_DATE_H

#include <stdint.h>

struct arena;

const char *mail_date(int64_t time, struct arena *arena);

#endif
