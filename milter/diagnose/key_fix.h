/* Key records as lines to publish: exact for a zone file, and as a control panel wants them. */
#ifndef DIAGNOSE_KEY_FIX_H
#define DIAGNOSE_KEY_FIX_H

struct collection;

/* 'sel._domainkey.example.com. TXT "…" "…"' in strings of at most 255 characters; when that makes a
 * difference also of at most 127, which every panel takes; and the host name to enter in a panel. */
const char *key_fix_txt(const struct collection *collection, const char *name, const char *record);

/* The strings alone: what to paste. */
const char *key_fix_strings(const struct collection *collection, const char *record);

/* The same for a CNAME; target without final dot. */
const char *key_fix_cname(const struct collection *collection, const char *name, const char *target);

/* The name as it is entered in the panel of its zone: "sel._domainkey" or "@". */
const char *key_fix_host(const struct collection *collection, const char *name);

#endif
