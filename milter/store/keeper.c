#include "store/keeper.h"

#include "base/arena.h"
#include "store/database.h"
#include "store/patience.h"
#include "store/row.h"
#include "store/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RETRY_S = 5,      /* between attempts to open the database */
	SAY_AGAIN_S = 60, /* the same trouble is told once a minute */
	PRUNE_S = 600,    /* between looks for old rows */
	LEAP_S = 3600,    /* a clock that is so much later than a moment before was set */
	REPLAYED_AT_ONCE = 500,
	DAY_S = 86400,
};

enum trouble { NO_DATABASE, NO_SPOOL, LOST, NOT_ATTENDED, TROUBLES };

struct keeper {
	struct keeper_plan plan;
	struct database *database; /* NULL while it is not there */
	struct spool *spool;
	struct keeper_counts counts;
	int64_t said_s[TROUBLES]; /* 0: never */
	int64_t retry_s, prune_s, now_s;
	int64_t trusted_s,
		trust_again_s; /* the time before the clock was set ahead, and until when it holds */
	bool was_away;
};

/* A clock that was set back must not make us wait for what it said before. One that was set ahead may be
 * wrong, and what was pruned by it would be gone: for a day nothing is too old that was not so before. */
static void mind_clock(struct keeper *keeper, int64_t now_s)
{
	if (now_s < keeper->now_s) {
		memset(keeper->said_s, 0, sizeof keeper->said_s);
		keeper->retry_s = keeper->prune_s = keeper->trust_again_s = 0;
	} else if (keeper->now_s != 0 && now_s - keeper->now_s > LEAP_S) {
		if (now_s >= keeper->trust_again_s)
			keeper->trusted_s = keeper->now_s;
		keeper->trust_again_s = now_s + DAY_S;
	}
	keeper->now_s = now_s;
}

static void say(struct keeper *keeper, enum trouble trouble, int64_t now_s, const char *text)
{
	if (keeper->said_s[trouble] != 0 && now_s - keeper->said_s[trouble] < SAY_AGAIN_S)
		return;
	keeper->said_s[trouble] = now_s;
	keeper->plan.say(keeper->plan.self, text);
}

static void say_database(struct keeper *keeper, const struct fault *fault, int64_t now_s)
{
	char text[400];

	(void)snprintf(text, sizeof text, "the store is not there, verdicts %s; mail goes on: %s",
		keeper->spool != NULL ? "wait in the spool" : "are lost", fault->text);
	say(keeper, NO_DATABASE, now_s, text);
}

static struct patience patience_of(const struct keeper *keeper)
{
	return (struct patience){keeper->plan.is_over, keeper->plan.self};
}

static void open_database(struct keeper *keeper, int64_t now_s)
{
	struct patience patience = patience_of(keeper);
	struct fault fault = {""};

	if (now_s < keeper->retry_s || patience_is_over(&patience))
		return;
	keeper->retry_s = now_s + RETRY_S;
	keeper->database = database_open_patiently(keeper->plan.where, true, &patience, &fault);
	if (keeper->database == NULL) {
		keeper->counts.failures++;
		keeper->was_away = true;
		say_database(keeper, &fault, now_s);
		return;
	}
	if (fault.text[0] != '\0')
		keeper->plan.say(keeper->plan.self, fault.text);
}

/* Only rows that are in it show that it is there: one on a full disk can be opened as often as one likes. */
static void note_stored(struct keeper *keeper, size_t count)
{
	keeper->counts.stored += count;
	if (count == 0 || !keeper->was_away)
		return;
	keeper->was_away = false;
	keeper->said_s[NO_DATABASE] = 0;
	keeper->plan.say(keeper->plan.self, "the store is there again");
}

static void lose_database(struct keeper *keeper, const struct fault *fault, int64_t now_s)
{
	database_close(&keeper->database);
	keeper->retry_s = now_s + RETRY_S;
	keeper->was_away = true;
	keeper->counts.failures++;
	say_database(keeper, fault, now_s);
}

/* Tried again with each row that needs it: a full disk gets space, a folder is made. */
static void open_spool(struct keeper *keeper, int64_t now_s)
{
	struct fault fault = {""};

	if (keeper->spool != NULL || keeper->plan.spool_path[0] == '\0')
		return;
	keeper->spool = spool_open(keeper->plan.spool_path, keeper->plan.spool_most, &fault);
	if (keeper->spool == NULL)
		say(keeper, NO_SPOOL, now_s, fault.text);
}

