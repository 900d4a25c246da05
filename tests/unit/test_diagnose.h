/* The test functions of test_diagnose: one program, so that it can say which causes no row shows. */
#ifndef UNIT_TEST_DIAGNOSE_H
#define UNIT_TEST_DIAGNOSE_H

void spf_without_record(void **state);
void spf_record_spelling(void **state);
void spf_tree_and_limits(void **state);
void spf_no_match(void **state);
void neighbours_of_the_record(void **state);
void hosts_of_the_domain(void **state);
void servers_asked_themselves(void **state);
void zone_remarks(void **state);
void spf_passes(void **state);
void dkim_unsigned(void **state);
void dkim_fields(void **state);
void dkim_keys(void **state);
void dkim_key_places(void **state);
void dkim_wrong_keys(void **state);
void culprits(void **state);
void culprits_by_seals(void **state);
void dkim_contents(void **state);
void dkim_alterations(void **state);
void dmarc_records(void **state);
void dmarc_failures(void **state);
void dmarc_passes(void **state);
void arc_chains(void **state);
void arc_trust(void **state);
void names_of_the_client(void **state);
void dns_troubles(void **state);
void receiver_faults(void **state);
void a_cache_hides_no_outage(void **state);
void order_and_limits(void **state);
void helpers_of_the_diagnosis(void **state);

#endif
