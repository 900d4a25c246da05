/* libmilter's pool, in front of which this stands: Debian's build hands each session that is ready to a
 * thread that waits, but counts a thread as waiting until it really runs. Sessions that get ready at one
 * instant share the few that wait, and the rest stay behind callbacks that wait for DNS: 16 of one
 * second each take six. Here a wake-up that finds nobody left to wake starts one more worker, which is
 * what libmilter does itself when its count says so. A session for which no thread can be made, when
 * memory is short, would hang for good: a few threads are held in reserve, then the process ends. */
#ifndef SESSION_POOL_GUARD_H
#define SESSION_POOL_GUARD_H

/* Before libmilter starts its threads. Without effect on a libmilter without a pool. */
void pool_guard_arm(void);

#endif
