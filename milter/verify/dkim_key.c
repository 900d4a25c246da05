#include "verify/dkim.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/text.h"
#include "dns/dns.h"
#include "records/key_record.h"
#include "verify/key_cache.h"
#include "verify/libraries.h"
#include "verify/rsa_opener.h"
#include "verify/verify.h"

#include <string.h>

/* One TXT record and no trouble? */
static bool check_answer(struct signature *signature, const struct answer *answer)
{
	if (answer_is_trouble(answer))
		signature_settle(signature, SIGFAULT_KEY_DNS, answer->trouble_text);
	else if (answer->kind != ANSWER_RECORDS || answer->count == 0)
		signature_settle(signature, SIGFAULT_KEY_ABSENT, "");
	else if (answer->count > 1)
		signature_settle(signature, SIGFAULT_KEY_SEVERAL, "");
	return signature->open;
}

/* The type is compared first: of a key of the other type nothing else matters. */
static bool check_type(struct signature *signature)
{
	const struct key_record *key = &signature->key;
	enum key_type needed = signature->tags.ed25519 ? KEYTYPE_ED25519 : KEYTYPE_RSA;
	bool type_read = key->fault == KEYFAULT_NONE || key->fault > KEYFAULT_UNKNOWN_TYPE;

	if (type_read && !key->revoked && key->type != needed)
		signature_settle(signature, SIGFAULT_KEY_TYPE, key->type_text);
	else if (key->fault != KEYFAULT_NONE)
		signature_settle(signature, SIGFAULT_KEY_RECORD, key->fault_text);
	return signature->open;
}

static bool identity_is_below(const struct signature *signature, struct arena *arena)
{
	const char *identity = signature->tags.identity_domain;

	return strcmp(domain_of(arena, identity, strlen(identity)).name, signature->tags.domain_name) != 0;
}

/* The restrictions of RFC 6376 section 3.6.1 and the lengths of RFC 8301. */
static void check_use(struct signature *signature, struct arena *arena)
{
	const struct key_record *key = &signature->key;

	if (key->revoked)
		signature_settle(signature, SIGFAULT_KEY_REVOKED, "");
	else if (!key_record_allows_hash(key, "sha256"))
		signature_settle(signature, SIGFAULT_KEY_HASH, key->hashes);
	else if (!key_record_serves_email(key))
		signature_settle(signature, SIGFAULT_KEY_SERVICE, key->services);
	else if (key->strict && identity_is_below(signature, arena))
		signature_settle(signature, SIGFAULT_KEY_STRICT, signature->tags.identity_domain);
	else if (key->type == KEYTYPE_RSA && key->bits < RSA_BITS_MIN)
		signature_settle(signature, SIGFAULT_KEY_TOO_SHORT, "");
	else if (key->type == KEYTYPE_RSA && key->bits > RSA_BITS_MAX)
		signature_settle(signature, SIGFAULT_KEY_TOO_LONG, "");
}

/* A relay that cuts b= leaves a length that no RSA key has: moduli come in whole 64-bit words. */
static void check_signature_length(struct signature *signature)
{
	size_t len = signature->tags.signature.len;

	if (signature->key.type == KEYTYPE_RSA && len != (signature->key.bits + 7) / 8 && len % 8 != 0)
		signature_settle(signature, SIGFAULT_B_CORRUPT, "b");
}

/* Whether we can verify with it. libopendkim would read an RSA key anew for each signature, for several times
 * what verifying costs; it gets those that OpenSSL does not take, to say what is wrong with them. */
static bool is_ours(const struct key_record *record, const struct libraries *libraries)
{
	struct rsa_opener *key;
	bool known;

	if (record->type != KEYTYPE_RSA)
		return true;
	key = key_cache_get(libraries->keys, record->octets);
	known = key != NULL;
	rsa_opener_give_back(&key);
	return known;
}

void signature_find_key(struct signature *signature, const struct work *work)
{
	const struct answer *answer = dns_ask(work->client, signature->tags.key_name, RR_TXT);
	struct signature_verdict *verdict = &signature->verdict;
	const struct rdata *record;

	verdict->key_answer = answer;
	if (!check_answer(signature, answer))
		return;
	record = &answer->values[0];
	signature->key = key_record_read(work->arena, record->text, record->len);
	verdict->key_record = record->text;
	verdict->key_fault = signature->key.fault;
	verdict->key_fault_position = signature->key.fault_position;
	verdict->key_bits = signature->key.bits;
	verdict->key_p = signature->key.p;
	verdict->test_mode = signature->key.testing;
	if (!check_type(signature))
		return;
	check_use(signature, work->arena);
	if (signature->open)
		check_signature_length(signature);
	if (signature->open && !is_ours(&signature->key, work->libraries))
		signature->plain_key = key_record_plain(&signature->key, work->arena);
}

static const struct signature *signature_of(const struct signatures *signatures, const DKIM_SIGINFO *info)
{
	for (size_t i = 0; i < signatures->count; i++)
		if (signatures->items[i].info == info)
			return &signatures->items[i];
	return NULL;
}

/* "Not found" stands for every reason why the library shall not verify: it makes "bad signature" of
 * the other answers. Our own verdict is settled by then. */
DKIM_CBSTAT signature_key_lookup(DKIM *opendkim, DKIM_SIGINFO *info, u_char *record, size_t size)
{
	const struct signatures *signatures = dkim_get_user_context(opendkim);
	const struct signature *signature;
	size_t len;

	if (signatures == NULL || info == NULL)
		return DKIM_CBSTAT_NOTFOUND;
	signature = signature_of(signatures, info);
	len = signature == NULL ? 0 : strlen(signature->plain_key);
	if (len == 0 || len >= size)
		return DKIM_CBSTAT_NOTFOUND;
	memcpy(record, signature->plain_key, len + 1);
	return DKIM_CBSTAT_CONTINUE;
}
