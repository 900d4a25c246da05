/* A folder for what a test program writes: under TMPDIR, or under /tmp where that is too long for a socket in
 * it. Goes with all that is in it. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

enum { SCRATCH_SIZE = 64 };

extern char scratch[SCRATCH_SIZE]; /* its path */

/* As cmocka_run_group_tests wants them. */
int scratch_make(void **state);
int scratch_remove(void **state);

#endif
