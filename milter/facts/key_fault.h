/* What can be wrong with a DKIM key record. */
#ifndef FACTS_KEY_FAULT_H
#define FACTS_KEY_FAULT_H

/* What is wrong with a key record (RFC 6376 section 3.6.1), first fault in the record's order. */
enum key_fault {
	KEYFAULT_NONE,
	KEYFAULT_TOO_LARGE,
	KEYFAULT_NON_ASCII,
	KEYFAULT_QUOTES,    /* quotation marks stored inside the value */
	KEYFAULT_BACKSLASH, /* "\;" stored literally */
	KEYFAULT_FOREIGN,   /* no key record at all: SPF, a site token, wildcard text */
	KEYFAULT_HOST_NAME, /* a CNAME target pasted as TXT */
	KEYFAULT_VERSION,   /* v= not first or not DKIM1 */
	KEYFAULT_SYNTAX,    /* not a tag list: commas, missing semicolons */
	KEYFAULT_DUPLICATE_TAG,
	KEYFAULT_NO_P,
	KEYFAULT_UNKNOWN_TYPE, /* k= neither rsa nor ed25519 */
	KEYFAULT_PEM,          /* BEGIN PUBLIC KEY lines inside p= */
	KEYFAULT_PRIVATE,      /* a private key was published */
	KEYFAULT_PKCS1, /* RSAPublicKey without SubjectPublicKeyInfo: legal by RFC 6376's text, unusable in
			   practice */
	KEYFAULT_PLUS_LOST,       /* blanks where "+" belongs */
	KEYFAULT_TRUNCATED,       /* DER announces more octets than arrived */
	KEYFAULT_BASE64,          /* not base64, or the DER is damaged */
	KEYFAULT_NOT_RSA,         /* DER of another key type */
	KEYFAULT_ED25519_WRAPPED, /* SPKI where RFC 8463 wants 32 bare octets */
	KEYFAULT_ED25519_LENGTH,
	KEYFAULT_ED25519_WEAK, /* of small order: some signatures fit any message */
};

#endif