struct keeper *keeper_open(const struct keeper_plan *plan, int64_t now_s)
{
	struct keeper *keeper = calloc(1, sizeof *keeper);

	if (keeper == NULL)
		abort();
	keeper->plan = *plan;
	open_spool(keeper, now_s);
	open_database(keeper, now_s);
	return keeper;
}

static void lose(struct keeper *keeper, size_t count, const char *why, int64_t now_s)
{
	char text[400];

	keeper->counts.lost += count;
	(void)snprintf(text, sizeof text, "verdicts are lost to the store (%llu so far): %s",
		(unsigned long long)keeper->counts.lost, why);
	say(keeper, LOST, now_s, text);
}

static void put_aside(struct keeper *keeper, const struct row *rows, size_t count, int64_t now_s)
{
	struct fault fault = {"there is no spool"};
	size_t done = 0;

	open_spool(keeper, now_s);
	while (keeper->spool != NULL && done < count && spool_put(keeper->spool, &rows[done], &fault))
		done++;
	keeper->counts.spooled += done;
	if (done > 0)
		spool_flush(keeper->spool);
	if (done < count)
		lose(keeper, count - done, fault.text, now_s);
}

void keeper_put(struct keeper *keeper, const struct row *rows, size_t count, int64_t now_s)
{
	struct fault fault = {""};

	if (count == 0)
		return;
	if (keeper->database != NULL && database_put(keeper->database, rows, count, &fault)) {
		note_stored(keeper, count);
		return;
	}
	if (keeper->database != NULL)
		lose_database(keeper, &fault, now_s);
	put_aside(keeper, rows, count, now_s);
}

/* Some of the spool; it is emptied over many calls, between which new rows come first. */
static void replay(struct keeper *keeper, int64_t now_s)
{
	static struct row rows[REPLAYED_AT_ONCE];
	struct arena *arena = arena_new();
	struct fault fault = {""};
	size_t broken = 0, count = spool_peek(keeper->spool, rows, REPLAYED_AT_ONCE, &broken, arena);

	if (broken > 0)
		lose(keeper, broken, "the spool has rows that cannot be read", now_s);
	if (count == 0 || database_put(keeper->database, rows, count, &fault)) {
		note_stored(keeper, count);
		spool_drop(keeper->spool);
	} else {
		lose_database(keeper, &fault, now_s);
	}
	arena_free(&arena);
}

static void prune(struct keeper *keeper, int64_t now_s)
{
	int64_t believed_s = now_s < keeper->trust_again_s ? keeper->trusted_s : now_s;
	struct fault fault = {""};
	bool left = false;

	if (now_s < keeper->prune_s)
		return;
	if (!database_prune(keeper->database, believed_s - (int64_t)keeper->plan.days * DAY_S,
		    keeper->plan.most_octets, &left, &fault))
		lose_database(keeper, &fault, now_s);
	keeper->prune_s = left ? now_s : now_s + PRUNE_S;
}

bool keeper_tend(struct keeper *keeper, int64_t now_s)
{
	struct fault fault = {""};

	mind_clock(keeper, now_s);
	if (keeper->database == NULL)
		open_database(keeper, now_s);
	if (keeper->database != NULL && keeper->spool != NULL && !spool_is_empty(keeper->spool))
		replay(keeper, now_s);
	if (keeper->database != NULL)
		prune(keeper, now_s);
	if (keeper->database != NULL && keeper->plan.attend != NULL &&
		!keeper->plan.attend(keeper->plan.self, keeper->database, now_s, &fault)) {
		/* is it the database? then its pruning will not work either */
		keeper->prune_s = now_s;
		prune(keeper, now_s);
		if (keeper->database != NULL)
			say(keeper, NOT_ATTENDED, now_s, fault.text);
	}
	return keeper->database != NULL && keeper->spool != NULL && !spool_is_empty(keeper->spool);
}

struct keeper_counts keeper_counts(const struct keeper *keeper)
{
	return keeper->counts;
}

void keeper_close(struct keeper **keeper)
{
	if (*keeper == NULL)
		return;
	database_close(&(*keeper)->database);
	spool_close(&(*keeper)->spool);
	free(*keeper);
	*keeper = NULL;
}
