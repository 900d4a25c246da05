/* The checks, in the order of doctor.c's table. */
#ifndef DOCTOR_CHECKS_H
#define DOCTOR_CHECKS_H

struct examination;

void check_configuration(struct examination *examination);
void check_authserv_id(struct examination *examination);
void check_user(struct examination *examination);
void check_state(struct examination *examination);
void check_log(struct examination *examination);

void check_socket(struct examination *examination); /* connects and negotiates, as an MTA does */
void check_reach(struct examination *examination);  /* may Postfix's user do so too? */

void check_milters(struct examination *examination);
void check_order(struct examination *examination);
void check_default_action(struct examination *examination);
void check_local_mail(struct examination *examination);
void check_submission(struct examination *examination);
void check_protocol(struct examination *examination);

void check_resolver(struct examination *examination);
void check_dnssec(struct examination *examination);
void check_large_answers(struct examination *examination);
void check_ipv6(struct examination *examination);

void check_clock(struct examination *examination);
void check_suffixes(struct examination *examination);
void check_versions(struct examination *examination);
void check_descriptors(struct examination *examination);

#endif
