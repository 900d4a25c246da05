/* Brings rows into the database, and into the spool while it cannot take them; opens it again, empties
 * the spool, takes away what is too old. Trouble is told, never passed on: there is nobody to whom a row
 * could be given back. */
#ifndef STORE_KEEPER_H
#define STORE_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct database;
struct fault;
struct keeper;
struct row;

struct keeper_plan {
	const char *where;                         /* database.h */
	const char *spool_path;                    /* "": none */
	uint64_t spool_most;                       /* octets */
	int days;                                  /* rows are kept for so long */
	uint64_t most_octets;                      /* of the database; 0: any number */
	void (*say)(void *self, const char *text); /* at most once a minute for the same kind of trouble */
	/* Called from keeper_tend while the database is there: what else is to be done with it, in bounded
	 * time. NULL: nothing. False with the reason in fault, which is told; verdicts go on. */
	bool (*attend)(void *self, struct database *database, int64_t now_s, struct fault *fault);
	bool (*is_over)(void *self); /* no time is left to wait for the database: the spool takes everything;
					NULL: never */
	void *self;
};

struct keeper_counts {
	uint64_t stored, spooled, lost, failures;
};

/* The plan's texts are borrowed. Never fails: a database that is not there is tried again. */
struct keeper *keeper_open(const struct keeper_plan *plan, int64_t now_s);

/* Afterwards the rows are in the database, in the spool, or counted as lost. */
void keeper_put(struct keeper *keeper, const struct row *rows, size_t count, int64_t now_s);

/* What is due: call it every second or so, and at once again when it says that there is more to be done. */
bool keeper_tend(struct keeper *keeper, int64_t now_s);

struct keeper_counts keeper_counts(const struct keeper *keeper);
void keeper_close(struct keeper **keeper);

#endif
