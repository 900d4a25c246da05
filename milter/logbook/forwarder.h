/* Who passed a message on, when a cause says that somebody did: a forwarder, a mailing list, a gateway. */
#ifndef LOGBOOK_FORWARDER_H
#define LOGBOOK_FORWARDER_H

#include "logbook/entry.h"

/* The first cause that a forwarder, list or gateway must mend; NULL without one. */
const struct entry_cause *forwarding_cause(const struct entry *entry);

/* What the client's name stands below, "google.com" of "mail-a1.google.com", so that a site with many hosts
 * is one; else its address. Empty for a message that nobody passed on. */
struct span forwarder_of(const struct entry *entry);

#endif
