/* The two files of one item of evidence, NAME.case and NAME.eml. For evidence_ring alone, which knows what is
 * there; folder: of both, open. */
#ifndef REPLAY_EVIDENCE_FILES_H
#define REPLAY_EVIDENCE_FILES_H

#include <stdbool.h>

struct evidence_item;

enum { EVIDENCE_NAME_SIZE = 60 }; /* 40 of the queue id, the time, NUL */

/* Over what is there under that name: a new file costs the system several times as much, and where many
 * were just deleted it costs more. False with errno; the files may be there in part. */
bool evidence_files_write(int folder, const char *name, const struct evidence_item *item);

/* A pair that is to be written over gets its new name first: whoever has read a file that still has its name
 * has read one message. */
void evidence_files_rename(int folder, const char *from, const char *to);

void evidence_files_remove(int folder, const char *name);

/* Removes all pairs. */
void evidence_files_clear(int folder);

#endif
