/* Everything known about one message: its record as a page, and what other programs wrote of it. */
#ifndef LOGBOOK_STORY_H
#define LOGBOOK_STORY_H

#include "logbook/entry.h"
#include "logbook/paper.h"

void story_print(const struct paper *paper, const struct entry *entry);

/* The record as a JSON object on one line, as sekishod would write it. */
void story_print_json(FILE *file, const struct entry *entry);

/* Is the line of another program about this queue id? "postfix/qmgr[12]: 4bX1yz: removed" */
bool story_mentions(struct span line, const char *queue_id);

#endif
