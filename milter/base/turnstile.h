/* Who may compute: a few threads at once, in the order in which they came, so that each is done soon and not
 * all of them late. Those that come back from waiting for something outside go before those that begin. One
 * for the process, as its processors are; open to everybody until it is set up. Nobody waits longer than a
 * second. */
#ifndef BASE_TURNSTILE_H
#define BASE_TURNSTILE_H

void turnstile_set_up(unsigned places);

/* Waits for a place. Not twice, and not under a lock that somebody inside might want. */
void turnstile_enter(void);
void turnstile_leave(void);

/* Around what waits for somebody else, such as DNS: gives the place away and takes one again. Out may be
 * called under any lock, in under none. Both do nothing in a thread that is not inside. */
void turnstile_step_out(void);
void turnstile_step_in(void);

#endif
