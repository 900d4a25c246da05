/* What a signature by this selector would meet: the station of the key alone, for somebody who looks at
 * a domain and has no message. */
#include "base/arena.h"
#include "base/text.h"
#include "verify/dkim.h"
#include "verify/verify.h"

#include <string.h>

static struct signature signature_imagined(
	const struct work *work, const char *selector, const char *domain, bool ed25519)
{
	const char *name = arena_printf(work->arena, "%s._domainkey.%s", selector, domain);
	struct signature signature = {
		.tags = {.domain = domain, .identity_domain = domain, .ed25519 = ed25519},
		.plain_key = "",
		.open = true,
	};

	name = text_lower(work->arena, name, strlen(name));
	signature.tags.key_name = name;
	signature.verdict = (struct signature_verdict){
		.aligned_first = true,
		.fault_text = "",
		.domain = domain,
		.identity_domain = domain,
		.selector = selector,
		.algorithm = ed25519 ? "ed25519-sha256" : "rsa-sha256",
		.canonicalization = "",
		.signature_b64 = "",
		.body_hash_b64 = "",
		.signed_fields = "",
		.copied_fields = "",
		.signed_at = -1,
		.expires_at = -1,
		.body_length = -1,
		.domain_name = domain,
		.key_name = name,
		.key_record = "",
		.key_p = "",
	};
	return signature;
}

struct signature_verdict verify_key(const struct work *work, const char *selector, const char *domain)
{
	struct signature signature = signature_imagined(work, selector, domain, false);

	signature_find_key(&signature, work);
	if (signature.verdict.fault == SIGFAULT_KEY_TYPE && signature.key.type == KEYTYPE_ED25519) {
		signature = signature_imagined(work, selector, domain, true);
		signature_find_key(&signature, work);
	}
	if (signature.open)
		signature.verdict.result = RESULT_PASS;
	return signature.verdict;
}
