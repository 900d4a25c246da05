#include "verify/verify.h"

#include <netinet/in.h>
#include <opendkim/dkim.h>
#include <openssl/crypto.h>
#include <spf2/spf.h>
#include <stdio.h>

/* libopendmarc tells no version, neither in its header nor at run time. */
const char *libraries_versions(char *text, size_t size)
{
	uint32_t opendkim = dkim_libversion(); /* one octet each */
	int major = 0, minor = 0, patch = 0;

	SPF_get_lib_version(&major, &minor, &patch);
	(void)snprintf(text, size, "libspf2 %d.%d.%d, libopendkim %u.%u.%u, libopendmarc, OpenSSL %s", major,
		minor, patch, (opendkim >> 24) & 0xffu, (opendkim >> 16) & 0xffu, (opendkim >> 8) & 0xffu,
		OpenSSL_version(OPENSSL_VERSION_STRING));
	return text;
}
