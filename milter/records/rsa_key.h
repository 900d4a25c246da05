/* What the octets of an RSA p= really are: DER read as far as it goes, without any crypto library. */
#ifndef RECORDS_RSA_KEY_H
#define RECORDS_RSA_KEY_H

#include "base/base64.h"

enum rsa_key_kind {
	RSAKEY_GOOD,       /* SubjectPublicKeyInfo of an RSA key (RFC 8017, RFC 5280) */
	RSAKEY_PRIVATE,    /* PKCS#1 or PKCS#8 private key, whole or in part */
	RSAKEY_PKCS1,      /* RSAPublicKey alone */
	RSAKEY_CUT,        /* begins well, announces more octets than there are */
	RSAKEY_OTHER_TYPE, /* a public key of another algorithm */
	RSAKEY_DAMAGED,
};

struct rsa_key {
	enum rsa_key_kind kind;
	size_t announced;      /* octets by the DER header; 0 when it cannot be read */
	unsigned bits;         /* of the modulus, exact; 0 unless GOOD or PKCS1 */
	struct octets modulus; /* without leading zeros */
};

struct rsa_key rsa_key_read(struct octets der);

#endif
