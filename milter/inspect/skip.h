/* Which mail is none of our business: authenticated submission, trusted networks, listed senders. */
#ifndef INSPECT_SKIP_H
#define INSPECT_SKIP_H

struct envelope;
struct settings;

/* "authenticated", "network", "sender-domain", or "" when the message is to be inspected. */
const char *skip_reason(const struct envelope *envelope, const struct settings *settings);

#endif
