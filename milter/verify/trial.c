#include "verify/trial.h"

#include "base/base64.h"
#include "base/ed25519.h"
#include "message/envelope.h"
#include "verify/libraries.h"
#include "verify/recovery.h"
#include "verify/verify.h"

#include <string.h>

void trial_spf(const struct work *work, struct spf_trial *trial)
{
	struct envelope envelope = *work->envelope;
	struct work changed = *work;
	struct spf_verdict verdict;

	envelope.client = trial->client;
	envelope.sender.null = false;
	envelope.sender.why_not = "";
	envelope.sender.domain = (struct domain){.raw = trial->domain, .name = trial->domain, .why_not = ""};
	changed.envelope = &envelope;
	changed.assumed_domain = trial->domain;
	changed.assumed_record = trial->record;
	verdict = verify_spf(&changed);
	trial->result = verdict.result;
	trial->lookups = verdict.lookups;
	trial->matched = verdict.decided_by == NULL ? "" : verdict.decided_by->text;
}

static void try_ed25519(const struct signature_verdict *signature, struct octets octets, struct octets key,
	struct key_trial *trial)
{
	bool fits = octets.len == ED25519_SIGNATURE_LEN && key.len == ED25519_KEY_LEN &&
		    signature->digests_known &&
		    ed25519_verifies(key.at, octets.at, signature->header_digest, signature->digest_len);

	trial->recovery = fits ? RECOVERY_SAME_HEADER : RECOVERY_WRONG_KEY;
}

void trial_key(const struct work *work, const struct verdicts *verdicts, struct key_trial *trial)
{
	struct signature_verdict signature;
	struct base64 octets, key;

	trial->recovery = RECOVERY_NOT_RUN;
	if (trial->signature >= verdicts->signature_count)
		return;
	signature = verdicts->signatures[trial->signature];
	octets = base64_decode(work->arena, signature.signature_b64, strlen(signature.signature_b64));
	key = base64_decode(work->arena, trial->key_p, strlen(trial->key_p));
	if (octets.fault != BASE64_GOOD || key.fault != BASE64_GOOD)
		return;
	if (strcmp(signature.algorithm, "ed25519-sha256") == 0) {
		try_ed25519(&signature, octets.octets, key.octets, trial);
		return;
	}
	recovery_run(&signature, octets.octets, key.octets, work->libraries->keys);
	trial->recovery = signature.recovery;
}
