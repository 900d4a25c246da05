#include "report/authres_dkim.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "report/sanitise.h"

#include <string.h>

enum { SIGNATURE_START = 8 }; /* octets of b= that are shown: RFC 6008 section 3, and Gmail */

#define AS_VERDICT RESULT_NONE

struct row {
	enum result shown;  /* AS_VERDICT, or what Gmail shows for it */
	const char *reason; /* in the header: Gmail's words where there is evidence, else ours */
	const char *words;  /* in the log */
};

/* Gmail-exact: "body hash did not verify", "no key", "invalid public key", "bad version", "bad format",
 * "expired", "no key for signature", "dns failure for signature", "weak key", and the bare fail. */
static const struct row rows[] = {
	[SIGFAULT_NONE] = {AS_VERDICT, "", ""},
	[SIGFAULT_NOT_EVALUATED] = {RESULT_NEUTRAL, "not evaluated", "not evaluated: too many signatures"},
	[SIGFAULT_TOO_LARGE] = {RESULT_NEUTRAL, "bad format", "signature field too large"},
	[SIGFAULT_SYNTAX] = {RESULT_NEUTRAL, "bad format", "signature field is no valid tag list"},
	[SIGFAULT_DUPLICATE_TAG] = {RESULT_NEUTRAL, "bad format", "tag given twice"},
	[SIGFAULT_MISSING_TAG] = {RESULT_NEUTRAL, "bad format", "required tag missing"},
	[SIGFAULT_VERSION] = {RESULT_NEUTRAL, "bad version", "unknown version"},
	[SIGFAULT_ALGORITHM] = {RESULT_NEUTRAL, "no key", "unsupported algorithm"},
	[SIGFAULT_CANONICALIZATION] = {RESULT_NEUTRAL, "bad format", "unknown canonicalization"},
	[SIGFAULT_QUERY_METHOD] = {RESULT_NEUTRAL, "bad format", "unknown query method"},
	[SIGFAULT_DOMAIN] = {RESULT_NEUTRAL, "bad format", "d= is no domain"},
	[SIGFAULT_SELECTOR] = {RESULT_NEUTRAL, "bad format", "s= is no selector"},
	[SIGFAULT_IDENTITY] = {RESULT_NEUTRAL, "bad format", "i= malformed"},
	[SIGFAULT_IDENTITY_OUTSIDE_DOMAIN] = {AS_VERDICT, "identity outside domain", "i= is outside d="},
	[SIGFAULT_FROM_NOT_SIGNED] = {AS_VERDICT, "From not signed", "h= does not name From"},
	[SIGFAULT_B_CORRUPT] = {RESULT_NEUTRAL, "bad format", "b= is cut or not base64"},
	[SIGFAULT_BODY_HASH_CORRUPT] = {RESULT_NEUTRAL, "bad format", "bh= has the wrong length"},
	[SIGFAULT_EXPIRES_BEFORE_SIGNED] = {AS_VERDICT, "invalid expiration", "x= is not after t="},
	[SIGFAULT_EXPIRED] = {RESULT_NEUTRAL, "expired", "expired"},
	[SIGFAULT_FUTURE] = {AS_VERDICT, "signed in the future", "t= is in the future"},
	[SIGFAULT_DOMAIN_IS_SUFFIX] = {AS_VERDICT, "public suffix", "d= is a public suffix"},
	[SIGFAULT_SHA1] = {AS_VERDICT, "weak hash", "rsa-sha1"},
	[SIGFAULT_KEY_DNS] = {RESULT_TEMPERROR, "dns failure for signature", "key lookup failed"},
	[SIGFAULT_KEY_ABSENT] = {RESULT_PERMERROR, "no key for signature", "no key published"},
	[SIGFAULT_KEY_SEVERAL] = {AS_VERDICT, "several keys for signature", "several key records"},
	[SIGFAULT_KEY_RECORD] = {RESULT_NEUTRAL, "invalid public key", "unusable key record"},
	[SIGFAULT_KEY_REVOKED] = {AS_VERDICT, "key revoked", "key revoked"},
	[SIGFAULT_KEY_TYPE] = {AS_VERDICT, "key type mismatch", "k= does not fit a="},
	[SIGFAULT_KEY_HASH] = {AS_VERDICT, "hash not allowed by key", "h= of the key forbids the hash"},
	[SIGFAULT_KEY_SERVICE] = {AS_VERDICT, "key not for email", "s= of the key is not for email"},
	[SIGFAULT_KEY_STRICT] = {AS_VERDICT, "identity not allowed by key",
		"t=s of the key forbids i= in a subdomain"},
	[SIGFAULT_KEY_TOO_SHORT] = {RESULT_POLICY, "weak key", "key under 1024 bits"},
	[SIGFAULT_KEY_TOO_LONG] = {AS_VERDICT, "key too long", "key over 4096 bits"},
	[SIGFAULT_BODY_TOO_LARGE] = {AS_VERDICT, "body too large", "body over max-body, not hashed"},
	[SIGFAULT_LENGTH_EXCEEDS_BODY] = {AS_VERDICT, "body shorter than signed", "l= exceeds the body"},
	[SIGFAULT_SIGNATURE] = {RESULT_FAIL, "", "signature does not verify"},
	[SIGFAULT_BODY_HASH] = {RESULT_NEUTRAL, "body hash did not verify", "body hash does not match"},
	[SIGFAULT_UNSIGNED_TAIL] = {AS_VERDICT, "end of body not signed", "octets behind l= are not signed"},
	[SIGFAULT_LIBRARY] = {AS_VERDICT, "verifier error", "the verifier could not do its work"},
};

