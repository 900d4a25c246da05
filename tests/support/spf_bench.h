/* verify_spf and verify_iprev on a zone of DNS data, for tests. */
#ifndef TESTS_SPF_BENCH_H
#define TESTS_SPF_BENCH_H

#include "verify/verify.h"

struct spf_bench;

struct spf_bench *spf_bench_new(void);
void spf_bench_free(struct spf_bench **bench);

/* Lines as in .case files; a bad line ends the test. */
void spf_bench_zone(struct spf_bench *bench, const char *line);
void spf_bench_fault(struct spf_bench *bench, const char *line);

/* mail is a MAIL FROM argument; local parts with blanks need no quotes here. What it returns lives
 * until the bench is freed. */
struct work spf_bench_work(struct spf_bench *bench, const char *client, const char *helo, const char *mail);

#endif
