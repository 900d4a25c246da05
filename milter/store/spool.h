/* Rows on disk while the database cannot take them: appended one behind the other, read from the front,
 * gone when all were taken. One process uses it at a time. A crash may bring rows back that were taken
 * already (their ids make that harmless) and loses at most the last ones written. */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct row;
struct spool;

/* most: octets the file may have; then rows are refused. NULL with the reason in fault. What is left of
 * the last time is there again. */
struct spool *spool_open(const char *path, uint64_t most, struct fault *fault);
void spool_close(struct spool **spool);

bool spool_is_empty(const struct spool *spool);

/* Octets that wait. */
uint64_t spool_size(const struct spool *spool);

/* False when it is full or the disk is; then nothing of the row is in it. */
bool spool_put(struct spool *spool, const struct row *row, struct fault *fault);

/* What was put is on the disk itself. */
void spool_flush(struct spool *spool);

/* The next rows, at most max, copied into the arena; 0 when none is left. What cannot be read is left out
 * and counted in *broken. They stay until spool_drop says that they are safe elsewhere. */
size_t spool_peek(struct spool *spool, struct row *rows, size_t max, size_t *broken, struct arena *arena);
void spool_drop(struct spool *spool);

#endif
