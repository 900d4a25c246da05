#include "verify/dmarc_library.h"

#include "base/domain.h"

#include <opendmarc/dmarc.h>
#include <string.h>

enum { NAME_SIZE = DOMAIN_MAX + 1, RECORD_SIZE = 128 };

/* The library takes texts it may write to. */
struct texts {
	u_char client[16], record[RECORD_SIZE], author[NAME_SIZE], organization[NAME_SIZE];
};

static bool copy(u_char *to, const char *from, size_t size)
{
	size_t len = strlen(from);

	if (len >= size)
		return false;
	memcpy(to, from, len + 1);
	return true;
}

static enum library_policy word_of(OPENDMARC_STATUS_T status)
{
	switch (status) {
	case DMARC_POLICY_PASS:
		return LIBRARY_PASS;
	case DMARC_POLICY_NONE:
		return LIBRARY_NONE;
	case DMARC_POLICY_QUARANTINE:
		return LIBRARY_QUARANTINE;
	case DMARC_POLICY_REJECT:
		return LIBRARY_REJECT;
	default:
		return LIBRARY_SILENT;
	}
}

/* After a refused record the context still answers with its policy: it must not be asked then.
 * store_dmarc takes the author domain along; storing that again would leak the first copy. */
static bool store(DMARC_POLICY_T *context, struct texts *texts, bool dkim_aligned, bool spf_aligned)
{
	u_char *organization = texts->organization[0] != '\0' ? texts->organization : NULL;

	if (opendmarc_policy_store_dmarc(context, texts->record, texts->author, organization) !=
		DMARC_PARSE_OKAY)
		return false;
	if (dkim_aligned && opendmarc_policy_store_dkim(context, texts->author, NULL,
				    DMARC_POLICY_DKIM_OUTCOME_PASS, NULL) != DMARC_PARSE_OKAY)
		return false;
	return !spf_aligned ||
	       opendmarc_policy_store_spf(context, texts->author, DMARC_POLICY_SPF_OUTCOME_PASS,
		       DMARC_POLICY_SPF_ORIGIN_MAILFROM, NULL) == DMARC_PARSE_OKAY;
}

enum library_policy dmarc_library_ask(
	const char *record, const char *author, const char *organization, bool dkim_aligned, bool spf_aligned)
{
	struct texts texts = {.client = "192.0.2.1"}; /* asked for, not used */
	enum library_policy policy = LIBRARY_SILENT;
	DMARC_POLICY_T *context;

	if (!copy(texts.record, record, sizeof texts.record) ||
		!copy(texts.author, author, sizeof texts.author) ||
		!copy(texts.organization, organization == NULL ? "" : organization,
			sizeof texts.organization))
		return LIBRARY_SILENT;
	context = opendmarc_policy_connect_init(texts.client, DMARC_POLICY_IP_TYPE_IPV4);
	if (context == NULL)
		return LIBRARY_SILENT;
	if (store(context, &texts, dkim_aligned, spf_aligned))
		policy = word_of(opendmarc_get_policy_to_enforce(context));
	(void)opendmarc_policy_connect_shutdown(context);
	return policy;
}
