/* DNS answers as the "zone", "fault" and "authority" lines that give the same answers again. */
#ifndef REPLAY_CASE_ZONE_H
#define REPLAY_CASE_ZONE_H

#include "facts/answer.h"

struct buf;

/* Adds the lines. What the format cannot say is added as a comment: a name that does not exist though
 * names below it do, the silence of a single name server. */
void case_zone_write(struct evidence evidence, struct buf *out);

#endif