/* Gmail tells three kinds of unusable key records apart. */
static const char *key_record_reason(enum key_fault fault)
{
	switch (fault) {
	case KEYFAULT_VERSION:
		return "bad version";
	case KEYFAULT_SYNTAX:
	case KEYFAULT_DUPLICATE_TAG:
		return "bad format";
	case KEYFAULT_UNKNOWN_TYPE:
		return "unknown key type";
	default:
		return "invalid public key";
	}
}

struct signature_words signature_words_of(const struct signature_verdict *signature)
{
	const struct row *row = &rows[signature->fault];
	struct signature_words words = {row->shown, row->reason};

	if (signature->result == RESULT_PASS)
		return (struct signature_words){RESULT_PASS, signature->test_mode ? "test mode" : ""};
	if (words.shown == AS_VERDICT)
		words.shown = signature->result;
	/* "none" would say that the message is not signed. */
	if (words.shown == RESULT_NONE)
		words.shown = RESULT_NEUTRAL;
	if (signature->fault == SIGFAULT_KEY_RECORD)
		words.reason = key_record_reason(signature->key_fault);
	return words;
}

const char *signature_fault_words(enum signature_fault fault)
{
	return rows[fault].words;
}

/* A name with octets above 127 in A-labels when it has any; anything else as it is. */
static const char *in_a_labels(const char *name, struct arena *arena)
{
	for (const char *at = name; *at != '\0'; at++)
		if (((unsigned char)*at & 0x80) != 0) {
			struct domain domain = domain_of(arena, name, strlen(name));

			return domain.name[0] != '\0' ? domain.name : name;
		}
	return name;
}

const char *signature_domain_shown(const struct signature_verdict *signature, struct arena *arena)
{
	const char *name = signature->identity_domain;

	return sanitise(SANITISE_DOMAIN, in_a_labels(name[0] != '\0' ? name : signature->domain, arena),
		false, arena);
}

const char *signature_result(const struct signature_verdict *signature, struct arena *arena)
{
	struct signature_words words = signature_words_of(signature);
	const char *domain = signature_domain_shown(signature, arena);
	struct buf out = buf_in(arena);
	char start[SIGNATURE_START + 1] = "";

	buf_printf(&out, "dkim=%s", result_word(words.shown));
	if (words.reason[0] != '\0')
		buf_printf(&out, " (%s)", words.reason);
	if (domain[0] != '\0')
		buf_printf(&out, " header.i=%s", property_value(arena_printf(arena, "@%s", domain), arena));
	if (signature->selector[0] != '\0')
		buf_printf(&out, " header.s=%s",
			property_value(sanitise(SANITISE_DOMAIN, in_a_labels(signature->selector, arena),
					       false, arena),
				arena));
	strncat(start, signature->signature_b64, SIGNATURE_START);
	if (start[0] != '\0')
		buf_printf(&out, " header.b=%s",
			property_value(sanitise(SANITISE_BASE64, start, false, arena), arena));
	return out.data;
}
